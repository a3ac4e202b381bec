"""Messages between two processes. The judging process does not trust the other.

A message is one block of bytes on a connection: a line of JSON, then the bytes of the arrays in it. Decoding gives
None, numbers, text, lists, tuples, dicts, arrays of numbers, ``Handle`` and ``NotNumbers``. It runs no code of the
sender, as unpickling would.
"""

import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy import ndarray

from rnn_reference.arrays import Array
from rnn_reference.implementations.values import NUMBERS, Handle, NotNumbers

LARGEST = 2**30
"""The largest size of a message in bytes."""

_MAKERS: dict[str, Callable[[Any], Any]] = {
    "tuple": tuple,
    "dict": dict,
    "handle": Handle,
    "not numbers": lambda content: NotNumbers(*content),
}
"""JSON has no tuples, and its objects are used as tags: ``{"tuple": [1, 2]}``, ``{"dict": [["name", 1]]}``."""

_dumps = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode


class Malformed(Exception):  # noqa: N818 (says what arrived)
    """The bytes that arrived are not a message."""


class Channel:
    """One end of a connection for messages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.poll = connection.poll

    def send(self, value: Any) -> None:
        """Send one message. Raises OSError if the other end is closed."""
        self._connection.send_bytes(encode(value))

    def receive(self) -> bytes:
        """Returns the next message, not decoded. Raises EOFError if the other end is closed, or Malformed."""
        try:
            return self._connection.recv_bytes(LARGEST)
        except (BlockingIOError, MemoryError) as error:
            raise Malformed(f"an unfinished message: {error}") from None
        except OSError as error:
            if self._connection.readable:  # closed in the middle of a message
                raise EOFError from None
            raise Malformed(str(error)) from None


def inherited_connection(handle: int) -> Connection:
    """Returns the connection of a handle that this process has inherited. Its own children do not inherit it."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        os.set_handle_inheritable(handle, False)
        return PipeConnection(handle)
    os.set_inheritable(handle, False)
    return Connection(handle)


def limit_blocking(connection: Connection, seconds: float) -> None:
    """Limit the time of each read and write: the other end may send only half a message.

    On Windows this is not necessary: the connection is not a socket, and messages arrive complete.
    """
    if sys.platform != "win32":
        interval = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
        with socket.socket(fileno=os.dup(connection.fileno())) as same:
            for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                same.setsockopt(socket.SOL_SOCKET, option, interval)


def encode(value: Any) -> bytes:
    """Returns the message for a value."""
    arrays = _Arrays()
    head = _dumps(_tagged(value, arrays)).encode()
    return b"".join([head, b"\n", *arrays.bytes])


def decode(message: bytes) -> Any:
    """Returns the value of a message. Arrays are copies. Raises Malformed."""

    def untagged(tagged: dict[str, Any]) -> Any:
        ((kind, content),) = tagged.items()
        return _array(message, start, *content) if kind == "array" else _MAKERS[kind](content)

    start = message.find(b"\n") + 1
    try:
        return json.loads(message[:start], object_hook=untagged)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise Malformed(str(error)) from None


class _Arrays:
    """The arrays of a message: the bytes of each array, once, and its description in the JSON."""

    def __init__(self) -> None:
        self.bytes: list[bytes] = []
        self._length = 0
        self._heads: dict[int, list[Any]] = {}

    def head(self, array: Array) -> list[Any]:
        """Returns dtype, shape, position in the bytes, and the strides if the array is not contiguous."""
        if id(array) not in self._heads:
            strides = None if array.flags.c_contiguous else array.strides
            self._heads[id(array)] = [array.dtype.str, array.shape, self._length, strides]
            self.bytes.append(array.tobytes())
            self._length += array.nbytes
        return self._heads[id(array)]


def _tagged(value: Any, arrays: _Arrays) -> Any:
    """Returns the value in a form that JSON can hold."""
    kind = type(value)
    content: Any
    if kind is list:
        return [_tagged(item, arrays) for item in value]
    if kind is ndarray:
        tag, content = "array", arrays.head(value)
    elif kind is dict:
        tag, content = "dict", [[name, _tagged(item, arrays)] for name, item in value.items()]
    elif kind is tuple:
        tag, content = "tuple", [_tagged(item, arrays) for item in value]
    elif kind is Handle:
        tag, content = "handle", value.number
    elif kind is NotNumbers:
        tag, content = "not numbers", [value.kind, value.text]
    else:
        return value
    return {tag: content}


def _array(message: bytes, start: int, name: str, shape: Sequence[int], place: int, strides: Any) -> Array:
    """Returns a copy of one array of a message."""
    dtype = np.dtype(name)
    if dtype.kind not in NUMBERS or min([place, *shape]) < 0:  # numpy would read memory before the message
        raise ValueError(f"an array of dtype {dtype} and shape {shape} at {place}")
    view = ndarray(tuple(shape), dtype, message, start + place)
    return view.copy() if strides is None else _with_strides(view, strides)


def _with_strides(array: Array, strides: Sequence[int]) -> Array:
    """Returns a copy with these strides; a contiguous copy, if most of its memory would be gaps."""
    reach = [(length - 1) * stride for length, stride in zip(array.shape, strides, strict=True)]
    first, last = sum(r for r in reach if r < 0), sum(r for r in reach if r > 0)
    if last - first > 16 * array.nbytes:
        return array.copy()
    memory = bytearray(last - first + array.itemsize)
    copy: Array = ndarray(array.shape, array.dtype, memory, -first, tuple(strides))
    copy[...] = array
    return copy

"""Plain values between two processes of which one does not trust the other.

A message is a JSON text on a pipe and, in memory that both share, the bytes of the arrays that it mentions. What
comes out of one is None, numbers, text, lists, dicts, arrays of numbers, and two kinds of object that hold nothing
but numbers and text: no message makes the reader run anything, as a pickle would.
"""

import json
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy import asarray, copyto, empty, frombuffer, ndarray

from rnn_reference.arguments import Array
from rnn_reference.implementations.process import SHARED

# numpy's functions are named above as they are before other people's code is loaded: it may put others in their place

NUMBERS = "fciub"
"""Kinds of dtype that an array of numbers has."""

LARGEST = 2**30
"""Bytes: no message is longer than this."""

ALIGNED = 16
_encode = json.JSONEncoder(check_circular=False).encode


class Malformed(Exception):  # noqa: N818 (it says what came, as Died does)
    """What came over the pipe is no message."""


class Handle:
    """Stands for an object that stays in the other process, such as a cache.

    ``given_up`` is where its number goes when nobody here has it any more.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.given_up: list[int] = []

    def __del__(self) -> None:
        self.given_up.append(self.number)


@dataclass(frozen=True)
class Foreign:
    """Stands for what is not an array of numbers: its type's name, and a text that goes on from those words."""

    kind: str
    text: str


def kind_of(value: Any) -> str:
    """The name of its type, here or in the process that it stayed in."""
    return value.kind if isinstance(value, Foreign) else type(value).__name__


def as_numbers(value: Any) -> Array:
    """``value`` as a plain array of numbers, whatever it is that holds them.

    Raises TypeError for anything else, with a text that goes on from "is not an array of numbers".
    """
    if isinstance(value, Foreign):
        raise TypeError(value.text)
    try:
        array = asarray(value)
        masked = int(value.mask.sum()) if isinstance(value, np.ma.MaskedArray) else 0
    except Exception as error:  # an object may raise anything when it is asked for its numbers
        raise TypeError(f": {error}") from None
    if array.dtype.kind not in NUMBERS:
        came = f"dtype {array.dtype}" if isinstance(value, ndarray) else type(value).__name__
        raise TypeError(f" but {came}")
    if masked:
        raise TypeError(f": {masked} of {array.size} entries are masked")
    return array


class Channel:
    """One end: a pipe each way, and the file of the memory that is shared. One message at a time is on its way."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, shared: Path) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        with open(shared, "r+b") as file:
            self._shared = frombuffer(mmap.mmap(file.fileno(), SHARED), np.uint8)

    def send(self, value: Any) -> None:
        """Send one message."""
        telling = _Telling()
        told = telling.of(value)
        length = telling.length
        text = _encode([length, told]).encode()
        body = self._shared[:length] if length <= SHARED else empty(length, np.uint8)
        for array, offset in telling.placed:
            copyto(_view(body, array.dtype.str, array.shape, offset), array)
        self._outgoing.write(text + b"\n")
        if length > SHARED:
            self._outgoing.write(body.data)
        self._outgoing.flush()

    def receive(self) -> "Message":
        """The next message. Raises EOFError where the pipe ends, Malformed for what is no message."""
        text = self._incoming.readline(LARGEST)
        if not text.endswith(b"\n"):
            raise EOFError
        try:
            length, told = json.loads(text)
            body = self._shared[:length] if length <= SHARED else self._from_the_pipe(length)
            return Message(told, body)
        except (ValueError, TypeError, RecursionError) as error:
            raise Malformed(str(error)) from None

    def _from_the_pipe(self, length: int) -> Array:
        if length > LARGEST:
            raise Malformed(f"a message of {length} bytes")
        body = empty(length, np.uint8)
        if self._incoming.readinto(body.data) != length:  # type: ignore[attr-defined]
            raise EOFError
        return body


@dataclass(frozen=True)
class Message:
    """A message that came: what its JSON tells, and the bytes of its arrays, which the next message overwrites."""

    told: Any
    body: Array

    def value(self, own: bool = True) -> Any:
        """Its value: arrays with memory of their own, lying in it as those that were sent, or views of ``body``.

        Raises Malformed.
        """
        try:
            return self._value(self.told, own)
        except (ValueError, TypeError, OverflowError, RecursionError, IndexError, MemoryError) as error:
            raise Malformed(str(error)) from None

    def _value(self, told: Any, own: bool) -> Any:
        if not isinstance(told, list):
            return told
        kind, *parts = told
        if kind in ("list", "tuple"):
            values = [self._value(part, own) for part in parts]
            return values if kind == "list" else tuple(values)
        if kind == "dict":
            return {str(name): self._value(item, own) for name, item in parts}
        if kind == "array":
            dtype, shape, offset, strides = parts
            view = _view(self.body, dtype, shape, offset)
            return _laid_out(view, strides) if own else view
        return Handle(int(parts[0])) if kind == "handle" else Foreign(str(parts[0]), str(parts[1]))


class _Telling:
    """Turns a value into JSON, each list or dict into a list that begins with its kind, and its arrays into places."""

    def __init__(self) -> None:
        self.placed: list[tuple[Array, int]] = []
        self.length = 0

    def of(self, value: Any) -> Any:
        """What stands for the value in the JSON."""
        if isinstance(value, ndarray):
            offset, self.length = self.length, -(-(self.length + value.nbytes) // ALIGNED) * ALIGNED
            self.placed.append((value, offset))
            return ["array", value.dtype.str, value.shape, offset, None if value.flags.c_contiguous else value.strides]
        if isinstance(value, dict):
            return ["dict", *([name, self.of(item)] for name, item in value.items())]
        if isinstance(value, list | tuple):
            return ["list" if isinstance(value, list) else "tuple", *map(self.of, value)]
        if isinstance(value, Handle):
            return ["handle", value.number]
        if isinstance(value, Foreign):
            return ["foreign", value.kind, value.text]
        return value


def _view(body: Array, dtype_name: str, shape: Sequence[int], offset: int) -> Array:
    dtype = np.dtype(dtype_name)
    if dtype.kind not in NUMBERS:
        raise ValueError(f"an array of dtype {dtype}")
    return ndarray(tuple(shape), dtype, body.data, offset)


def _laid_out(array: Array, strides: Sequence[int] | None) -> Array:
    """A copy of the array that lies in memory as the strides say; contiguous if that would be mostly gaps."""
    if strides is None:
        return array.copy()
    reach = [(length - 1) * stride for length, stride in zip(array.shape, strides, strict=True)]
    first, last = sum(r for r in reach if r < 0), sum(r for r in reach if r > 0)
    if last - first > 16 * array.nbytes:
        return array.copy()
    memory = bytearray(last - first + array.itemsize)
    copy: Array = ndarray(array.shape, array.dtype, memory, -first, tuple(strides))
    copy[...] = array
    return copy

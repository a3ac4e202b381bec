"""Messages between two processes of which one does not trust the other.

A message is a JSON text on a pipe and, in memory that both share, the bytes of the arrays that it mentions. What
comes out of one is None, numbers, text, lists, dicts, arrays of numbers, and two kinds of object that hold nothing
but numbers and text: no message makes the reader run anything, as a pickle would.
"""

import itertools
import json
import mmap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy import ndarray

from rnn_reference.arrays import Array
from rnn_reference.implementations.isolation.process import SHARED
from rnn_reference.implementations.values import NUMBERS, Foreign, Handle

LARGEST = 2**30
"""Bytes: no message is longer than this."""

ALIGNED = 16
SIGN = b"\n"
ROOM = SHARED // 4 - ALIGNED
"""Bytes of shared memory for a message: each end has room for two. The last two bytes tell which of several things
asked for is being done."""

SHORT = 4096
"""Bytes that any pipe takes while nobody reads."""
_encode = json.JSONEncoder(check_circular=False).encode


class Malformed(Exception):  # noqa: N818 (it says what came, as Died does)
    """What came over the pipe is no message."""


class Channel:
    """One end: a pipe each way, and the file of the memory that is shared.

    Two messages may be on their way in each direction, the second of which is short.
    """

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO, shared: Path, asks: bool) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        with open(shared, "r+b") as file:
            self._shared = memoryview(mmap.mmap(file.fileno(), SHARED))
        self._turn = 0
        self._places = itertools.cycle((0, ROOM) if asks else (2 * ROOM, 3 * ROOM))

    def send(self, value: Any, only_if_short: bool = False) -> bool:
        """Send one message; whether it was sent."""
        telling = _Telling()
        told = telling.of(value)
        shared = telling.length <= ROOM
        place = next(self._places) if shared else None
        text = _encode([told, telling.arrays, telling.length, place]).encode() + b"\n"
        if only_if_short and (len(text) > SHORT or not shared):
            return False
        body = self._shared[place:] if shared else memoryview(bytearray(telling.length))
        for offset, array in telling.bytes:
            body[offset : offset + array.nbytes] = array.data.cast("B") if array.flags.c_contiguous else array.tobytes()
        self._outgoing.write(text)
        if not shared:
            self._outgoing.write(body)
        self._outgoing.flush()
        return True

    @property
    def at(self) -> int:
        """Which of the things that a message asked for is being done; what is beyond the 256th counts as that.

        It is about the message that this end received last, or that it hears the answer to: the next one, sent ahead,
        has a place of its own.
        """
        return self._shared[-1 - self._turn % 2]

    @at.setter
    def at(self, number: int) -> None:
        self._shared[-1 - self._turn % 2] = min(number, 255)

    def sign(self) -> None:
        """Say that a message is still to come."""
        self._outgoing.write(SIGN)
        self._outgoing.flush()

    def receive(self, at_a_sign: Callable[[], None] = lambda: None) -> "Message":
        """The next message. Raises EOFError where the pipe ends, Malformed for what is no message."""
        self._turn += 1
        while (text := self._incoming.readline(LARGEST)) == SIGN:
            at_a_sign()
        if not text.endswith(b"\n"):
            raise EOFError
        try:
            told, arrays, length, place = json.loads(text)
            body = self._from_the_pipe(length) if place is None else self._shared[place : place + length]
            return Message(told, arrays, body)
        except (ValueError, TypeError, RecursionError) as error:
            raise Malformed(str(error)) from None

    def _from_the_pipe(self, length: int) -> memoryview:
        if length > LARGEST:
            raise Malformed(f"a message of {length} bytes")
        body = self._incoming.read(length)
        if len(body) != length:
            raise EOFError
        return memoryview(body)


class Message:
    """A message that came: what its JSON tells, and the bytes of its arrays, which the next message overwrites."""

    def __init__(self, told: Any, arrays: list[Any], body: memoryview) -> None:
        self._told, self._arrays, self._body = told, arrays, body

    def value(self, own: bool = True) -> Any:
        """Its value: arrays with memory of their own, lying in it as those that were sent, or views of the message.

        Raises Malformed.
        """
        try:
            return self._value(self._told, own)
        except (ValueError, TypeError, OverflowError, RecursionError, IndexError, MemoryError) as error:
            raise Malformed(str(error)) from None

    def _value(self, told: Any, own: bool) -> Any:
        if type(told) is not list:
            return told
        kind = told[0]
        if kind == "array":
            dtype, shape, offset, strides = self._arrays[told[1]]
            view = self._view(dtype, shape, offset)
            return view if not own else view.copy() if strides is None else _laid_out(view, strides)
        if kind == "dict":
            return {str(name): self._value(item, own) for name, item in told[1:]}
        if kind in ("list", "tuple"):
            values = [self._value(part, own) for part in told[1:]]
            return values if kind == "list" else tuple(values)
        return Handle(int(told[1])) if kind == "handle" else Foreign(str(told[1]), str(told[2]))

    def _view(self, name: str, shape: Sequence[int], offset: int) -> Array:
        dtype = np.dtype(name)
        if dtype.kind not in NUMBERS:
            raise ValueError(f"an array of dtype {dtype}")
        return ndarray(tuple(shape), dtype, self._body, offset)


class _Telling:
    """Turns a value into JSON, each list or dict into a list that begins with its kind, and its arrays into bytes.

    An array that is in it several times is told once.
    """

    def __init__(self) -> None:
        self.arrays: list[tuple[str, tuple[int, ...], int, tuple[int, ...] | None]] = []
        self.bytes: list[tuple[int, Array]] = []
        self.length = 0
        self._numbers: dict[int, int] = {}

    def of(self, value: Any) -> Any:
        """What stands for the value in the JSON."""
        kind = type(value)
        if kind is ndarray:
            return ["array", self._numbers[id(value)] if id(value) in self._numbers else self._placed(value)]
        if kind is dict:
            return ["dict", *[(name, self.of(item)) for name, item in value.items()]]
        if kind is list or kind is tuple:
            return [kind.__name__, *map(self.of, value)]
        if kind is Handle:
            return ["handle", value.number]
        if kind is Foreign:
            return ["foreign", value.kind, value.text]
        return value

    def _placed(self, array: Array) -> int:
        number = self._numbers[id(array)] = len(self.arrays)
        offset, self.length = self.length, -(-(self.length + array.nbytes) // ALIGNED) * ALIGNED
        if array.size:
            self.bytes.append((offset, array))
        strides = None if array.flags.c_contiguous else array.strides
        self.arrays.append((array.dtype.str, array.shape, offset, strides))
        return number


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

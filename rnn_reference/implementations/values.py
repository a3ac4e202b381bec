"""The values that messages between two processes carry, and how other values are turned into these."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import asarray, ndarray

from rnn_reference.arrays import Array

# imported by name, before other people's code is loaded: it may replace numpy's functions

NUMBERS = "fciub"
"""Kinds of dtype that an array of numbers has."""


class Handle:
    """Stands for an object that stays in the other process, such as a cache.

    Number -1 means the latest one, -2 the one before. ``released`` gets the number when this is deleted.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.released: list[int] = []

    def __del__(self) -> None:
        self.released.append(self.number)


@dataclass(frozen=True)
class NotNumbers:
    """Stands for a value that is not an array of numbers: the name of its type, and a text that follows these words."""

    kind: str
    text: str


def kind_of(value: Any) -> str:
    """The name of the value's type. A ``NotNumbers`` has it from the other process."""
    return value.kind if isinstance(value, NotNumbers) else type(value).__name__


def as_numbers(value: Any) -> Array:
    """``value`` as a plain array of numbers, from any object that numpy can convert.

    Raises TypeError for anything else, with a text that follows "is not an array of numbers".
    """
    if isinstance(value, NotNumbers):
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


MANY = 1000
"""Parts of a list, or characters of a text, that are passed on."""

LOOKED_AT = 2**24
"""Bytes of a cache that are described. Each object counts as 1024 bytes, and an array as its own beside."""


def plain(value: Any) -> Any:
    """A copy of an array of numbers, or of a dict of such arrays; ``NotNumbers`` for anything else."""
    if isinstance(value, Mapping):
        return {str(name): _leaf(item) for name, item in itertools.islice(value.items(), MANY)}
    return _leaf(value)


def _leaf(value: Any) -> Any:
    if value is None:
        return None
    try:
        return as_numbers(value).copy()  # it may be a buffer that the next call writes into
    except Exception as error:
        return NotNumbers(type(value).__name__, str(error)[:MANY])


def describe_cache(caches: Any) -> Any:
    """Containers as lists, tuples and dicts; arrays as numbers; anything else by the name of its type.

    ``NotNumbers`` if there is more than ``LOOKED_AT`` bytes, or if the cache cannot be read.
    """
    try:
        return _inside(caches, [LOOKED_AT])
    except Exception as error:  # reading other people's objects may raise anything
        return NotNumbers(type(caches).__name__, str(error)[:MANY])


def _inside(value: Any, left: list[int], depth: int = 4) -> Any:
    left[0] -= 1024 + (value.nbytes if isinstance(value, ndarray) else 0)
    if left[0] < 0:
        raise ValueError("too much to look at")
    if isinstance(value, ndarray) and value.dtype == object:
        value = list(value)
    if depth and isinstance(value, tuple | list):
        parts = [_inside(part, left, depth - 1) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    if depth and isinstance(value, Mapping):
        return {str(name): _inside(item, left, depth - 1) for name, item in value.items()}
    return _leaf(value)

"""The values in messages between two processes, and the conversion of other values."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import asarray, ndarray

from rnn_reference.arrays import Array

# imported by name, before other people's code is loaded: it may replace numpy's functions

NUMBERS = "fciub"
"""The kinds of dtype of an array of numbers."""


class Handle:
    """A placeholder for an object in the other process, such as a cache.

    Number -1 means the latest cache, -2 the cache before it. When the handle is deleted, its number is added to
    ``released``.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.released: list[int] = []

    def __del__(self) -> None:
        self.released.append(self.number)


@dataclass(frozen=True)
class NotNumbers:
    """A placeholder for a value that is not an array of numbers: its type's name, and the reason for a message."""

    kind: str
    text: str


def kind_of(value: Any) -> str:
    """Returns the name of the value's type; for ``NotNumbers`` the type in the other process."""
    return value.kind if isinstance(value, NotNumbers) else type(value).__name__


def as_numbers(value: Any) -> Array:
    """Returns ``value`` as a plain array of numbers. It may be any object that numpy can convert.

    Raises TypeError for anything else. Its text is the rest of the sentence "is not an array of numbers".
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
"""The largest number of items of a list, or characters of a text, in a message."""

MAX_CACHE_BYTES = 2**24
"""The largest size in bytes of a described cache. Each object counts 1024 bytes, an array also its own size."""


def plain(value: Any) -> Any:
    """Returns a copy of an array of numbers, or of a dict of such arrays; ``NotNumbers`` for anything else."""
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


def as_it_is_now(result: Any, was: Any) -> Any:
    """Returns the description ``was`` of a function's result, with the numbers that its arrays have now."""
    if isinstance(was, tuple) and was and isinstance(was[-1], Handle):
        return (*map(plain, result[:-1]), was[-1])
    if isinstance(was, tuple | list):
        return type(was)(map(plain, result[: len(was)]))
    return plain(result)


def describe_cache(caches: Any) -> Any:
    """Returns containers as lists, tuples and dicts, arrays as numbers, and anything else by the name of its type.

    Returns ``NotNumbers`` for a cache of more than ``MAX_CACHE_BYTES``, or one that cannot be read.
    """
    try:
        return _inside(caches, [MAX_CACHE_BYTES])
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


def own_copy(value: Any, dtype: str) -> Any:
    """Returns a contiguous copy of an array in ``dtype``, or of a table of arrays; any other value unchanged."""
    if isinstance(value, Mapping):
        return {name: own_copy(item, dtype) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return np.array(value, dtype=dtype if value.dtype.kind == "f" else None, order="C")
    return value

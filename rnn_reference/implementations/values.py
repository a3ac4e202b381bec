"""The values that go between two processes of which one does not trust the other: what is not plain becomes so."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import asarray, ndarray

from rnn_reference.arrays import Array

# numpy's functions are named above as they are before other people's code is loaded: it may put others in their place

NUMBERS = "fciub"
"""Kinds of dtype that an array of numbers has."""


class Handle:
    """Stands for an object that stays in the other process, such as a cache; below 0 for the last, the last but one.

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


MANY = 1000
"""A list with more parts than this is none that anybody asked for."""

LOOKED_AT = 2**24
"""Bytes of a cache that are looked at, each thing in it counted as a thousand and what it holds."""


def plain(value: Any) -> Any:
    """An array of numbers, or a dict of them; what is none of that as its name."""
    if isinstance(value, Mapping):
        return {str(name): _leaf(item) for name, item in itertools.islice(value.items(), MANY)}
    return _leaf(value)


def own(described: Any) -> Any:
    """The same with memory of its own."""
    if isinstance(described, Mapping):
        return {name: own(item) for name, item in described.items()}
    if isinstance(described, tuple | list):
        return type(described)(map(own, described))
    return described.copy() if isinstance(described, ndarray) else described


def _leaf(value: Any) -> Any:
    if value is None:
        return None
    try:
        return as_numbers(value)
    except Exception as error:
        return Foreign(type(value).__name__, str(error)[:MANY])


def looked_into(caches: Any) -> Any:
    """What holds others, as lists, tuples and dicts, and what they hold as numbers or by name; no more than goes."""
    try:
        return _inside(caches, [LOOKED_AT])
    except Exception as error:  # whatever stands for a cache is its own business
        return Foreign(type(caches).__name__, str(error)[:MANY])


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

"""The values that go between two processes of which one does not trust the other: what is not plain becomes so."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import asarray, ndarray

from rnn_reference.arguments import Array

# numpy's functions are named above as they are before other people's code is loaded: it may put others in their place

NUMBERS = "fciub"
"""Kinds of dtype that an array of numbers has."""


LAST_CACHE = -1
"""Number of the handle that stands for the cache that was given out last."""


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

"""Changes that a call made to its arguments: found in the worker, and repeated on the caller's arguments."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.implementations.values import Handle, plain


def changed(now: list[Any], before: list[Any]) -> list[Any]:
    """Returns the new value of each argument that a call changed, None for the others."""
    return [None if _same(one, was) else plain(one) for one, was in zip(now, before, strict=True)]


def _same(one: Any, other: Any) -> bool:
    """True if two arguments (arrays, handles, dicts of arrays) are the same to the last bit."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return isinstance(one, Handle) and isinstance(other, Handle)


def repeat(argument: Any, became: Any) -> None:
    """Give an argument the value that its copy has after the call. Arrays in a dict are changed in place."""
    if isinstance(argument, dict):
        now = became if isinstance(became, Mapping) else {}
        for name in argument.keys() - now.keys():
            del argument[name]
        for name in now.keys() & argument.keys():
            repeat(argument[name], now[name])
        argument.update({name: value for name, value in now.items() if name not in argument})
    elif getattr(became, "shape", None) == argument.shape:
        argument[...] = became
    else:
        argument.fill(np.nan)  # it has another shape now, or is not an array: in any case it was changed

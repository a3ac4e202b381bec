"""What a call did to its arguments: found in the process that made it, and done again in the one that asked for it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.implementations.values import Handle, plain


def changed(now: list[Any], before: list[Any]) -> list[Any]:
    """Of the arguments of a call, what became of those that it changed; None for the others."""
    return [None if _same(one, was) else plain(one) for one, was in zip(now, before, strict=True)]


def _same(one: Any, other: Any) -> bool:
    """Whether two values that came in messages (arrays, handles, dicts of arrays) are the same to the last bit."""
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(_same(one[k], other[k]) for k in one)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return isinstance(one, Handle) and isinstance(other, Handle)


def write_back(argument: Any, became: Any) -> None:
    """Make an argument what the call made of its copy; the arrays of a dict are written to, as that one's were."""
    if isinstance(argument, dict):
        now = became if isinstance(became, Mapping) else {}
        for name in argument.keys() - now.keys():
            del argument[name]
        for name in now.keys() & argument.keys():
            write_back(argument[name], now[name])
        argument.update({name: value for name, value in now.items() if name not in argument})
    elif getattr(became, "shape", None) == argument.shape:
        argument[...] = became
    else:
        argument.fill(np.nan)  # of another shape, or no array any more: in any case not what it was

"""What a call was, in words, when it ended in an exception: the arguments with their shapes, and what does not fit."""

from collections.abc import Mapping
from typing import Any

import numpy as np

FITTING = (TypeError, ValueError, KeyError, IndexError, AttributeError)
"""Exceptions of a function that expects other arguments than those it gets."""


def told(name: str, error: BaseException, given: Mapping[str, Any], inside: bool = True) -> list[tuple[str, str]]:
    """Returns the lines about a call of a function by arguments that do not fit: what was called, and what to change.

    ``given`` are the arguments by name; ``inside``: the exception comes from the function's own code, and not from the
    call. Empty for other exceptions.
    """
    if not isinstance(error, FITTING):
        return []
    lines = [("called", f"{name}({', '.join(_words(key, value) for key, value in given.items())})")]
    table = given.get("parameters")
    if isinstance(error, KeyError) and isinstance(table, Mapping) and error.args and error.args[0] not in table:
        missing = error.args[0]
        lines.append(("to change", f"the weights are called {', '.join(map(str, table))}: there is no {missing}"))
    elif isinstance(error, TypeError) and not inside:
        lines.append(("to change", f"write it as {name}({', '.join(given)})"))
    return lines


def _words(name: str, value: Any) -> str:
    """Returns an argument with its shape, or the shapes in it: ``x (3, 8, 6)``, ``parameters of Wax (5, 3), ...``."""
    if isinstance(value, np.ndarray):
        return f"{name} {value.shape}"
    if isinstance(value, Mapping):
        return f"{name} with {', '.join(_words(str(key), one) for key, one in value.items())}"
    return name

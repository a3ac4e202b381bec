"""The optional arguments of a function, such as ``c0``: they are offered by being in its signature."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rnn_reference.cells.cell import Function


def optional_in(function: Any, names: Sequence[str]) -> tuple[str, ...]:
    """Returns the names among the parameters of a function. A function with ``*args`` takes all of them."""
    try:
        own = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ()
    if any(one.kind is one.VAR_POSITIONAL for one in own):
        return tuple(names)
    found = {one.name for one in own}
    return tuple(name for name in names if name in found)


def called(function: Callable[..., Any], of: Function, named: Mapping[str, Any]) -> Any:
    """Returns the result of a function for arguments by name.

    The arguments are passed in order. If there is an optional one, and the function has another order or keyword
    arguments, they are passed by name: ``lstm_backward(da, dc, caches)``. So they are for keyword-only arguments.
    """
    given = list(named.values())
    if not set(named) & set(of.optional) and not _takes_names_only(function):
        return function(*given)
    own = inspect.signature(function).parameters
    by_name = [*own][: len(named)] != [*named] or _takes_names_only(function)
    return function(**named) if by_name and set(named) <= set(own) else function(*given)


def _takes_names_only(function: Callable[..., Any]) -> bool:
    """True for a function of Python with keyword-only arguments: ``def rnn_forward(*, x, a0, parameters)``."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return bool(getattr(code, "co_kwonlyargcount", 0))

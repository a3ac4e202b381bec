"""The number of arguments of a function, by which most layouts are recognised."""

import inspect
from collections.abc import Callable
from typing import Any


def takes(functions: Any, name: str, count: int, needs: int = 0) -> bool:
    """True if ``functions`` has a function of that name that can be called with ``count`` arguments, not with fewer
    than ``needs``.

    False for a class: its functions also take the instance.
    """
    function: Callable[..., Any] | None = getattr(functions, name, None)
    if inspect.isclass(functions) or not callable(function):
        return False
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(named) >= count and needs <= sum(p.default is p.empty for p in named) <= count

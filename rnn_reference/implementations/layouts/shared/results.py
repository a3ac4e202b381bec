"""The results of a function in another layout, by number and by name."""

from collections.abc import Sequence
from typing import Any


def several(function: str, result: Any, names: Sequence[str]) -> list[Any] | None:
    """Returns the results of a call; None for a stub: it returns None, or None for each result.

    Raises TypeError, with the expected names, for another number of results, or if one is None. A cache may be None.
    """
    if result is None:
        return None
    if not isinstance(result, tuple | list) or len(result) != len(names):
        came = f"{len(result)} values" if isinstance(result, tuple | list) else type(result).__name__
        raise TypeError(f"{function} returned {came}, expected the {len(names)} of its layout: {', '.join(names)}")
    missing = [name for name, part in zip(names, result, strict=True) if part is None and name != "cache"]
    if len(missing) == len(set(names) - {"cache"}):
        return None
    if missing:
        raise TypeError(f"{function} returned None for {' and '.join(missing)}")
    return list(result)

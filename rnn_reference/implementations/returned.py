"""What a function returned, brought to arrays, or the outcome that says of what other form it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.implementations.values import as_numbers, kind_of
from rnn_reference.outcomes import NotImplementedYet, Wrong

GRADIENTS = {
    "rnn_cell_backward": ("dxt", "da_prev", "dWax", "dWaa", "dba"),
    "rnn_backward": ("dx", "da0", "dWax", "dWaa", "dba"),
}


def array_of(function: str, what: str, value: Any) -> Array:
    """``value`` as an array of numbers of its own. Raises Wrong, in words about ``what``."""
    try:
        return as_numbers(value).copy()  # it may be a buffer that the next call writes into
    except TypeError as error:
        raise Wrong([("returned", f"{what} is not an array of numbers{error}")], function=function) from None


def triple_of(function: str, names: tuple[str, str, str], result: Any) -> tuple[Array, Array, Any]:
    """The two arrays and the cache of a forward function. Raises Wrong, NotImplementedYet for a stub."""
    if not isinstance(result, tuple | list) or len(result) != 3:
        came = f"{len(result)} values" if isinstance(result, tuple | list) else kind_of(result)
        raise Wrong([("returned", f"{came}, expected the three {', '.join(names)}")], function=function)
    _require_begun(function, names[:2], result[:2])
    return array_of(function, names[0], result[0]), array_of(function, names[1], result[1]), result[2]


def gradients_of(function: str, result: Any) -> dict[str, Array]:
    """The arrays that a backward function's dict should have. Raises Wrong, NotImplementedYet for a stub."""
    names = GRADIENTS[function]
    if not isinstance(result, Mapping):
        raise Wrong([("returned", f"{kind_of(result)}, expected a dict of {', '.join(names)}")], function=function)
    missing = [name for name in names if name not in result]
    if missing:
        has = ", ".join(map(str, result)) or "nothing"
        raise Wrong([("returned", f"a dict without {' and '.join(missing)}; it has {has}")], function=function)
    _require_begun(function, names, [result[name] for name in names])
    return {name: array_of(function, name, result[name]) for name in names}


def _require_begun(function: str, names: Sequence[str], values: Sequence[Any]) -> None:
    """Raise NotImplementedYet if every value is None, as in an exercise that nobody has begun."""
    if all(value is None for value in values):
        raise NotImplementedYet([("", f"{function} is a stub: {', '.join(names)} are None")], function=function)

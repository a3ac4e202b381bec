"""Checks of the arguments of the four RNN functions."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from rnn_reference.arrays import Array, described, table
from rnn_reference.cells.rnn.signature import CELL

Parameters: TypeAlias = Mapping[str, Array]
Cache: TypeAlias = tuple[Array, Array, Array, Parameters]
Caches: TypeAlias = tuple[Sequence[Cache], Array]

PARAMETER_SHAPES = dict(CELL.parameters)


def parameter_values(where: str, parameters: Any) -> dict[str, Any]:
    """Returns the five parameters by name, from a mapping that may hold more.

    Raises TypeError if ``parameters`` is not a mapping, and ValueError with the name of each missing parameter.
    """
    return table(where, "parameters", parameters, PARAMETER_SHAPES)


def cache_of(where: str, name: str, cache: Any) -> Cache:
    """Returns ``cache`` if it has the form ``(a_next, a_prev, xt, parameters)``; else raises TypeError."""
    if not isinstance(cache, tuple | list) or len(cache) != 4 or not isinstance(cache[3], Mapping):
        raise TypeError(f"{where}: {name} must be (a_next, a_prev, xt, parameters), got {described(cache)}")
    a_next, a_prev, xt, parameters = cache
    return a_next, a_prev, xt, parameters

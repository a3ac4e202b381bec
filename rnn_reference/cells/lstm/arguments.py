"""Checks of the arguments of the four LSTM functions."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from rnn_reference.arrays import Array, described, table
from rnn_reference.cells.lstm.signature import CELL, PARAMETERS

Parameters: TypeAlias = Mapping[str, Array]
Cache: TypeAlias = tuple[Any, ...]
Caches: TypeAlias = tuple[Sequence[Cache], Array]


def parameter_values(where: str, parameters: Any) -> dict[str, Any]:
    """Returns the ten parameters by name, from a mapping that may hold more.

    Raises TypeError if ``parameters`` is not a mapping, and ValueError with the name of each missing parameter.
    """
    return table(where, "parameters", parameters, PARAMETERS)


def cache_of(where: str, name: str, cache: Any) -> dict[str, Any]:
    """Returns the parts of a cache of the course's form by name; for another form raises TypeError."""
    names = CELL.cache
    if not isinstance(cache, tuple | list) or len(cache) != len(names) or not isinstance(cache[-1], Mapping):
        raise TypeError(f"{where}: {name} must be ({', '.join(names)}), got {described(cache)}")
    return dict(zip(names, cache, strict=True))


def require_rows(where: str, name: str, x: Array, Wf: Array) -> None:
    """Raise ValueError if ``x (n_x, ...)`` does not have the rows that ``Wf (n_a, n_a + n_x)`` multiplies."""
    n_x = Wf.shape[1] - len(Wf)
    if len(x) != n_x:
        raise ValueError(f"{where}: {name} must have n_x = {n_x} rows (from Wf {Wf.shape}), got {x.shape}")

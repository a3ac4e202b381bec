"""The caches of a whole sequence, as whole arrays for the backward pass."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells import steps
from rnn_reference.cells.lstm.arguments import cache_of


class Whole(NamedTuple):
    """The arrays of all steps for the backward pass, time first: states and gates ``(T_x, n_a, m)``."""

    a: Array
    c: Array
    a0: Array
    c0: Array
    ft: Array
    it: Array
    cct: Array
    ot: Array
    x: Array
    parameters: Any

    def steps(self) -> steps.Steps[Whole]:
        """Returns the course's cache of each step, as views of the arrays."""
        before = [self.a0, *self.a[:-1]], [self.c0, *self.c[:-1]]
        each = zip(self.a, self.c, *before, self.ft, self.it, self.cct, self.ot, self.x, strict=True)
        return steps.Steps(((*step, self.parameters) for step in each), self)

    def first(self, steps: int) -> Whole:
        """Returns the arrays of the first steps."""
        cut = {name: getattr(self, name)[:steps] for name in ("a", "c", "ft", "it", "cct", "ot", "x")}
        return self._replace(**cut)


def opened(where: str, caches: Any) -> Whole:
    """Returns the whole arrays of ``caches``; stacks the list if necessary. Raises as ``steps.opened``."""

    def stacked(each: list[Any]) -> Whole:
        read = [cache_of(where, f"caches[0][{t}]", cache) for t, cache in enumerate(each)]
        first = read[0]
        named = {"a": "a_next", "c": "c_next", "x": "xt", **{name: name for name in ("ft", "it", "cct", "ot")}}
        whole = {own: _stacked(where, name, [cache[name] for cache in read]) for own, name in named.items()}
        return Whole(a0=first["a_prev"], c0=first["c_prev"], parameters=first["parameters"], **whole)

    return steps.opened(where, caches, stacked)


def _stacked(where: str, name: str, steps: list[Any]) -> Array:
    """Returns an array of all steps. Raises ValueError if not all have one shape."""
    try:
        return np.stack(steps)
    except ValueError as error:
        raise ValueError(f"{where}: {name} must have one shape in all of caches[0]: {error}") from None

"""The caches of a whole sequence: the document's list to whoever reads it, and whole arrays to our backward pass."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array, at_least_one_step
from rnn_reference.cells.rnn.arguments import cache_of


class Whole(NamedTuple):
    """What the backward pass needs of all steps, time first: ``a (T_x, n_a, m)``, ``x (T_x, n_x, m)``."""

    a: Array
    a0: Array
    x: Array
    parameters: Any


class Steps(list[tuple[Array, Array, Array, Mapping[str, Array]]]):
    """``(a_next, a_prev, xt, parameters)`` for each step, the arrays views of whole ones, which it remembers.

    Once an element is another, and in a copy, it is the list alone that counts.
    """

    def __init__(self, whole: Whole) -> None:
        a, a0, x, parameters = whole
        super().__init__((*step, parameters) for step in zip(a, [a0, *a[:-1]], x, strict=True))
        self._made, self._whole = tuple(self), whole

    def whole(self) -> Whole | None:
        """The arrays that the steps are views of; None if that is no longer so."""
        same = len(self) == len(self._made) and all(one is made for one, made in zip(self, self._made, strict=True))
        return self._whole if same else None

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, or what comes out of a pickle, has arrays of its own and is a list like any other."""
        return list, (list(self),)


def opened(where: str, caches: Any) -> Whole:
    """The whole arrays behind ``caches``, ``(a list of a cache for each step, x)``; from the list itself, if need be.

    Raises TypeError for caches of another form and ValueError if there is no step.
    """
    if not isinstance(caches, tuple | list) or len(caches) != 2:
        raise TypeError(f"{where}: caches must be (a list with one cache for each time step, x)")
    steps, _ = caches
    at_least_one_step(where, "caches", len(steps))
    whole = steps.whole() if isinstance(steps, Steps) else None
    return whole or _stacked([cache_of(where, f"caches[0][{t}]", cache) for t, cache in enumerate(steps)])


def _stacked(steps: Iterable[tuple[Array, Array, Array, Mapping[str, Array]]]) -> Whole:
    states, before, inputs, parameters = zip(*steps, strict=True)
    return Whole(np.stack(states), before[0], np.stack(inputs), parameters[0])

"""The caches of a whole sequence. They read like the document's list, but our backward pass uses whole arrays."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array, at_least_one_step
from rnn_reference.cells.rnn.arguments import cache_of


class Whole(NamedTuple):
    """The arrays of all steps for the backward pass, time first: ``a (T_x, n_a, m)``, ``x (T_x, n_x, m)``."""

    a: Array
    a0: Array
    x: Array
    parameters: Any


class Steps(list[tuple[Array, Array, Array, Mapping[str, Array]]]):
    """A list of ``(a_next, a_prev, xt, parameters)`` for each step. The arrays are views of the whole arrays.

    After an element was replaced, and in a copy, only the list counts and the whole arrays are not used.
    """

    def __init__(self, whole: Whole) -> None:
        a, a0, x, parameters = whole
        super().__init__((*step, parameters) for step in zip(a, [a0, *a[:-1]], x, strict=True))
        self._made, self._whole = tuple(self), whole

    def whole(self) -> Whole | None:
        """Returns the whole arrays; None if an element of the list was replaced."""
        same = len(self) == len(self._made) and all(one is made for one, made in zip(self, self._made, strict=True))
        return self._whole if same else None

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, or an unpickled object, is a plain list with its own arrays."""
        return list, (list(self),)


def opened(where: str, caches: Any) -> Whole:
    """Returns the whole arrays of ``caches``, ``(a list with a cache for each step, x)``; stacks the list if necessary.

    Raises TypeError for caches of another form, and ValueError if there are no steps.
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

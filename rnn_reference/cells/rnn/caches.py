"""The caches of a whole sequence, as whole arrays for the backward pass."""

from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells import steps
from rnn_reference.cells.rnn.arguments import cache_of


class Whole(NamedTuple):
    """The arrays of all steps for the backward pass, time first: ``a (T_x, n_a, m)``, ``x (T_x, n_x, m)``."""

    a: Array
    a0: Array
    x: Array
    parameters: Any

    def steps(self) -> steps.Steps["Whole"]:
        """Returns the document's cache ``(a_next, a_prev, xt, parameters)`` of each step, as views of the arrays."""
        before = [self.a0, *self.a[:-1]]
        each = ((*step, self.parameters) for step in zip(self.a, before, self.x, strict=True))
        return steps.Steps(each, self)


def opened(where: str, caches: Any) -> Whole:
    """Returns the whole arrays of ``caches``; stacks the list if necessary. Raises as ``steps.opened``."""

    def stacked(each: list[Any]) -> Whole:
        read = [cache_of(where, f"caches[0][{t}]", cache) for t, cache in enumerate(each)]
        states, before, inputs, parameters = zip(*read, strict=True)
        return Whole(np.stack(states), before[0], np.stack(inputs), parameters[0])

    return steps.opened(where, caches, stacked)

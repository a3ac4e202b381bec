"""The step of the LSTM, forward and backward, with other lines or other maps, for the mistakes of this cell only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.fault import Function
from rnn_reference.cells.functions import Scores, cell_backward_of, cell_forward_of
from rnn_reference.cells.functions import scores as right_scores
from rnn_reference.cells.loop import forward_of
from rnn_reference.cells.lstm.equations import BACKWARD, FORWARD, GATES, OF_GATES, Line, back, step
from rnn_reference.cells.lstm.signature import CELL
from rnn_reference.numerics.affine import Affine

Parameters = Mapping[str, Array]
Change = Callable[[Any], Any]
"""``change(v)`` returns one gradient, from the values of the step backward and its right gradients, as attributes."""


def cell_forward(activations: Sequence[Function], lines: Mapping[str, Line], scores: Scores = right_scores) -> Function:
    """Returns ``lstm_cell_forward`` with some lines of its equations replaced, by name."""
    wrong = replace(CELL, step=partial(step, lines={**FORWARD, **lines}))
    return cell_forward_of(wrong, *activations, scores=scores)


def with_parameters(*activations: Function, used: Callable[[Parameters], Parameters]) -> Function:
    """Returns ``lstm_cell_forward`` that uses other parameters: ``used`` makes them from those given."""

    class Other(Affine):
        def __init__(self, maps: Any, parameters: Parameters) -> None:
            super().__init__(maps, used(parameters))

    return cell_forward_of(CELL, *activations, affine=Other)


def renamed(sources: Mapping[str, str]) -> Callable[[Parameters], Parameters]:
    """Returns a function of parameters that takes some of them from others, by name."""
    return lambda p: {**p, **{name: p[source] for name, source in sources.items()}}


def of_order(order: str, kinds: str) -> dict[str, str]:
    """Returns the sources of the weights (``W``) or biases (``b``) for another order of the gates."""
    return {f"{kind}{g}": f"{kind}{source}" for g, source in zip(GATES, order, strict=True) for kind in kinds}


def cell_backward(**lines: Line) -> Function:
    """Returns ``lstm_cell_backward`` with some lines of its equations replaced, by name."""
    return cell_backward_of(CELL, partial(back, lines={**BACKWARD, **lines}))


def with_gradients(**changes: Change) -> Function:
    """Returns ``lstm_cell_backward`` with some of its results replaced, by name.

    A change gets the parts of the cache, the cotangents, the lines of the equations, ``inputs``, which is
    ``[a_prev; xt]``, the parameters, and the right gradients.
    """
    seen: dict[str, Any] = {}

    def noted(affine: Any, dstates: Any, states: Any, before: Any, kept: Any) -> Any:
        lines = {name: partial(_noted, seen, name, line) for name, line in BACKWARD.items()}
        return back(affine, dstates, states, before, kept, lines=lines)

    right = cell_backward_of(CELL, noted)

    def lstm_cell_backward(da_next: Array, dc_next: Array, cache: Any) -> Gradients:
        found: Gradients = right(da_next, dc_next, cache)
        parts = dict(zip(CELL.cache, cache, strict=True))
        inputs = np.concatenate([parts["a_prev"], parts["xt"]])
        named = {**parts, **parts["parameters"], **seen, **found}
        values = Values(**named, inputs=inputs, da_next=da_next, dc_next=dc_next)
        return found | {name: change(values) for name, change in changes.items()}

    return lstm_cell_backward


class Values:
    """Values by name, as attributes; ``dz(g)`` is the gradient of the argument of a gate."""

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def dz(self, gate: str) -> Array:
        """Returns the gradient of the argument of a gate."""
        found: Array = getattr(self, OF_GATES[gate])
        return found


def _noted(seen: dict[str, Any], name: str, line: Line, v: Any) -> Any:
    seen[name] = line(v)
    return seen[name]


def results_of(step: Function, *arguments: Any) -> dict[str, Any]:
    """Returns the results of a right loop over ``step``, by name."""
    return CELL.forward.results(forward_of(CELL, step)(*arguments))


def in_order(results: Mapping[str, Any]) -> tuple[Any, ...]:
    """Returns the results of ``lstm_forward`` as a tuple, in its order."""
    return tuple(results[name] for name in CELL.forward.returns)


ORDERS = ["".join(order) for order in permutations(GATES) if order != GATES]
"""Every order of the gates other than the course's."""

PAIRS = [(one, other) for one in GATES for other in GATES if one != other]
"""Every gate with every other."""


Lines = Mapping[str, Line]


def as_variants(of: Mapping[str, Lines]) -> dict[str, dict[str, Any]]:
    """Returns variants of a mistake, each with other lines of the equations."""
    return {name: {"lines": lines} for name, lines in of.items()}


def each_gate(gates: str = "fico", together: str = "all") -> dict[str, dict[str, Any]]:
    """Returns variants of a mistake in one gate, and in all of them."""
    return {g: {"gates": g} for g in gates} | {together: {"gates": gates}}

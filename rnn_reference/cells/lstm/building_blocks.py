"""The step of the LSTM, forward and backward, with other lines or other maps, for the mistakes of this cell only."""

from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.edited_steps import Change, step_backward, step_forward
from rnn_reference.cells.edits import Edited
from rnn_reference.cells.fault import Function
from rnn_reference.cells.lstm.equations import GATES, OF_GATES, Line
from rnn_reference.cells.lstm.signature import CELL

Parameters = Mapping[str, Array]


def cell_forward(activations: Sequence[Function], lines: Mapping[str, Line], **points: Any) -> Edited:
    """Returns ``lstm_cell_forward`` with some lines of its equations replaced, by name, and other points changed."""
    return step_forward(CELL, *activations, **{f"line:{name}": line for name, line in lines.items()}, **points)


def with_parameters(*activations: Function, used: Callable[[Parameters], Parameters]) -> Edited:
    """Returns ``lstm_cell_forward`` that uses other parameters: ``used`` makes them from those given."""
    return step_forward(CELL, *activations, parameters=(used,))


def renamed(sources: Mapping[str, str]) -> Callable[[Parameters], Parameters]:
    """Returns a function of parameters that takes some of them from others, by name."""
    return lambda p: {**p, **{name: p[source] for name, source in sources.items()}}


def of_order(order: str, kinds: str) -> dict[str, str]:
    """Returns the sources of the weights (``W``) or biases (``b``) for another order of the gates."""
    return {f"{kind}{g}": f"{kind}{source}" for g, source in zip(GATES, order, strict=True) for kind in kinds}


def cell_backward(**lines: Line) -> Edited:
    """Returns ``lstm_cell_backward`` with some lines of its equations replaced, by name."""
    return step_backward(CELL, **{f"line:{name}": line for name, line in lines.items()})


def with_gradients(**changes: Change) -> Edited:
    """Returns ``lstm_cell_backward`` with some of its results replaced, by name.

    A change gets the parts of the cache, the cotangents, the parameters, the lines of the equations, and the gradients.
    """
    return step_backward(CELL, **{f"gradient:{name}": change for name, change in changes.items()})


def dz(v: Any, gate: str) -> Array:
    """Returns the gradient of the argument of a gate, from the values of a step backward."""
    found: Array = getattr(v, OF_GATES[gate])
    return found


def inputs(v: Any) -> Array:
    """Returns ``[a_prev; xt]``, from the values of a step backward."""
    return np.concatenate([v.a_prev, v.xt])


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

"""The equations of the LSTM, and their gradient, one line each. A mistake can replace a line.

ft, it, ot = sigmoid(Wf [a_prev; xt] + bf), the same with Wi bi, and with Wo bo
cct        = tanh(Wc [a_prev; xt] + bc)
c_next     = ft c_prev + it cct
a_next     = ot tanh(c_next)

Source: deeplearning.ai, Sequence Models, week 1, exercise "Building your recurrent neural network", part 2;
S. Hochreiter and J. Schmidhuber, Long Short-Term Memory, 1997; F. Gers et al., Learning to Forget, 2000.
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.numerics.affine import Map
from rnn_reference.numerics.functions import sigmoid

GATES = ("f", "i", "c", "o")
"""The gates, and the candidate c, in the course's order."""

MAPS = {g: Map({f"W{g}": ("a", "x")}, f"b{g}") for g in GATES}
KEPT = ("ft", "it", "cct", "ot")

Line: TypeAlias = Callable[[Any], Any]
"""One line of the equations: it computes a value from the values before it, which are attributes."""

FORWARD: Mapping[str, Line] = {
    "ft": lambda v: v.sigmoid(v.z("f")),
    "it": lambda v: v.sigmoid(v.z("i")),
    "cct": lambda v: v.tanh(v.z("c")),
    "ot": lambda v: v.sigmoid(v.z("o")),
    "c_next": lambda v: v.ft * v.c_prev + v.it * v.cct,
    "a_next": lambda v: v.ot * v.tanh(v.c_next),
}

BACKWARD: Mapping[str, Line] = {
    "tanh_c": lambda v: np.tanh(v.c_next),
    "dc": lambda v: v.dc_next + v.da_next * v.ot * (1 - v.tanh_c * v.tanh_c),
    "df": lambda v: v.dc * v.c_prev * v.ft * (1 - v.ft),
    "di": lambda v: v.dc * v.cct * v.it * (1 - v.it),
    "dcc": lambda v: v.dc * v.it * (1 - v.cct * v.cct),
    "do": lambda v: v.da_next * v.tanh_c * v.ot * (1 - v.ot),
    "dc_prev": lambda v: v.dc * v.ft,
}
"""``df``, ``di``, ``dcc`` and ``do`` are the gradients of the arguments of the gates and of the candidate."""

NO_OTHERS: Mapping[str, Line] = {}

OF_GATES = dict(zip(GATES, ("df", "di", "dcc", "do"), strict=True))


def step(
    affine: Any,
    x: Any,
    states: tuple[Any, Any],
    tanh: Callable[[Any], Any] = np.tanh,
    lines: Mapping[str, Line] = NO_OTHERS,
) -> tuple[tuple[Any, Any], dict[str, Any]]:
    """One step. Returns the next states ``(a, c)``, and the gates for the backward step. ``lines`` replace lines."""
    a_prev, c_prev = states
    v = SimpleNamespace(x=x, a_prev=a_prev, c_prev=c_prev, tanh=tanh, sigmoid=sigmoid)
    v.z = lambda gate: affine(gate, a=v.a_prev, x=v.x)
    for name, line in {**FORWARD, **lines}.items():
        setattr(v, name, line(v))
    return (v.a_next, v.c_next), {name: getattr(v, name) for name in KEPT}


def back(
    affine: Any,
    dstates: tuple[Any, Any],
    states: tuple[Any, Any],
    before: tuple[Any, Any],
    kept: Mapping[str, Any],
    lines: Mapping[str, Line] = NO_OTHERS,
    seen: dict[str, Any] | None = None,
) -> tuple[Any, tuple[Any, Any]]:
    """One step backward. Returns the gradients of the input and of the previous states.

    ``lines`` replace lines of the equations; ``seen`` receives all values of the step.
    """
    (da_next, dc_next), (a_next, c_next), (a_prev, c_prev) = dstates, states, before
    v = SimpleNamespace(**kept, da_next=da_next, dc_next=dc_next, a_next=a_next, c_next=c_next)
    v.a_prev, v.c_prev = a_prev, c_prev
    for name, line in {**BACKWARD, **lines}.items():
        setattr(v, name, line(v))
    if seen is not None:
        seen |= vars(v)
    reached = [affine.back(gate, getattr(v, dz)) for gate, dz in OF_GATES.items()]
    return _total(reached, "x"), (_total(reached, "a"), v.dc_prev)


def _total(reached: list[dict[str, Any]], operand: str) -> Any:
    first, *others = (each[operand] for each in reached)
    for other in others:
        first = first + other
    return first

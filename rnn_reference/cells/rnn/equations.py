"""The equations of the tanh RNN, and their gradient. Source: document, sections 1.3 and 2.1.

z      = Wax xt + Waa a_prev + ba
a_next = tanh(z)
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.numerics.affine import Map

MAPS = {"z": Map({"Wax": ("x",), "Waa": ("a",)}, "ba")}


Line: TypeAlias = Callable[[Any], Any]
"""One line of the equations: it computes a value from the values before it, which are attributes."""

FORWARD: Mapping[str, Line] = {
    "z": lambda v: v.affine("z", x=v.x, a=v.a_prev),
    "a_next": lambda v: v.tanh(v.z),
}

BACKWARD: Mapping[str, Line] = {
    "slope": lambda v: 1 - v.a_next * v.a_next,
    "dz": lambda v: v.slope * v.da_next,
}
"""``dz`` is the gradient of ``z``; ``slope`` is the derivative of tanh."""

NO_OTHERS: Mapping[str, Line] = {}


def step(
    affine: Any,
    x: Any,
    states: tuple[Any],
    tanh: Callable[[Any], Any] = np.tanh,
    lines: Mapping[str, Line] = NO_OTHERS,
) -> tuple[tuple[Any], dict[str, Any]]:
    """One step. Returns the next state, and no kept values: the backward step needs only the states.

    ``lines`` replace lines of the equations.
    """
    v = SimpleNamespace(affine=affine, x=x, a_prev=states[0], tanh=tanh)
    for name, line in {**FORWARD, **lines}.items():
        setattr(v, name, line(v))
    return (v.a_next,), {}


def back(
    affine: Any,
    dstates: tuple[Any],
    states: tuple[Any],
    before: tuple[Any],
    kept: dict[str, Any],
    lines: Mapping[str, Line] = NO_OTHERS,
    seen: dict[str, Any] | None = None,
) -> tuple[Any, tuple[Any]]:
    """One step backward. Returns the gradients of the input and of the previous state.

    ``lines`` replace lines of the equations; ``seen`` receives all values of the step.
    """
    v = SimpleNamespace(affine=affine, da_next=dstates[0], a_next=states[0], a_prev=before[0])
    for name, line in {**BACKWARD, **lines}.items():
        setattr(v, name, line(v))
    if seen is not None:
        seen |= vars(v)
    reached = affine.back("z", v.dz)
    return reached["x"], (reached["a"],)

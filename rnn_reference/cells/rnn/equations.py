"""The equations of the tanh RNN, and their gradient. Source: document, sections 1.3 and 2.1.

z      = Wax xt + Waa a_prev + ba
a_next = tanh(z)
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.numerics.affine import Map

MAPS = {"z": Map({"Wax": ("x",), "Waa": ("a",)}, "ba")}


def step(
    affine: Any, x: Any, states: tuple[Any], tanh: Callable[[Any], Any] = np.tanh
) -> tuple[tuple[Any], dict[str, Any]]:
    """One step. Returns the next state, and no kept values: the backward step needs only the states."""
    (a_prev,) = states
    a_next = tanh(affine("z", x=x, a=a_prev))
    return (a_next,), {}


def slope(a_next: Any, a_prev: Any) -> Any:
    """Returns ``1 - a_next**2``, the derivative of tanh. It does not depend on ``a_prev``."""
    return 1 - a_next * a_next


def back(
    affine: Any,
    dstates: tuple[Any],
    states: tuple[Any],
    before: tuple[Any],
    kept: dict[str, Any],
    slope: Callable[[Any, Any], Any] = slope,
) -> tuple[Any, tuple[Any]]:
    """One step backward. Returns the gradients of the input and of the previous state."""
    (da_next,), (a_next,), (a_prev,) = dstates, states, before
    dz = slope(a_next, a_prev) * da_next
    reached = affine.back("z", dz)
    return reached["x"], (reached["a"],)

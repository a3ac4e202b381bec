"""The step of the tanh RNN, forward and backward, with parameters for the mistakes of this cell only."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.edited_steps import step_backward
from rnn_reference.cells.edits import Edited
from rnn_reference.cells.fault import Function
from rnn_reference.cells.functions import cell_forward_of, softmax
from rnn_reference.cells.rnn.signature import CELL
from rnn_reference.numerics.affine import Affine

Parameters = Mapping[str, Array]


def tanh(x: Array) -> Array:
    """Returns ``np.tanh(x)``."""
    return np.asarray(np.tanh(x))


def preactivation(xt: Array, a_prev: Array, p: Parameters) -> Array:
    """Returns ``z = Wax xt + Waa a_prev + ba``, ``(n_a, m)``."""
    return np.asarray(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])


def scores(a_next: Array, a_prev: Array, z: Array, p: Parameters) -> Array:
    """Returns ``Wya a_next + by``, ``(n_y, m)``. A fault may use ``a_prev`` or ``z``."""
    return np.asarray(p["Wya"] @ a_next + p["by"])


def cell_forward(
    tanh: Function = tanh,
    softmax: Function = softmax,
    z: Callable[[Array, Array, Parameters], Array] = preactivation,
    scores: Callable[[Array, Array, Array, Parameters], Array] = scores,
) -> Function:
    """Returns ``rnn_cell_forward``, made from two activations and the functions of their arguments."""

    class OwnMap(Affine):
        def __call__(self, name: str, /, **operands: Any) -> Any:
            self.results[name] = z(operands["x"], operands["a"], self.parameters)
            return self.results[name]

    def predicted(head: Any, values: Mapping[str, Any], p: Parameters) -> Array:
        return scores(values["after"], values["before"], values["z"]["z"], p)

    return cell_forward_of(CELL, tanh, softmax, affine=OwnMap, scores=predicted)


def slope(a_next: Array, a_prev: Array) -> Array:
    """Returns ``1 - a_next**2``, the derivative of tanh."""
    return 1 - a_next * a_next


def cell_backward(slope: Callable[[Array, Array], Array] = slope) -> Edited:
    """Returns ``rnn_cell_backward``. ``slope(a_next, a_prev)`` is the derivative of the activation."""
    return step_backward(CELL, **{"line:slope": lambda v: slope(v.a_next, v.a_prev)})

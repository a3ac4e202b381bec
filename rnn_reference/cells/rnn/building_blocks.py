"""The tanh RNN's step, forward and backward, open where a mistake can be made that is about this cell alone."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Function
from rnn_reference.cells.functions import cell_backward_of, cell_forward_of, softmax
from rnn_reference.cells.rnn.equations import back, slope
from rnn_reference.cells.rnn.signature import CELL
from rnn_reference.numerics.affine import Affine

Parameters = Mapping[str, Array]


def tanh(x: Array) -> Array:
    """``np.tanh``."""
    return np.asarray(np.tanh(x))


def preactivation(xt: Array, a_prev: Array, p: Parameters) -> Array:
    """``z = Wax xt + Waa a_prev + ba``, ``(n_a, m)``."""
    return np.asarray(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])


def scores(a_next: Array, a_prev: Array, z: Array, p: Parameters) -> Array:
    """``Wya a_next + by``, ``(n_y, m)``; a mistake may read the other two."""
    return np.asarray(p["Wya"] @ a_next + p["by"])


def cell_forward(
    tanh: Function = tanh,
    softmax: Function = softmax,
    z: Callable[[Array, Array, Parameters], Array] = preactivation,
    scores: Callable[[Array, Array, Array, Parameters], Array] = scores,
) -> Function:
    """``rnn_cell_forward`` of two activations and what they are applied to."""

    class OwnMap(Affine):
        def __call__(self, name: str, /, **operands: Any) -> Any:
            self.results[name] = z(operands["x"], operands["a"], self.parameters)
            return self.results[name]

    def predicted(head: Any, values: Mapping[str, Any], p: Parameters) -> Array:
        return scores(values["after"], values["before"], values["z"]["z"], p)

    return cell_forward_of(CELL, tanh, softmax, affine=OwnMap, scores=predicted)


def cell_backward(slope: Callable[[Array, Array], Array] = slope) -> Function:
    """``rnn_cell_backward`` with the derivative of the activation, of ``a_next`` and ``a_prev``."""
    return cell_backward_of(CELL, partial(back, slope=slope))

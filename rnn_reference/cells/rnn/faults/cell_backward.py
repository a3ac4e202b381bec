"""Mistakes in ``rnn_cell_backward`` in the derivative of tanh. Mistakes of any cell are in ``rnn_reference.faults``."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.edited_steps import step_backward
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.building_blocks import cell_backward
from rnn_reference.cells.rnn.signature import CELL

THE_SLOPE = "the derivative of tanh, the factor of da_next"
ONE_MINUS = "dtanh = (1 - a_next**2) * da_next"


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS, seen="a public notebook")
def tanh_derivative_missing(_: Function) -> Function:
    """da_next is not multiplied by the derivative of tanh."""
    return cell_backward(slope=lambda a_next, a_prev: np.ones_like(a_next))


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS)
def tanh_derivative_of_previous(_: Function) -> Function:
    """The derivative of tanh is taken at a_prev instead of a_next."""
    return cell_backward(slope=lambda a_next, a_prev: 1 - a_prev**2)


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS)
def tanh_derivative_not_squared(_: Function) -> Function:
    """1 - a_next is used as the derivative of tanh: the square is missing."""
    return cell_backward(slope=lambda a_next, a_prev: 1 - a_next)


@fault("rnn_cell_backward", where=THE_SLOPE, change=f"{ONE_MINUS}: a_next is tanh already", seen="a public notebook")
def tanh_applied_twice(_: Function) -> Function:
    """Tanh is applied to a_next, although a_next is tanh already."""
    return cell_backward(slope=lambda a_next, a_prev: 1 - np.tanh(a_next) ** 2)


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS)
def tanh_derivative_sign(_: Function) -> Function:
    """1 + a_next**2 is used as the derivative of tanh: the sign is wrong."""
    return cell_backward(slope=lambda a_next, a_prev: 1 + a_next**2)


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS)
def tanh_derivative_of_sigmoid(_: Function) -> Function:
    """The derivative of the logistic function, a_next (1 - a_next), is used instead of that of tanh."""
    return cell_backward(slope=lambda a_next, a_prev: a_next * (1 - a_next))


def _preactivation(v: Any) -> Any:
    """Returns z, from the operands of the step."""
    p, given = v.affine.parameters, v.affine.operands["z"][-1]
    return p["Wax"] @ given["x"] + p["Waa"] @ given["a"] + p["ba"]


@fault("rnn_cell_backward", where=THE_SLOPE, change=f"{ONE_MINUS}: a_next is tanh(z), and z is not",
       seen="forum questions: a gradient by hand that differs from autograd's")  # fmt: skip
def tanh_derivative_of_preactivation(_: Function) -> Function:
    """1 - z**2 is used as the derivative of tanh, where z is the argument of tanh."""
    return step_backward(CELL, **{"line:slope": lambda v: 1 - _preactivation(v) ** 2})


STATES: dict[str, Callable[[Array, Array], Array]] = {
    "a_next": lambda a_next, a_prev: a_next,
    "a_next**2": lambda a_next, a_prev: a_next**2,
    "a_prev": lambda a_next, a_prev: a_prev,
}


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS,
       variants={name: {"slope": slope} for name, slope in STATES.items()})  # fmt: skip
def tanh_derivative_is_state(_: Function, slope: Callable[[Array, Array], Array]) -> Function:
    """da_next is multiplied by the state itself, or by its square, instead of the derivative of tanh."""
    return cell_backward(slope=slope)


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS,
       variants={"relu": {"below": 0.0},
                 **{f"leaky relu, {below}": {"below": below} for below in (0.01, 0.1)}})  # fmt: skip
def tanh_derivative_of_relu(_: Function, below: float) -> Function:
    """The derivative of relu is used instead of that of tanh: 1 where a_next is positive."""
    return cell_backward(slope=lambda a_next, a_prev: np.where(a_next > 0, 1.0, below))


@fault("rnn_cell_backward", where="the state in the product for dWaa", change="dWaa = dtanh a_prev^T")
def recurrent_weight_gradient_from_next(_: Function) -> Function:
    """dWaa is computed from a_next instead of a_prev."""
    return step_backward(CELL, **{"gradient:dWaa": lambda v: v.dz @ v.a_next.T})


@fault("rnn_cell_backward", where="the product for da_prev", change="da_prev = Waa^T dtanh")
def recurrent_gradient_transposed(_: Function) -> Function:
    """da_prev is computed as Waa dtanh: Waa is not transposed."""
    return step_backward(CELL, **{"gradient:da_prev": lambda v: v.Waa @ v.dz})

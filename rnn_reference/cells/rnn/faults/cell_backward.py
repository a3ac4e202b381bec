"""Mistakes in ``rnn_cell_backward`` that are about tanh; those of any cell are elsewhere."""

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.arguments import Cache
from rnn_reference.cells.rnn.building_blocks import cell_backward

THE_SLOPE = "the derivative of tanh, which da_next is multiplied by"
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
    """The derivative of tanh is taken to be 1 - a_next: the square is missing."""
    return cell_backward(slope=lambda a_next, a_prev: 1 - a_next)


@fault("rnn_cell_backward", where=THE_SLOPE, change=f"{ONE_MINUS}: a_next is tanh already", seen="a public notebook")
def tanh_applied_twice(_: Function) -> Function:
    """Tanh is applied to a_next, which it has been applied to already."""
    return cell_backward(slope=lambda a_next, a_prev: 1 - np.tanh(a_next) ** 2)


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS)
def tanh_derivative_sign(_: Function) -> Function:
    """The derivative of tanh is taken to be 1 + a_next**2."""
    return cell_backward(slope=lambda a_next, a_prev: 1 + a_next**2)


@fault("rnn_cell_backward", where=THE_SLOPE, change=ONE_MINUS)
def tanh_derivative_of_sigmoid(_: Function) -> Function:
    """The derivative of the logistic function, a_next (1 - a_next), stands in place of that of tanh."""
    return cell_backward(slope=lambda a_next, a_prev: a_next * (1 - a_next))


def _with(right: Function, **changed: Function) -> Function:
    """``right`` with other values for some gradients, each made from what is right and ``da_next, cache``."""

    def rnn_cell_backward(da_next: Array, cache: Cache) -> Gradients:
        step = right(da_next, cache)
        return {**step, **{name: change(step, da_next, cache) for name, change in changed.items()}}

    return rnn_cell_backward


def _dz(da_next: Array, cache: Cache) -> Array:
    return np.asarray((1 - cache[0] ** 2) * da_next)


@fault("rnn_cell_backward", where="which state dWaa is made from", change="dWaa = dtanh a_prev^T")
def recurrent_weight_gradient_from_next(right: Function) -> Function:
    """dWaa is made from a_next instead of a_prev."""
    return _with(right, dWaa=lambda step, da_next, cache: _dz(da_next, cache) @ cache[0].T)


@fault("rnn_cell_backward", where="the product that da_prev is", change="da_prev = Waa^T dtanh")
def recurrent_gradient_transposed(right: Function) -> Function:
    """da_prev is Waa dtanh: Waa is not transposed."""
    return _with(right, da_prev=lambda step, da_next, cache: cache[3]["Waa"] @ _dz(da_next, cache))

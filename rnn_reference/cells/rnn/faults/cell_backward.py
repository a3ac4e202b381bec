"""Mistakes in ``rnn_cell_backward``: each takes the right one and makes a wrong one, of it or beside it."""

import numpy as np

from rnn_reference.arrays import Array, Cache, Gradients
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.building_blocks import WEIGHTS, cell_backward, scaled, signs, subsets

THE_SLOPE = "the derivative of tanh, which da_next is multiplied by"
ONE_MINUS = "dtanh = (1 - a_next**2) * da_next"
CELL = ("dxt", "da_prev", *WEIGHTS)


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


@fault("rnn_cell_backward", where="how dba is reduced over the batch", change="sum over axis 1, do not average",
       seen="a public notebook")  # fmt: skip
def bias_gradient_mean(right: Function) -> Function:
    """dba is averaged over the batch instead of summed."""
    return _with(right, dba=lambda step, da_next, cache: step["dba"] / da_next.shape[1])


@fault("rnn_cell_backward", where="the axis that dba is summed over", change="dba = dtanh.sum(axis=1, keepdims=True)",
       variants={"(m,)": {"shape": (-1,)}, "(1, m)": {"shape": (1, -1)}, "(m, 1)": {"shape": (-1, 1)}})  # fmt: skip
def bias_gradient_axis(right: Function, shape: tuple[int, ...]) -> Function:
    """dba is summed over the units instead of the batch."""
    return _with(right, dba=lambda step, da_next, cache: _dz(da_next, cache).sum(axis=0).reshape(shape))


@fault("rnn_cell_backward", where="the shape of dba", change="sum with keepdims=True: dba is (n_a, 1)",
       seen="a public notebook",
       variants={"(n_a,)": {"shape": (-1,)}, "(1, n_a)": {"shape": (1, -1)}})  # fmt: skip
def bias_gradient_shape(right: Function, shape: tuple[int, ...]) -> Function:
    """dba has the right values in the wrong shape: it should be (n_a, 1)."""
    return _with(right, dba=lambda step, da_next, cache: step["dba"].reshape(shape))


@fault("rnn_cell_backward", where="the sign of what is returned", change="1 - a_next**2, not a_next**2 - 1",
       variants=signs(CELL))  # fmt: skip
def gradient_sign(right: Function, names: tuple[str, ...]) -> Function:
    """The sign of one gradient, or of all, is the wrong one."""
    return scaled(right, names, lambda cotangent: -1)


@fault("rnn_cell_backward", where="whether gradients are averaged over the batch",
       change="sum over the batch: the loss decides whether to average",
       variants=subsets(WEIGHTS, without=("dba",)))  # fmt: skip
def gradient_over_batch(right: Function, names: tuple[str, ...]) -> Function:
    """The weight gradients are divided by m."""
    return scaled(right, names, lambda cotangent: 1 / cotangent.shape[1])

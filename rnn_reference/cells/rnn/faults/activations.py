"""Mistakes in ``tanh_forward`` and ``softmax_forward``. Each factory takes the right function, but does not use it."""

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.functions import softmax

THE_FORMULA = "the one line that computes the result"


def _sigmoid(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


@fault("tanh_forward", where=THE_FORMULA, change="tanh is (exp(x) - exp(-x)) / (exp(x) + exp(-x)): use np.tanh")
def tanh_is_sigmoid(_: Function) -> Function:
    """The logistic function is used instead of tanh."""
    return _sigmoid


@fault("tanh_forward", where="the function that is applied to x", change="return np.tanh(x)")
def tanh_missing(_: Function) -> Function:
    """The argument is returned unchanged: tanh is not applied."""
    return lambda x: x


@fault(
    "tanh_forward",
    where="the factor 2 inside the exponentials",
    change="tanh(x) = 2 sigmoid(2x) - 1: double x",
    variants={"halved": {"factor": 0.5}, "doubled": {"factor": 2}},
)
def tanh_scaled(_: Function, factor: float) -> Function:
    """The argument of tanh is off by a factor 2, as in 2 sigmoid(x) - 1."""
    return lambda x: np.tanh(factor * x)


OTHERS: dict[str, Function] = {
    "relu": lambda x: x * (x.real > 0),
    "leaky relu, 0.01": lambda x: np.where(x.real > 0, x, 0.01 * x),
    "leaky relu, 0.1": lambda x: np.where(x.real > 0, x, 0.1 * x),
    "hard tanh": lambda x: np.where(abs(x.real) < 1, x, np.sign(x.real)),
    "softsign": lambda x: x / (1 + np.where(x.real > 0, x, -x)),
    "elu": lambda x: np.where(x.real > 0, x, np.exp(np.where(x.real > 0, 0, x)) - 1),
    "sine": np.sin,
}


@fault("tanh_forward", where=THE_FORMULA, change="use np.tanh",
       variants={name: {"other": other} for name, other in OTHERS.items()})  # fmt: skip
def tanh_is_another_function(_: Function, other: Function) -> Function:
    """Another activation is used instead of tanh: relu, leaky relu, hard tanh or the like."""
    return other


@fault("softmax_forward", where="whether softmax is applied to scores", change="apply softmax once")
def softmax_twice(right: Function) -> Function:
    """Softmax is applied twice: to probabilities."""
    return lambda x: softmax(softmax(x))


@fault("softmax_forward", where="the axis of the sum", change="sum over axis 0, with keepdims=True")
def softmax_over_batch(_: Function) -> Function:
    """The sum runs over the batch (axis 1) instead of the classes (axis 0)."""
    return lambda x: softmax(x, axis=1)


@fault("softmax_forward", where="the axis of the sum", change="sum over axis 0 alone, with keepdims=True")
def softmax_over_all(_: Function) -> Function:
    """The sum runs over the whole array instead of each column."""
    return lambda x: softmax(x, axis=None)


@fault("softmax_forward", where="the divisor of exp(x)", change="divide exp(x) by its sum over axis 0",
       seen="a public notebook")  # fmt: skip
def softmax_is_sigmoid(_: Function) -> Function:
    """The logistic function is applied to each element instead of softmax."""
    return _sigmoid


@fault("softmax_forward", where="the function that is applied to x", change="return exp(x) / sum(exp(x))",
       seen="a public notebook")  # fmt: skip
def softmax_missing(_: Function) -> Function:
    """The scores are returned unchanged: softmax is not applied."""
    return lambda x: x


@fault("softmax_forward", where="whether a logarithm is taken", change="return the probabilities, not their logarithm")
def softmax_log(_: Function) -> Function:
    """The logarithms of the probabilities are returned."""
    return lambda x: np.log(softmax(x))


@fault("softmax_forward", where="whether exp(x) is divided by its sum", change="divide by exp(x).sum(axis=0)",
       variants={"exp(x)": {"maximum": False}, "exp(x - max)": {"maximum": True}})  # fmt: skip
def softmax_not_normalized(_: Function, maximum: bool) -> Function:
    """The exponentials are returned without being divided by their sum."""
    return lambda x: np.exp(x - x.real.max(axis=0) if maximum else x)


@fault(
    "tanh_forward",
    where="the exponentials",
    change="use np.tanh",
    seen="karpathy/neuraltalk#2, in a sigmoid",
    advice=True,
    variants={"exp(x), exp(-x)": {"double": False}, "exp(2x)": {"double": True}},
)
def tanh_overflow(_: Function, double: bool) -> Function:
    """A ratio of exponentials gives NaN for large x."""
    if double:
        return lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)
    return lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@fault("softmax_forward", where="the maximum that is subtracted", change="subtract x.max(axis=0, keepdims=True)",
       seen="30 of 31 right public notebooks", advice=True)  # fmt: skip
def softmax_global_max(_: Function) -> Function:
    """One maximum is subtracted from all columns: NaN for columns of very different size."""

    def softmax_forward(x: Array) -> Array:
        e = np.exp(x - x.real.max())
        return np.asarray(e / e.sum(axis=0))

    return softmax_forward


@fault("softmax_forward", where="the line before exp", change="subtract x.max(axis=0, keepdims=True)",
       seen="andrewschreiber/numpy-saliency#2", advice=True)  # fmt: skip
def softmax_no_max(_: Function) -> Function:
    """No maximum is subtracted before exp: NaN for large x."""
    return lambda x: np.exp(x) / np.exp(x).sum(axis=0)

"""One mistake for each check of precision: wrong values for float32, and right ones with more rounding than need be."""

from types import SimpleNamespace

import numpy as np
from names import FUNCTIONS

import rnn_reference

right = SimpleNamespace(**{name: getattr(rnn_reference, name) for name in FUNCTIONS})


def _but(name, change):
    """The reference with each result of a function changed: ``change(array, arguments)``."""

    def changed(*given):
        result = getattr(right, name)(*given)
        if isinstance(result, dict):
            return {key: change(value, given) for key, value in result.items()}
        if isinstance(result, tuple):
            return (*(change(value, given) for value in result[:-1]), result[-1])
        return change(result, given)

    return SimpleNamespace(**{**vars(right), name: changed})


def _half_in_float32(name):
    """A function that computes in float16 if it gets float32."""

    def rounded(value, given):
        return value.astype(np.float16).astype(np.float32) if given[0].dtype == np.float32 else value

    return _but(name, rounded)


def _rounded_more(name, times):
    """A function that rounds its first argument by up to this many times 2**-52."""

    def rounded(first, *others):
        return getattr(right, name)(first * (1 + times * np.finfo(float).eps * np.sin(1e4 * first)), *others)

    return SimpleNamespace(**{**vars(right), name: rounded})


def _exp_tanh(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


OF_PRECISION = {
    "forward.cell_float32": _half_in_float32("rnn_cell_forward"),
    "forward.float32": _half_in_float32("rnn_forward"),
    "gradient.cell_float32": _half_in_float32("rnn_cell_backward"),
    "gradient.float32": _half_in_float32("rnn_backward"),
    "numerics.tanh_accuracy": SimpleNamespace(**{**vars(right), "tanh_forward": _exp_tanh}),
    "numerics.softmax_accuracy": _rounded_more("softmax_forward", 8),
    "numerics.cell_accuracy": _rounded_more("rnn_cell_forward", 8),
    "numerics.accuracy": _rounded_more("rnn_forward", 8),
    "numerics.cell_backward_accuracy": _rounded_more("rnn_cell_backward", 4),
    "numerics.backward_accuracy": _rounded_more("rnn_backward", 4),
}
"""For each check of precision, without its parameters, an implementation that it must not let pass."""

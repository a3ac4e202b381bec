"""The two activations: tanh for the hidden state, softmax for the prediction."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, numbers


def tanh_forward(x: Any) -> Array:
    """Hyperbolic tangent, element by element; finite for every finite ``x``.

    ``x`` has any shape and the result has the same, in the dtype of ``x``. NaN stays NaN.
    Raises TypeError if ``x`` is not an array of numbers. Source: document, section 1.1.
    """
    return np.asarray(np.tanh(numbers("tanh_forward", "x", x)))


def softmax_forward(x: Any) -> Array:
    """``exp(x) / sum(exp(x))`` over axis 0, so that each column is a distribution.

    ``x`` has shape ``(n, ...)`` and the result has the same, in the dtype of ``x``. Each column's own
    maximum is subtracted first: no finite ``x`` overflows, however far apart two columns lie. Of complex
    ``x`` it is the maximum of the real part, which leaves the function analytic. NaN stays NaN.
    Raises TypeError if ``x`` is not an array of numbers, ValueError if it has no axis 0.
    Source: document, section 1.2, where the maximum is that of the whole array.
    """
    x = numbers("softmax_forward", "x", x)
    if x.ndim == 0:
        raise ValueError("softmax_forward: x must have an axis to sum over, got a scalar")
    return softmax_in_place(np.array(x), axis=0)


def softmax_in_place(x: Array, axis: int) -> Array:
    """The softmax over ``axis`` of floating-point ``x``, which is overwritten with it and returned."""
    with np.errstate(over="ignore"):  # x - max may pass the largest number: exp(-inf) is the right 0
        x -= x.real.max(axis=axis, keepdims=True, initial=-np.inf)
        np.exp(x, out=x)
    x /= x.sum(axis=axis, keepdims=True)
    return x

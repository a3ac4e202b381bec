"""The predictions of any cell, ``softmax(W a + b)``, and how far rounding moves them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, numbers
from rnn_reference.cells.description import Head
from rnn_reference.numerics.stochastic import SAFETY, Disturbed


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


def softmax_tolerance(x: Array, u: float) -> Array:
    """How far ``softmax_forward(x)`` may be off, ``x`` taken to be exact, whichever maximum is subtracted."""
    e = np.exp(x - x.max(axis=0))
    y = e / e.sum(axis=0)
    lost = x.max() - x + 4
    return np.asarray(SAFETY * u * y * (lost + (y * lost).sum(axis=0) + len(x)))


def predictions(head: Head, a: Array, parameters: Mapping[str, Array]) -> Array:
    """``softmax(W a + b)`` of the states of a step, ``(n_a, m)``, or of all steps, ``(n_a, m, T_x)``."""
    b = parameters[head.bias].reshape(-1, *[1] * (a.ndim - 1))
    return softmax_forward(np.tensordot(parameters[head.weight], a, 1) + b)


def disturbed_predictions(head: Head, a: Disturbed, parameters: Mapping[str, Array]) -> Disturbed:
    """The same in disturbed arithmetic, of the states of all steps, ``(T_x, n_a, m)``.

    Softmax is disturbed by what subtracting a maximum loses (that of the whole array is a right choice), and by a few
    units for exp.
    """
    W, b = parameters[head.weight], parameters[head.bias]
    scores = a.with_noise(W @ a.runs + b, np.sqrt(W.shape[1] + 1) * (abs(W) @ abs(a.runs) + abs(b))).runs
    lost = abs(scores - scores.max(axis=(1, 2, 3), keepdims=True)) + 4
    scores = a.with_noise(scores, lost).runs
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    y = e / e.sum(axis=2, keepdims=True)
    return a.with_noise(y, len(W) * y)

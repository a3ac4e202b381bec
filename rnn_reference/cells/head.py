"""The predictions of any cell, ``softmax(W a + b)``, and the effect of rounding on them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, numbers
from rnn_reference.cells.description import Head
from rnn_reference.numerics.stochastic import SAFETY, Disturbed, smallest_number


def softmax_forward(x: Any) -> Array:
    """Returns ``exp(x) / sum(exp(x))`` over axis 0: each column is a distribution.

    ``x`` is ``(n, ...)``. The result has the shape and dtype of ``x``. The maximum of each column is subtracted first,
    so that no finite ``x`` overflows, also for columns of very different size. For complex ``x`` it is the maximum of
    the real part, so that the function stays analytic. NaN stays NaN. Raises TypeError if ``x`` is not an array of
    numbers, and ValueError if it has no axis 0. Source: document, section 1.2, which subtracts the maximum of the whole
    array.
    """
    x = numbers("softmax_forward", "x", x)
    if x.ndim == 0:
        raise ValueError("softmax_forward: x must have an axis to sum over, got a scalar")
    return softmax_in_place(np.array(x), axis=0)


def softmax_in_place(x: Array, axis: int) -> Array:
    """Overwrites floating-point ``x`` with its softmax over ``axis``, and returns it."""
    with np.errstate(over="ignore"):  # x - max may pass the largest number: exp(-inf) is the right 0
        x -= x.real.max(axis=axis, keepdims=True, initial=-np.inf)
        np.exp(x, out=x)
    x /= x.sum(axis=axis, keepdims=True)
    return x


def softmax_tolerance(x: Array, u: float) -> Array:
    """Returns the tolerance of ``softmax_forward(x)`` for exact ``x``, roundoff ``u`` and any subtracted maximum.

    It is never below the smallest number of the dtype, which matters for float16.
    """
    e = np.exp(x - x.max(axis=0))
    y = e / e.sum(axis=0)
    lost = x.max() - x + 4
    return np.asarray(SAFETY * u * y * (lost + (y * lost).sum(axis=0) + len(x)) + smallest_number(u))


def predictions(head: Head, a: Array, parameters: Mapping[str, Array]) -> Array:
    """Returns ``softmax(W a + b)`` for the states of a step, ``(n_a, m)``, or of all steps, ``(n_a, m, T_x)``."""
    b = parameters[head.bias].reshape(-1, *[1] * (a.ndim - 1))
    return softmax_forward(np.tensordot(parameters[head.weight], a, 1) + b)


def disturbed_predictions(head: Head, a: Disturbed, parameters: Mapping[str, Array]) -> Disturbed:
    """Returns the same in disturbed arithmetic, for the states of all steps, ``(T_x, n_a, m)``.

    The disturbance of softmax is the rounding of subtracting a maximum (the maximum of the whole array is also right),
    and a few units for exp.
    """
    W, b = parameters[head.weight], parameters[head.bias]
    scores = a.with_noise(W @ a.runs + b, np.sqrt(W.shape[1] + 1) * (abs(W) @ abs(a.runs) + abs(b))).runs
    lost = abs(scores - scores.max(axis=(1, 2, 3), keepdims=True)) + 4
    scores = a.with_noise(scores, lost).runs
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    y = e / e.sum(axis=2, keepdims=True)
    return a.with_noise(y, len(W) * y)

"""The hyperbolic tangent, the activation of the states of several cells."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, numbers


def tanh_forward(x: Any) -> Array:
    """Returns the hyperbolic tangent of each element; finite for every finite ``x``.

    ``x`` has any shape. The result has the shape and dtype of ``x``. NaN stays NaN.
    Raises TypeError if ``x`` is not an array of numbers. Source: document, section 1.1.
    """
    return np.asarray(np.tanh(numbers("tanh_forward", "x", x)))

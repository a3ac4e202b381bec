"""Functions for the equations of cells, in plain, complex and disturbed arithmetic."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.stochastic import Disturbed


def sigmoid(x: Any) -> Any:
    """Returns the logistic function of ``x``, finite for every finite ``x``. Its disturbance is absolute."""
    return x.absolutely(_sigmoid) if isinstance(x, Disturbed) else _sigmoid(x)


def _sigmoid(x: Array) -> Array:
    return np.asarray((1 + np.tanh(x / 2)) / 2)

"""Predictions for a layout without predictions: computed here from its states, and not judged."""

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.head import softmax_forward
from rnn_reference.cells.rnn.arguments import Parameters


def predictions_of(a: Array, parameters: Parameters, weight: str = "Wya") -> Array:
    """Returns ``softmax(Wya a + by)`` for the states of one step, ``(n_a, m)``, or of all, ``(n_a, m, T_x)``.

    ``weight`` is the name of Wya in the parameters.
    """
    by = parameters["by"].reshape(-1, *[1] * (a.ndim - 1))
    return softmax_forward(np.tensordot(parameters[weight], a, 1) + by)

"""Weights and gradients of an LSTM whose gates are stacked, between other layouts and the document's."""

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.lstm.arguments import Parameters
from rnn_reference.implementations.gate_orders import apart
from rnn_reference.numerics.compare import require_shapes


def write_back(parameters: Parameters, order: str, W_input: Array, W_state: Array, bias: Array) -> None:
    """Write changes of the stacked arrays into the parameters, as if the call had been given these."""
    for name, value in apart(order, W_input, W_state, bias, before="").items():
        if not np.array_equal(parameters[name], value, equal_nan=True):
            parameters[name][...] = value


def gradients_of_gates(order: str, sizes: tuple[int, int], dWx: Array, dWh: Array, db: Array) -> dict[str, Array]:
    """Returns the document's gradients, from the transposes of stacked ones. ``sizes`` are n_x and n_a.

    Raises Wrong, with the shapes in their layout, for arrays that have other sizes.
    """
    n_x, n_a = sizes
    found = {"dWx": dWx, "dWh": dWh, "db": db.reshape(-1)}
    require_shapes(found, {"dWx": (n_x, 4 * n_a), "dWh": (n_a, 4 * n_a), "db": (4 * n_a,)})
    return apart(order, dWx.T, dWh.T, db)

"""The order of an LSTM's gates in other libraries, which stack the weights of all gates in one array.

Sources: the libraries' own sources and documentation, and runs of them against the reference.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.lstm.equations import GATES

ORDERS: Mapping[str, str] = {
    "course": "fico",
    "torch": "ifco",
    "jax": "ifco",
    "keras": "ifco",
    "flax": "ifco",
    "onnx": "iofc",
    "tensorflow 1": "icfo",
    "haste": "icfo",
    "CS231n": "ifoc",
    "Karpathy": "ifoc",
    "Deep Learning from Scratch 2": "fcio",
}
"""The blocks in order: f, i, o are the gates, c is the candidate, which others call g, j or u."""


def stacked(parameters: Mapping[str, Array], order: str) -> tuple[Array, Array, Array]:
    """Returns the weights of x ``(4 n_a, n_x)``, those of the state ``(4 n_a, n_a)``, and the biases ``(4 n_a, 1)``."""
    n_a = len(parameters["bf"])
    W = np.concatenate([parameters[f"W{g}"] for g in order])
    return W[:, n_a:], W[:, :n_a], np.concatenate([parameters[f"b{g}"] for g in order])


def apart(order: Iterable[str], W_input: Array, W_state: Array, bias: Array, before: str = "d") -> dict[str, Array]:
    """Returns stacked arrays as the course's: ``Wf`` ... ``bo``, with ``before`` in front of each name.

    The arrays have the axes of ``stacked``; ``bias`` may have one axis.
    """
    n_a = W_state.shape[1]
    W, b = np.concatenate([W_state, W_input], axis=1), bias.reshape(-1, 1)
    rows = {g: slice(k * n_a, (k + 1) * n_a) for k, g in enumerate(order)}
    return {f"{before}{name}{g}": array[rows[g]] for g in GATES for name, array in (("W", W), ("b", b))}

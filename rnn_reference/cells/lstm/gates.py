"""The gates and the candidate of an LSTM in one array, so that a step needs one product: f, i, o, then c.

sigmoid(z) = (1 + tanh(z / 2)) / 2 is finite for every z, and exact for complex z too.
"""

from collections.abc import Mapping

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.lstm.equations import GATES

ORDER = ("f", "i", "o", "c")
"""The order of the blocks: the three sigmoids lie together."""


def stacked(parameters: Mapping[str, Array]) -> tuple[Array, Array]:
    """Returns all weights ``(4 n_a, n_a + n_x)`` and all biases ``(4 n_a, 1)``."""
    return tuple(np.concatenate([parameters[f"{kind}{g}"] for g in ORDER]) for kind in "Wb")  # type: ignore[return-value]


def blocks(array: Array, axis: int = 0) -> list[Array]:
    """Returns the blocks of f, i, o and c, as views."""
    n = array.shape[axis] // 4
    return [array[(slice(None),) * axis + (slice(k * n, k * n + n),)] for k in range(4)]


def activate(z: Array, axis: int = 0) -> list[Array]:
    """Overwrites ``z`` with ft, it, ot and cct, and returns them as views."""
    n = z.shape[axis] // 4
    sigmoids = z[(slice(None),) * axis + (slice(3 * n),)]
    sigmoids *= 0.5
    np.tanh(z, out=z)
    sigmoids += 1
    sigmoids *= 0.5
    return blocks(z, axis)


def slopes(ft: Array, it: Array, ot: Array, cct: Array, axis: int = 0) -> Array:
    """Returns the derivatives of the sigmoids and of tanh, in one array."""
    return np.concatenate([ft * (1 - ft), it * (1 - it), ot * (1 - ot), 1 - cct * cct], axis=axis)


def apart(dW: Array, db: Array) -> Gradients:
    """Returns the gradients of all weights and biases by name, in the course's order."""
    of_blocks = {g: pair for g, *pair in zip(ORDER, blocks(dW), blocks(db), strict=True)}
    return {f"d{kind}{g}": part for g in GATES for kind, part in zip("Wb", of_blocks[g], strict=True)}

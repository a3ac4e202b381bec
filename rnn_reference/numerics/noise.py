"""The effect of rounding on the results of an unknown function.

Along a line of closely spaced points the sixth differences of a smooth function vanish. The rest is the rounding of
the function. Source: J. J. Moré and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011);
R. W. Hamming, Introduction to Applied Numerical Analysis, chapter 6.
"""

from collections.abc import Callable, Sequence
from math import comb

import numpy as np

from rnn_reference.arrays import Array

ORDER = 6
LINES = 6
POINTS = 10


def computational_noise(f: Callable[..., Array], arrays: Sequence[Array], seed: int = 0) -> Array:
    """Returns the root mean square of the rounding in each element of ``f(*arrays)``; at least half a unit of it.

    ``f`` is called 60 times, on lines of random direction through ``arrays``. The points are about ``4 sqrt(u)`` apart.
    """
    rng = np.random.default_rng(seed)
    value = np.asarray(f(*arrays))
    u = np.finfo(value.dtype).eps / 2
    spacing = 4 * np.sqrt(u)
    squares = []
    for _ in range(LINES):
        line = [rng.standard_normal(a.shape) * (abs(a) + np.sqrt(np.mean(a**2))) for a in arrays]
        points = [
            np.asarray(f(*((a + k * spacing * d).astype(a.dtype) for a, d in zip(arrays, line, strict=True))))
            for k in range(POINTS)
        ]
        squares.append(np.mean(np.diff(np.stack(points).astype(float), ORDER, axis=0) ** 2, axis=0))
    rms = np.sqrt(np.mean(squares, axis=0) / comb(2 * ORDER, ORDER))
    return np.asarray(np.maximum(rms, u * abs(value)))

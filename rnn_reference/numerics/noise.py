"""The effect of rounding on the results of an unknown function.

Along a line of closely spaced points the sixth differences of a smooth function vanish. The rest is the rounding of
the function. Source: J. J. Moré and S. M. Wild, Estimating computational noise, SIAM J. Sci. Comput. 33 (2011);
R. W. Hamming, Introduction to Applied Numerical Analysis, chapter 6.
"""

from collections.abc import Callable, Sequence
from math import comb
from typing import NamedTuple

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


APART = (1, 2**7, 2**14)
"""Distances of the points on a line, in units of the smallest. A coarse rounding shows only between distant points."""

FARTHEST = 2.0**-7
"""No two neighbours on a line are farther apart than this part of the scale; those of distances beside the smallest
not farther than ``2**-10 / sqrt(n)``, if n elements move: smooth functions bend."""

LINES_OF_EACH = 3

LEAST = 1e-318
"""The least rounding of numbers so small that their relative rounding grows."""


class Noise(NamedTuple):
    """The rms of the rounding of each element, and the unit roundoff of the results."""

    rms: Array
    unit: float


def noise_nearby(
    f: Callable[[list[Array]], Array | None], arrays: Sequence[Array], scales: Sequence[Array | None], value: Array
) -> Noise:
    """Returns the rounding of ``f(arrays)``, whose result is ``value``, measured at points near ``arrays``.

    An array moves by a small part of its ``scales`` (one for each element), where it is zero too; it stays if its scale
    is None. ``f`` returns None where it is not defined: such a line does not count. The noise is at least half a unit
    of ``value``. If all results fit a smaller dtype, its unit is taken: such a function computes in this dtype.
    Source: as ``computational_noise``, with three distances of the points, the largest result counts.
    """
    rng = np.random.default_rng(0)
    u = float(np.finfo(value.dtype).eps) / 2
    smallest = min(4 * np.sqrt(u), FARTHEST)
    moved = sum(a.size for a, scale in zip(arrays, scales, strict=True) if scale is not None)
    farthest = max(smallest, 2.0**-10 / np.sqrt(max(moved, 1)))
    rms, lines = np.zeros(value.shape), []
    for apart in sorted({min(smallest * times, farthest) for times in APART}):
        squares = []
        for _ in range(LINES_OF_EACH):
            line = [_direction(rng, array, scale, apart) for array, scale in zip(arrays, scales, strict=True)]
            points = _on_line(f, arrays, line)
            if points is not None:
                lines.append(points)
                by = float(abs(points).max(initial=0.0)) or 1.0
                squares.append(by * np.sqrt(np.mean(np.diff(points / by, ORDER, axis=0) ** 2, axis=0)))
        if squares:
            rms = np.maximum(rms, _rms(np.stack(squares)) / np.sqrt(comb(2 * ORDER, ORDER)))
    unit = _unit_of(lines, u)
    return Noise(np.maximum(rms, np.maximum(unit * abs(value.astype(float)), LEAST)), unit)


def _direction(rng: np.random.Generator, array: Array, scale: Array | None, apart: float) -> Array | float:
    """Returns a step for each element: at random, and large enough to change the element."""
    if scale is None:
        return 0.0
    size = np.maximum(apart * scale * rng.uniform(0.5, 1.5, array.shape), 4.0 * abs(np.spacing(array)).astype(float))
    return np.asarray(size * rng.choice([-1.0, 1.0], array.shape))


def _on_line(
    f: Callable[[list[Array]], Array | None], arrays: Sequence[Array], line: Sequence[Array | float]
) -> Array | None:
    """Returns the results at all points of a line; None if ``f`` is not defined at one of them."""
    points = []
    for k in range(POINTS):
        point = f([np.asarray(a + k * d).astype(a.dtype) for a, d in zip(arrays, line, strict=True)])
        if point is None:
            return None
        points.append(point.astype(float))
    return np.stack(points)


def _rms(rows: Array) -> Array:
    """Returns the root mean square over the rows, without overflow."""
    by = float(rows.max(initial=0.0)) or 1.0
    return np.asarray(by * np.sqrt(np.mean((rows / by) ** 2, axis=0)))


def _unit_of(lines: Sequence[Array], u: float) -> float:
    """Returns the unit roundoff of the smallest dtype that holds every result; ``u`` if none of them varies."""
    varied = [line[:, np.ptp(line, axis=0) > 0] for line in lines]
    if sum(line.size for line in varied):
        for dtype in (np.float16, np.float32):
            if all(np.array_equal(line.astype(dtype).astype(float), line) for line in varied):
                return max(u, float(np.finfo(dtype).eps) / 2)
    return u

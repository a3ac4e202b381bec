"""Differences in half precision, where rounding is large: means over pairs of points nearby."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.extrapolation import EXPLAINED
from rnn_reference.numerics.noise import Noise
from rnn_reference.numerics.vjp.window import TINY, Differences, Point, differences, norm

PAIRS = 8
MORE_PAIRS = 64
ASIDE = 2.0**-8
"""In half precision differences are means over so many pairs of points, up to this part of the inputs beside the given
ones; over more pairs where few leave the bound too wide. The two points of a pair lie opposite each other, so that the
slope of the derivative does not count."""

ENOUGH = 0.1
"""A bound of this part is enough: it counts twice, and 25 % must be seen."""

CLIPPED = 4.0
"""A difference counts as at most this many root mean squares of rounding."""


def dithered(
    point: Point,
    which: int,
    index: tuple[int, ...],
    exponent: int,
    noise: Noise,
    before: Differences | None = None,
    pairs: int = PAIRS,
) -> Differences | None:
    """Returns differences as ``differences`` does, as means over ``pairs`` of points: for half precision.

    There, roundings are large, and few values are at random. Their mean is smaller, and its spread is known.
    """
    rng = np.random.default_rng(0)
    here = differences(point, which, index, exponent, noise, before)
    if here is None:
        return None
    several = []
    for _ in range(pairs):
        aside = [_aside(rng, array) for array in point.inputs]
        pair = [_moved(point, aside, sign) for sign in (1, -1)]
        found = [one and differences(one, which, index, exponent, noise) for one in pair]
        central = [one.central for one in found if one and one.first == here.first]
        if len(central) == 2:
            several.append(central)
    if len(several) < pairs // 2:
        return here
    length = min(map(len, (here.central, *chain(*several))))  # the smallest step depends on the element
    pairs_of = np.array([[up[:length], down[:length]] for up, down in several])
    means, single = pairs_of.mean(axis=1), here.rounding[:length]
    spread = 2 * np.maximum(means.std(axis=0, ddof=1), single / np.sqrt(8)) / np.sqrt(len(means))
    return here._replace(central=means.mean(axis=0), rounding=np.hypot(spread, _bent(pairs_of, single)))


def _bent(found: Array, rounding: Array) -> Array:
    """Returns the error of the mean over pairs ``(pairs, 2, steps)`` that a bend of the derivative may make.

    If a smooth derivative varies by a small part between the two points, its mean is off by this part of the variation.
    At a kink between them, the part is not small.
    """
    varied = np.maximum(np.mean(np.diff(found, axis=1) ** 2 / 4, axis=(0, 1)) - rounding**2, 0.0)
    largest = abs(found).max(axis=(0, 1))
    return np.asarray(np.divide(varied, largest, out=np.zeros_like(varied), where=largest > 0))


def _moved(point: Point, aside: Sequence[Array], sign: int) -> Point | None:
    """Returns the point beside this one; None if ``f`` is not defined there."""
    moved = zip(point.inputs, aside, strict=True)
    inputs = [np.asarray(array + sign * by).astype(array.dtype) for array, by in moved]
    value = point.calls.nearby(inputs)
    return None if value is None else point._replace(inputs=inputs, value=value)


def _aside(rng: np.random.Generator, array: Array) -> Array:
    """Returns a small random change for each element of an array."""
    rms = float(norm(array.ravel().astype(float))) / np.sqrt(max(array.size, 1))
    return np.asarray(ASIDE * rms * rng.uniform(-1, 1, array.shape))


def contradicted(one: Differences, value: float) -> float:
    """Returns the largest distance from ``value`` of differences that together leave it at smaller steps; else 0.

    So it is in half precision near a kink: its small steps, which tell the slope, are hidden in rounding. Several are
    looked at, since one of the smallest may be off by more than its rounding.
    """
    off = one.central - value
    later = slice(int(np.argmin(abs(off))) + 1, None)
    off, rounding = off[later], np.maximum(one.rounding[later], TINY)
    parts = np.clip(off / rounding, -CLIPPED, CLIPPED)
    together = abs(np.cumsum(parts)) / np.sqrt(np.arange(1, len(parts) + 1))
    if not np.any(together[1:] > EXPLAINED):
        return 0.0
    return float(np.max((abs(off) + EXPLAINED * rounding)[abs(parts) > 1]))

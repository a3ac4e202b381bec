"""Central differences of one element after the other, at twelve steps in proportion to a scale.

Beside the central difference, the slopes on both sides are compared: their difference goes to 0 with the step, unless
there is a kink.
"""

from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.extrapolation import STEPS
from rnn_reference.numerics.noise import Noise
from rnn_reference.numerics.vjp.calls import Calls

FEWEST = 4
"""The fewest steps that are extrapolated."""

UNITS = {np.dtype(np.float32): 64.0}
"""The smallest step in units of the last place of the element; 8 for other dtypes."""

TINY = float(np.finfo(float).tiny)

BEYOND = 10.0
"""A difference of two slopes is more than rounding from this many root mean squares on."""


HALF = 1e-4
"""A unit roundoff above this is that of half precision: roundings are hardly random, and all scales show the same."""

ROUGH = 1e-3
"""Rounding above this part of the outputs is none, except in half precision."""

INFLATED = 2.0**12
"""Rounding above this many units may be none: a kink nearby looks so, and a difference of large numbers."""


class Point(NamedTuple):
    """The point: the function, its arrays, its value there, and the cotangent."""

    calls: Calls
    inputs: list[Array]
    value: Array
    weights: Array


class Differences(NamedTuple):
    """The central differences of one element at ``STEPS[first : first + len(central)]``, and their rounding (rms).

    ``slopes`` are those before and after a kink, if there is one. ``unchanged`` marks the outputs that did not change
    at all up to ``reach``, the largest step. ``size`` is the largest norm of the outputs times the cotangent. ``noise``
    is the measured rounding, as a part of ``size``, and ``unit`` the unit roundoff.
    """

    central: Array
    rounding: Array
    first: int
    slopes: tuple[float, float] | None
    unchanged: Array
    reach: float
    size: float
    noise: float
    unit: float

    @property
    def rough(self) -> bool:
        """True if the measured rounding is no rounding: the function bends at a much smaller scale."""
        return self.unit < HALF and self.noise > ROUGH

    @property
    def inflated(self) -> bool:
        """True if the measured rounding may be no rounding."""
        return self.unit < HALF and self.noise > INFLATED * self.unit


def scale_of(exponent: int) -> float:
    """Returns ``2**exponent``, within the range of normal numbers."""
    return float(np.ldexp(1.0, int(np.clip(exponent, -1000, 1000))))


def differences(
    point: Point, which: int, index: tuple[int, ...], exponent: int, noise: Noise, before: Differences | None = None
) -> Differences | None:
    """Returns the differences of ``inputs[which][index]`` at steps of ``2**exponent`` times ``STEPS``.

    ``before`` has larger steps: outputs that these did not change have no more rounding than there. A step at which
    ``f`` is not defined is not used, and no larger one. Returns None if too few are left.
    """
    x = float(point.inputs[which][index])
    steps = scale_of(exponent) * STEPS
    moved = _outputs(point, which, index, steps)
    if moved is None:
        return None
    first, ups, downs, up, down = moved
    steps = steps[first : first + len(up)]
    centre, weights = point.value.ravel().astype(float), point.weights.ravel().astype(float)
    still, reach = np.all((up == centre) & (down == centre), axis=0), float(steps[0])
    largest = np.maximum(abs(up), abs(down))
    r = abs(weights) * np.maximum(noise.rms.ravel(), noise.unit * largest)
    if before is not None:
        still, reach = before.unchanged, before.reach
    r = np.where(still, r * np.minimum(steps / reach, 1.0)[:, None], r)
    width = ups - downs
    with np.errstate(over="ignore", invalid="ignore"):
        central = np.sum(weights * ((up - down) / width[:, None]), axis=1)
        left = np.sum(weights * ((centre - down) / (x - downs)[:, None]), axis=1)
        right = np.sum(weights * ((up - centre) / (ups - x)[:, None]), axis=1)
        rounding = np.sqrt(2) * norm(r) / width
        if not np.all(np.isfinite(central + rounding)):
            return None
        slopes = _kink(left, right, (2 if noise.unit > HALF else 1) * BEYOND * np.sqrt(12) * rounding, steps)
    size = float(norm(weights * largest).max())
    measured = float(norm(np.where(still, 0.0, weights * noise.rms.ravel())))
    return Differences(central, rounding, first, slopes, still, reach, size, measured / max(size, TINY), noise.unit)


def _outputs(
    point: Point, which: int, index: tuple[int, ...], steps: Array
) -> tuple[int, Array, Array, Array, Array] | None:
    """Returns the first step that can be used, the moved element up and down, and the outputs ``(steps, outputs)``."""
    array = point.inputs[which]
    least = UNITS.get(array.dtype, 8.0) * float(abs(np.spacing(array[index])))
    found: list[tuple[float, float, Array, Array]] = []
    first = 0
    for k, step in enumerate(steps):
        if step < least:
            break
        one = _moved(point, which, index, step), _moved(point, which, index, -step)
        if one[0] is None or one[1] is None:
            first, found = k + 1, []
            continue
        found.append((one[0][0], one[1][0], one[0][1], one[1][1]))
    if len(found) < FEWEST:
        return None
    ups, downs, up, down = zip(*found, strict=True)
    return first, np.array(ups), np.array(downs), np.stack(up), np.stack(down)


def _moved(point: Point, which: int, index: tuple[int, ...], by: float) -> tuple[float, Array] | None:
    """Returns the moved element, and the outputs; None if ``f`` is not defined there."""
    array = point.inputs[which].copy()
    array[index] = np.asarray(float(array[index]) + by).astype(array.dtype)
    given = [*point.inputs[:which], array, *point.inputs[which + 1 :]]
    out = point.calls.nearby(given)
    if out is None:
        name = f"arrays[{which}]{[*index] if index else ''}"
        point.calls.failure = f"f at {name} = {array[index]:.17g}: {point.calls.failure.removeprefix('at ')}"
        return None
    return float(array[index]), out.ravel().astype(float)


def norm(rows: Array) -> Array:
    """Returns the norm of each row, without overflow and underflow."""
    by = abs(rows).max(axis=-1, keepdims=True, initial=0.0)
    by = np.where(by > 0, by, 1.0)
    return np.asarray(by[..., 0] * np.sqrt(np.sum((rows / by) ** 2, axis=-1)))


def _kink(left: Array, right: Array, rounding: Array, steps: Array) -> tuple[float, float] | None:
    """Returns the slopes on both sides if their difference does not become smaller with the step.

    At a kink it stays; at a jump, or for a bump that is narrower than the steps, it grows.
    """
    jump = right - left
    clear = np.flatnonzero(abs(jump) > rounding)
    if not len(clear):
        return None
    last = clear[-1]
    larger = clear[steps[clear] >= 4 * steps[last]]
    if not len(larger):
        return None
    ratio = jump[last] / jump[larger[-1]]
    return (float(left[last]), float(right[last])) if ratio > 0.5 else None

"""The derivative of every element, at the scale of steps where it is most accurate.

A first scale follows from the size of the inputs. Where its bound is too wide, others follow: smaller steps if the
truncation error is the larger part, or if there is a kink; larger steps if it is rounding.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.extrapolation import Limit
from rnn_reference.numerics.noise import Noise, noise_nearby
from rnn_reference.numerics.vjp import half
from rnn_reference.numerics.vjp.calls import place
from rnn_reference.numerics.vjp.limits import SAFETY, agree, error_of, limits, same_slope
from rnn_reference.numerics.vjp.window import HALF, Differences, Point, differences, scale_of

ENOUGH = 1e-8
"""No smaller scale is tried once the bound is this part of the derivative."""

ROUGHLY = 1e-3
"""No larger scale is tried once the bound is this part: far away, a function may have another slope."""

OF_LARGEST = 1e-2
"""In float64 a derivative counts as at least this part of the largest in its array. In others, as the largest."""

SMALLER, LARGER = (-8, -16, -24, -32), (6, 12, 24, 40)
"""Exponents of the further scales, beside the first one."""


class Measured(NamedTuple):
    """The derivatives with respect to one array, flat. ``slopes`` are the kinks, by element.

    ``size`` is the effect that the function has as a whole on each element's scale: where all derivatives are zero,
    errors are compared with it.
    """

    limit: Limit
    slopes: dict[int, tuple[float, float]]
    size: Array
    unit: float


def exponents(array: Array) -> Array:
    """Returns the exponent of each element's first scale: that of the element, or of the array's rms if larger."""
    size = abs(array.astype(float))
    largest = float(size.max(initial=0.0))
    if largest == 0:
        return np.zeros(array.shape, dtype=int)
    rms = largest * np.sqrt(np.mean((size / largest) ** 2))
    return np.asarray(np.frexp(np.maximum(size, rms))[1] - 1)


def scales(array: Array, shift: int = 0) -> Array:
    """Returns the first scale of each element, times ``2**shift``."""
    return np.asarray(np.ldexp(1.0, np.clip(exponents(array) + shift, -1000, 1000)))


def floor_of(unit: float) -> float:
    """Returns the part of the largest derivative that every derivative counts as."""
    return OF_LARGEST if unit < 1e-10 else 1.0


class _Search:
    """The best estimates so far of the derivatives with respect to one array, flat."""

    def __init__(self, point: Point, which: int, claimed: Array) -> None:
        array = point.inputs[which]
        self.point, self.which, self.places = point, which, list(np.ndindex(array.shape))
        self.claim = float(abs(claimed).max(initial=0.0))
        self.zero = not np.any(array)
        n = array.size
        self.best = Limit(np.zeros(n), np.full(n, np.inf), np.full(n, np.inf))
        self.last: list[Differences | None] = [None] * n
        self.at, self.size, self.unit = np.zeros(n, dtype=int), np.zeros(n), 0.0
        self.slopes: dict[int, tuple[float, float]] = {}

    def todo(self, stage: int, exponent: Array) -> list[int]:
        """Returns the elements to look at with steps of these scales."""
        if stage == 0:
            return list(range(len(self.last)))
        pending, rough = (~self._enough(part) for part in (ENOUGH, ROUGHLY))
        others = stage <= 2 and self.zero
        return [
            int(n)
            for n in np.flatnonzero(pending)
            if others or self._leads_on(int(n), int(exponent[n] - self.at[n]), bool(rough[n]))
        ]

    def dull(self) -> list[int]:
        """Returns the elements of half precision whose bound is too wide."""
        return [int(n) for n in np.flatnonzero(~self._enough(half.ENOUGH)) if n not in self.slopes]

    def look(self, todo: list[int], exponent: Array, on_element: Callable[[], None], pairs: int = half.PAIRS) -> None:
        """Take differences at these scales, and keep what is better. In half precision ``pairs`` of points are used."""
        noise = _noise(self.point, self.which, exponent)
        self.unit = max(self.unit, noise.unit)
        by = partial(half.dithered, pairs=pairs) if noise.unit > HALF else differences
        found: list[Differences | None] = []
        for n in todo:
            before = self.last[n] if exponent[n] < self.at[n] else None
            found.append(by(self.point, self.which, self.places[n], int(exponent[n]), noise, before))
            on_element()
        new = limits(found)
        for k, (n, one) in enumerate(zip(todo, found, strict=True)):
            if one is not None:
                self._keep(n, int(exponent[n]), one, new, k)

    def _keep(self, n: int, exponent: int, one: Differences, new: Limit, k: int) -> None:
        before = self.last[n]
        if before is None:
            self.size[n] = one.size / scale_of(exponent)
        elif self._misled(n, exponent, one, new, k):
            return
        self.last[n], self.at[n] = one, exponent
        if one.slopes is not None:
            self.slopes[n] = one.slopes
            return
        if one.rough or error_of(new, k) < error_of(self.best, n) or not agree(new, k, self.best, n):
            self.slopes.pop(n, None)
            if not one.rough:
                for mine, its in zip(self.best, new, strict=True):
                    mine[n] = its[k]

    def _misled(self, n: int, exponent: int, one: Differences, new: Limit, k: int) -> bool:
        """True if another scale has to yield to the best one.

        Far away, a function may have another slope. Near enough, a function that rounds is flat between two values.
        """
        if exponent > self.at[n]:
            return not same_slope(one, new, k, self.best, n)
        error, value = error_of(self.best, n), abs(self.best.value[n])
        flat = not np.any(one.central) and value > error
        return flat or (error <= ROUGHLY * value and not agree(new, k, self.best, n))

    def _leads_on(self, n: int, shift: int, rough: bool) -> bool:
        """True if a scale that is ``2**shift`` times the last one may be more accurate."""
        last = self.last[n]
        if last is None:
            return True
        if last.inflated and not last.rough and last.slopes is None:
            return shift < 0 or rough
        smaller = last.slopes is not None or last.rough or self.best.cut_off[n] > self.best.rounding[n]
        return shift < 0 if smaller else shift > 0 and rough

    def _enough(self, part: float) -> Array:
        """Returns which elements are known to this part of the derivative."""
        error = self.best.cut_off + SAFETY * self.best.rounding
        seen = np.where(abs(self.best.value) > error, abs(self.best.value), 0.0)
        largest = float(seen.max(initial=0.0))
        if largest == 0:
            return np.asarray(error <= np.maximum(1e-12 * self.size if self.claim == 0 else 0.0, part * self.claim))
        wanted = max(part, min(2.0**10 * self.unit, 0.02)) * np.maximum(seen, floor_of(self.unit) * largest)
        return np.asarray(error <= wanted)


def measured(point: Point, which: int, claimed: Array, on_element: Callable[[], None]) -> Measured:
    """Returns the derivatives with respect to the elements of ``inputs[which]``. ``on_element`` is called after each.

    The claim says only how far to look: where it is not zero, and the derivative is zero at one scale, at others too.
    Raises ValueError if ``f`` is not defined at enough points near ``inputs``.
    """
    search = _Search(point, which, claimed)
    for stage, exponent in enumerate(_stages(point, which)):
        if search.unit > HALF:
            search.look(search.dull(), exponents(point.inputs[which].ravel()), lambda: None, half.MORE_PAIRS)
            break
        todo = search.todo(stage, exponent)
        if todo:
            search.look(todo, exponent, on_element if stage == 0 else lambda: None)
    undefined = [n for n, one in enumerate(search.last) if one is None]
    if undefined:
        where = place(f"arrays[{which}]", search.places[undefined[0]])
        raise ValueError(f"check_vjp: f is not defined at enough points near {where}; {point.calls.failure}")
    return Measured(search.best, search.slopes, search.size, search.unit)


def _stages(point: Point, which: int) -> Iterator[Array]:
    """Yields the exponents of the scales to try, for each element."""
    array = point.inputs[which].ravel()
    first = exponents(array)
    yield first
    own = np.where(array == 0, first, np.frexp(array.astype(float))[1] - 1)
    others = {0, *(int(exponents(a).max()) for a in point.inputs if a.size and np.any(a))}
    for other in (own, *(np.full(first.shape, e) for e in sorted(others))):
        if np.any(abs(other - first) > 4):
            yield other
    for shift in (*SMALLER, *LARGER):
        yield first + shift
    for shift in SMALLER:
        yield own + shift


def _noise(point: Point, which: int, exponent: Array) -> Noise:
    own = np.ldexp(1.0, np.clip(exponent, -1000, 1000)).reshape(point.inputs[which].shape)
    moving = [own if i == which else None for i in range(len(point.inputs))]
    return noise_nearby(point.calls.nearby, point.inputs, moving, point.value)

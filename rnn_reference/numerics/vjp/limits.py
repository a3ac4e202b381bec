"""The limits of the differences of several elements."""

from collections.abc import Sequence

import numpy as np

from rnn_reference.numerics.extrapolation import EXPLAINED, STEPS, Limit, extrapolated
from rnn_reference.numerics.vjp.half import contradicted
from rnn_reference.numerics.vjp.window import HALF, Differences

SAFETY = 8.0
"""The bound of rounding, in root mean squares. Twice that of known equations: this rms is measured, of few points, and
roundings at steps that are powers of 2 are not quite random."""


def limits(found: Sequence[Differences | None]) -> Limit:
    """Returns the limit of the differences of each element. ``cut_off`` is infinite where there are none."""
    limit = Limit(np.zeros(len(found)), np.full(len(found), np.inf), np.full(len(found), np.inf))
    alike: dict[tuple[int, int], list[int]] = {}
    for number, one in enumerate(found):
        if one is not None:
            alike.setdefault((one.first, len(one.central)), []).append(number)
    for (first, length), numbers in alike.items():
        some = [one for one in (found[n] for n in numbers) if one is not None]
        central, rounding = (np.stack([getattr(one, part) for one in some], axis=1) for part in ("central", "rounding"))
        by = np.maximum(abs(central), rounding).max(axis=0)
        by[by == 0] = 1.0
        new = extrapolated(central / by, rounding / by, STEPS[first : first + length])
        for whole, part in zip(limit, new, strict=True):
            whole[numbers] = by * part
        off = [_left(one, float(limit.value[n])) for n, one in zip(numbers, some, strict=True)]
        limit.cut_off[numbers] = np.maximum(limit.cut_off[numbers], off)
    return limit


def _left(one: Differences, value: float) -> float:
    """Returns the distance from ``value`` that the differences leave open, beside that of their extrapolation."""
    return max(_unsettled(one, value), contradicted(one, value) if one.unit > HALF else 0.0)


def _unsettled(one: Differences, value: float) -> float:
    """Returns the distance from ``value`` that the differences keep; 0 if they come nearer as the step gets smaller.

    Differences on both sides of a kink agree now and then on a wrong limit, when extrapolated.
    """
    off = abs(one.central - value)
    steps = STEPS[one.first : one.first + len(off)]
    clear = np.flatnonzero(off > SAFETY * one.rounding)
    larger = clear[steps[clear] >= 4 * steps[clear[-1]]] if len(clear) else clear
    return float(off[clear[-1]]) if len(larger) and off[clear[-1]] > 0.5 * off[larger[-1]] else 0.0


def error_of(limit: Limit, n: int) -> float:
    """Returns the error bound of an element."""
    return float(limit.cut_off[n] + SAFETY * limit.rounding[n])


def agree(new: Limit, k: int, best: Limit, n: int) -> bool:
    """True if two estimates agree within their bounds."""
    return bool(abs(new.value[k] - best.value[n]) <= error_of(new, k) + error_of(best, n))


def same_slope(one: Differences, new: Limit, k: int, best: Limit, n: int) -> bool:
    """True if larger steps tell the same slope: a saturated function is as straight far away, with another slope.

    Three of the differences themselves must be the slope, without extrapolation.
    """
    off = abs(one.central - new.value[k]) <= 0.1 * abs(new.value[k]) + EXPLAINED * one.rounding
    plain = off & (one.rounding <= max(0.1 * abs(new.value[k]), 16 * error_of(new, k)))
    return one.slopes is None and not one.rough and bool(np.sum(plain) >= 3) and agree(new, k, best, n)

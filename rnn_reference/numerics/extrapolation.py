"""The limit of central differences as their step goes to 0, with an error bound for every element.

Central differences at steps from ``1/2`` to ``2**-20`` are extrapolated to the step 0 (Richardson extrapolation, in
Neville's table). The result is the entry with the smallest error estimate. An estimate has three parts:

- the change of the entry when the order was raised, and when the step was halved;
- its distance to the entries of smaller steps, beyond the effect of rounding (a chaotic network shows a false plateau
  at large steps);
- the effect of rounding on the entry.
"""

from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array

STEPS = 2.0 ** -np.array([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20])
"""Dense where extrapolation is most accurate. The few small steps only reveal false plateaus."""

EXPLAINED = 3.0
"""Two entries agree if they differ by at most this many root mean squares of rounding."""


class Limit(NamedTuple):
    """The limit of central differences, and the two parts of its error: the truncation error, and rounding (rms)."""

    value: Array
    cut_off: Array
    rounding: Array


def extrapolated(differences: Array, rounding: Array, steps: Array = STEPS) -> Limit:
    """Returns the limit of central differences as the step goes to 0.

    ``differences`` is ``(len(steps), ...)``, a row for each of ``steps``; at least three, the largest first.
    ``rounding`` is the effect of rounding on each, as a root mean square, broadcast to this shape. Source: Neville's
    scheme for a series in even powers.
    """
    column = differences
    variance = np.broadcast_to(rounding**2, differences.shape)
    best = Limit(differences[-1], np.full(differences.shape[1:], np.inf), np.sqrt(variance[-1]))
    for order in range(1, len(steps) - 1):
        factor = ((steps[:-order] / steps[order:]) ** 2).reshape(-1, *[1] * (differences.ndim - 1))
        lower, column = column, (factor * column[1:] - column[:-1]) / (factor - 1)
        variance = (factor**2 * variance[1:] + variance[:-1]) / (factor - 1) ** 2
        moved = np.maximum(abs(column - lower[1:])[1:], abs(np.diff(column, axis=0)))
        cut_off = np.maximum(moved, _disagreement(column, np.sqrt(variance))[1:])
        best = _better(best, column[1:], cut_off, np.sqrt(variance[1:]))
    return best


def _disagreement(column: Array, rounding: Array) -> Array:
    """Returns, for each row, its largest distance to a row of smaller steps, less that row's rounding."""
    highest = _over_smaller_steps(np.maximum, column - EXPLAINED * rounding)
    lowest = _over_smaller_steps(np.minimum, column + EXPLAINED * rounding)
    return np.asarray(np.maximum(highest - column, column - lowest))


def _over_smaller_steps(function: np.ufunc, rows: Array) -> Array:
    """Returns, for each row, the minimum or maximum (``function``) over this row and the rows of smaller steps."""
    return np.asarray(function.accumulate(rows[::-1], axis=0)[::-1])


def _better(best: Limit, value: Array, cut_off: Array, rounding: Array) -> Limit:
    """Returns ``best``, with each element replaced if a row of the new column has a smaller error estimate."""
    row = np.argmin(cut_off + EXPLAINED * rounding, axis=0)[None]
    new = Limit(*(np.take_along_axis(rows, row, axis=0)[0] for rows in (value, cut_off, rounding)))
    closer = new.cut_off + EXPLAINED * new.rounding < best.cut_off + EXPLAINED * best.rounding
    return Limit(*(np.where(closer, mine, old) for mine, old in zip(new, best, strict=True)))


def largest_errors(differences: Array, limit: Limit) -> Array:
    """Returns, for each of ``STEPS``, the largest distance of a difference from its limit."""
    return np.asarray(np.max(np.abs(differences - limit.value), axis=tuple(range(1, differences.ndim)), initial=0.0))

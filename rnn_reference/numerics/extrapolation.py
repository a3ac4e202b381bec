"""The limit of central differences as their step goes to 0, with an error bound for every element.

Central differences at steps from ``1/2`` to ``2**-20`` are extrapolated to the step 0 (Richardson; the table is
Neville's). The entry is used whose error estimate is least. An estimate is

- what the entry still moved by, both when the order was raised and when the step was halved,
- how far any entry of a smaller step lies from it, beyond what rounding explains: a chaotic network shows a
  false plateau at large steps,
- and what rounding may do to it.
"""

from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array

STEPS = 2.0 ** -np.array([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20])
"""Close together where the table is sharp; far largest_errors below, where they only show what is no plateau."""

EXPLAINED = 3.0
"""Root mean squares of rounding that pass for no disagreement between two entries."""


class Limit(NamedTuple):
    """The limit of central differences, and its error in two parts: what was cut off, and rounding (rms)."""

    value: Array
    cut_off: Array
    rounding: Array


def extrapolated(differences: Array, rounding: Array) -> Limit:
    """The limit of central differences as the step goes to 0.

    ``differences`` is ``(len(STEPS), ...)``, a row for each of ``STEPS``; ``rounding`` (broadcast to that) says by how
    much rounding moves each, as a root mean square. Source: Neville's scheme for a series in even powers.
    """
    column = differences
    variance = np.broadcast_to(rounding**2, differences.shape)
    best = Limit(differences[-1], np.full(differences.shape[1:], np.inf), np.sqrt(variance[-1]))
    for order in range(1, len(STEPS) - 1):
        factor = ((STEPS[:-order] / STEPS[order:]) ** 2).reshape(-1, *[1] * (differences.ndim - 1))
        lower, column = column, (factor * column[1:] - column[:-1]) / (factor - 1)
        variance = (factor**2 * variance[1:] + variance[:-1]) / (factor - 1) ** 2
        moved = np.maximum(abs(column - lower[1:])[1:], abs(np.diff(column, axis=0)))
        cut_off = np.maximum(moved, _disagreement(column, np.sqrt(variance))[1:])
        best = _better(best, column[1:], cut_off, np.sqrt(variance[1:]))
    return best


def _disagreement(column: Array, rounding: Array) -> Array:
    """For each row, how far the rows of smaller steps lie from it, beyond what rounding explains."""
    lowest = _over_smaller_steps(np.minimum, column)
    highest = _over_smaller_steps(np.maximum, column)
    largest_rounding = _over_smaller_steps(np.maximum, rounding)
    return np.asarray(np.maximum(highest - column, column - lowest) - EXPLAINED * largest_rounding)


def _over_smaller_steps(function: np.ufunc, rows: Array) -> Array:
    """For each row, ``function`` (minimum or maximum) over this row and all rows below it."""
    return np.asarray(function.accumulate(rows[::-1], axis=0)[::-1])


def _better(best: Limit, value: Array, cut_off: Array, rounding: Array) -> Limit:
    """``best``, with the elements replaced for which a row of the new column promises a smaller error."""
    row = np.argmin(cut_off + EXPLAINED * rounding, axis=0)[None]
    new = Limit(*(np.take_along_axis(rows, row, axis=0)[0] for rows in (value, cut_off, rounding)))
    closer = new.cut_off + EXPLAINED * new.rounding < best.cut_off + EXPLAINED * best.rounding
    return Limit(*(np.where(closer, mine, old) for mine, old in zip(new, best, strict=True)))


def largest_errors(differences: Array, limit: Limit) -> Array:
    """For each of ``STEPS``, how far the differences are from their limit at most."""
    return np.asarray(np.max(np.abs(differences - limit.value), axis=tuple(range(1, differences.ndim)), initial=0.0))

"""A carry that is cut off so many steps back that only a long sequence shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_steps import right_step_backward
from rnn_reference.cells.fault import Fault
from rnn_reference.diagnosis.cache_sources import CacheSource
from rnn_reference.diagnosis.hypotheses import faults_of
from rnn_reference.diagnosis.matching import Case, attempted, explains
from rnn_reference.faults.loop_backward import carry_chunked, carry_truncated
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.problem import Problem

LONG = Problem(n_x=3, n_a=5, n_y=2, m=4, T_x=100)
"""A problem with many steps."""


def truncated(source: CacheSource, cases: Sequence[Case], u: float) -> tuple[Fault, ...]:
    """Returns the ways of cutting off the carry that explain a long sequence; empty if it is right, or wrong otherwise.

    ``source`` has the caches of the right forward function.
    """
    case = cases[0] if cases else None
    expected = attempted(source.right_model, case.inputs) if case else None
    if case is None or expected is None or isinstance(case.got, Outcome) or "dx" not in case.got:
        return ()
    kept = _right_at_the_end(case.got["dx"], expected["dx"], u)
    tried = _cut_after(source.cell, kept, expected["dx"].shape[2]) if kept else ()
    step = right_step_backward(source.cell)
    return tuple(fault for fault in tried if explains(source.model(fault.of(step)), cases, u))


def _right_at_the_end(got: Array, right: Array, u: float) -> int:
    """Returns how many steps at the end are right; 0 if all are."""
    if got.shape != right.shape:
        return 0
    wrong = (difference(got, right) > u**0.5 * (1 + abs(right).max())).any(axis=(0, 1))
    return int(wrong[::-1].argmax())


def _cut_after(cell: Cell, kept: int, T_x: int) -> Iterator[Fault]:
    """Yields the ways of cutting off the carry after which this number of steps at the end is right."""
    known = next(fault for fault in faults_of(cell.backward) if fault.id == "carry-truncated")
    yield replace(known, variant=f"sliding, k={kept}", of=partial(carry_truncated, cell, k=kept))
    for k in range(kept, T_x):
        for from_end in (True, False):
            if (k == kept) if from_end else ((T_x - kept) % k == 0):
                for zero in (False, True):
                    of = partial(carry_chunked, cell, k=k, from_end=from_end, zero=zero)
                    yield replace(known, variant=f"every {k} from the {'end' if from_end else 'start'}", of=of)

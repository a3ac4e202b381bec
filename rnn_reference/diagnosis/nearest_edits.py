"""Small edits of the right loops, in words, for statements about functions without a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import backward_loop
from rnn_reference.cells.fault import Function
from rnn_reference.cells.loop import Steps
from rnn_reference.cells.words import words_of
from rnn_reference.diagnosis.matching import Case, Model, attempted
from rnn_reference.diagnosis.nearest import Edit, factor_of
from rnn_reference.faults.loop_backward import carry_dropped
from rnn_reference.faults.loop_carry import carry_scaled
from rnn_reference.faults.loop_forward import initial_state_every_step, initial_state_ignored, inputs_shifted
from rnn_reference.faults.loop_reading import cotangents_shifted, input_of_another_step
from rnn_reference.faults.loop_sums import CACHE_AT, wrong_cache
from rnn_reference.outcomes import Outcome

Place = Callable[[Function], Model]
"""Makes a model of a function of the sequence."""

STEPS = {"t+1": -1, "t-1": 1}


def forward_edits(cell: Cell, step: Function, place: Place) -> Iterator[Edit]:
    """Yields edits of the loop forward over a step."""
    words = words_of(cell)
    yield f"every step started from {words['initial']}", place(initial_state_every_step(cell, step, cell.states))
    yield f"{words['initial']} were zero", place(initial_state_ignored(cell, step, cell.states))
    for at, by in STEPS.items():
        yield f"x were that of step {at}", place(inputs_shifted(cell, step, by, wraps=False))


def backward_edits(cell: Cell, step: Function, place: Place, cases: Sequence[Case], u: float) -> Iterator[Edit]:
    """Yields edits of the loop backward over a step; ``cases`` give the factor by which a carry may be multiplied."""
    words = words_of(cell)
    yield "nothing were carried from step to step", place(carry_dropped(cell, step, cell.states))
    for at, by in STEPS.items():
        yield f"computed at {at}", place(wrong_cache(cell, step, CACHE_AT[at]))
        yield f"{words['cotangents']} were that of step {at}", place(cotangents_shifted(cell, step, by, wraps=False))
        yield f"x were that of step {at}", place(input_of_another_step(cell, step, by, wraps=False))
    for name, kept in COUNTED.items():
        yield name, place(backward_loop(cell, step, steps=(_counting(kept),)))
    for first in (False, True):
        factor = _factor(cell, step, place, cases, u, first)
        if factor is not None:
            yield (
                f"{words['carries']} were multiplied by {factor:.9g} from step to step",
                place(carry_scaled(cell, step, factor, first)),
            )


COUNTED: dict[str, Callable[[int, int], bool]] = {
    "step 0 did not count": lambda t, last: t > 0,
    "the last step did not count": lambda t, last: t < last,
    "only step 0 counted": lambda t, last: t == 0,
    "only the last step counted": lambda t, last: t == last,
}


def _counting(kept: Callable[[int, int], bool]) -> Callable[[Steps], Steps]:
    """Returns a change of the steps after which only some count."""
    return lambda steps: {
        t: {name: value * kept(t, max(steps)) for name, value in step.items()} for t, step in steps.items()
    }


def _factor(cell: Cell, step: Function, place: Place, cases: Sequence[Case], u: float, first: bool) -> float | None:
    """Returns the factor of the carry that dx before the last step shows; None if it shows none."""
    pairs = []
    for case in cases:
        models = (place(carry_scaled(cell, step, factor, first)) for factor in (0.0, 1.0))
        without, right = (attempted(model, case.inputs) for model in models)
        if without is None or right is None or isinstance(case.got, Outcome) or "dx" not in case.got:
            return None
        got, bare, whole = (one["dx"] for one in (case.got, without, right))
        if got.shape != whole.shape or whole.shape[2] < 2:
            return None
        pairs.append((got[:, :, -2] - bare[:, :, -2], np.asarray(whole - bare)[:, :, -2]))
    return factor_of(pairs, u) if pairs else None

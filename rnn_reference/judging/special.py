"""Judges the functions of a cell on problems with special numbers."""

from collections.abc import Mapping

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.words import listed
from rnn_reference.implementations.question import forward_backward, repeated
from rnn_reference.judging.judge import Judge
from rnn_reference.judging.steps import joined
from rnn_reference.numerics.compare import agrees
from rnn_reference.outcomes import NotJudged, Wrong
from rnn_reference.problems.inputs import of_sequence, of_step
from rnn_reference.problems.layouts import of_a_step
from rnn_reference.problems.special import PROBLEM, Special, special

MAY_OVERFLOW = "large"
"""Here a right tanh that is a quotient of exponentials gives NaN, which is advice: only finite results are compared."""


def judge_forward(judge: Judge, cell: Cell, name: str, step: bool = False) -> None:
    """Raise Wrong if results of a forward function are wrong on a special problem.

    A loop that agrees with the implementation's own step is right: the step is judged alone.
    """
    one = special(judge.set_problem(PROBLEM.of(cell)), name, step)
    function, given = (cell.cell_forward, one.given.step) if step else (cell.forward, one.given.forward)
    right, tolerance = one.right.forward, one.right.tolerance
    if step:
        right, tolerance = of_a_step(cell, right), of_a_step(cell, tolerance)
    (got,) = judge.implementation.answers(repeated(function, given))
    if name == MAY_OVERFLOW:
        right = {tensor: _where_finite(value, got[tensor]) for tensor, value in right.items()}
    try:
        judge.close(got, right, tolerance, _source(name))
    except Wrong:
        if step or not _as_its_own_step(judge, cell, one, got):
            raise
    finally:
        judge.too_wide = None  # the tolerance counts, not its size beside small numbers


def _where_finite(right: Array, got: Array) -> Array:
    return np.where(np.isfinite(got), right, got) if got.shape == right.shape else right


def _as_its_own_step(judge: Judge, cell: Cell, one: Special, got: Mapping[str, Array]) -> bool:
    """True if each step of the loop is the implementation's own step from the same state."""
    shapes = all(got[s].shape == one.right.forward[s].shape for s in cell.states)
    if not shapes or not judge.implementation.offers(cell.cell_forward.name):
        return False
    each = one.given.each_step({s: got[s] for s in cell.states})
    steps = judge.implementation.answers(repeated(cell.cell_forward, *(step.step for step in each)))
    return agrees(got, joined(cell, steps), one.right.tolerance)


def judge_backward(judge: Judge, cell: Cell, name: str, step: bool = False) -> None:
    """Raise Wrong if gradients are wrong on a special problem, NotJudged if the forward function is."""
    one = special(judge.set_problem(PROBLEM.of(cell)), name, step)
    forward, given = (cell.cell_forward, one.given.step) if step else (cell.forward, one.given.forward)
    cotangents = of_step(one.cotangents) if step else of_sequence(one.cotangents)
    states = {s: one.right.forward[s] for s in cell.states}
    gradients, tolerance = one.right.gradients, one.right.tolerance
    if step:
        states, gradients, tolerance = (of_a_step(cell, tensors) for tensors in (states, gradients, tolerance))
    results, got = judge.implementation.answers(forward_backward(forward, given, cotangents))
    if not agrees(results, states, tolerance):
        raise NotJudged([("", f"{forward.name} is wrong for this problem")], forward.partner.name)
    judge.close(got, gradients, tolerance, _source(name))
    judge.too_wide = None


def _source(name: str) -> str:
    return f"for the problem {name!r} the reference gives"


def require_not_finite(got: Mapping[str, Array], cause: str) -> None:
    """Raise Wrong, with the name of each array that is finite, although NaN or infinity went in."""
    hidden = [name for name, value in got.items() if np.all(np.isfinite(value))]
    if hidden:
        raise Wrong([("hidden", f"{cause}, but {listed(hidden)} {'is' if len(hidden) == 1 else 'are'} finite")])

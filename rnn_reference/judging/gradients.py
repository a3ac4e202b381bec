"""Judges a backward function, given the implementation's own forward function.

If the forward function is right, a gradient is compared twice: with the numerical derivative of the implementation's
forward function, and with the reference's gradient, which is much sharper. If the forward function is wrong, a right
backward function is not blamed: it returns the gradient of the equations at the implementation's own states, or the
derivative of the wrong forward function.
"""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_BACKWARD
from rnn_reference.implementations.own_forward import as_sequence, own_sequence, own_step
from rnn_reference.judging.derivatives import Case, Comparison, claim_of, derivatives_of
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.compare import agrees
from rnn_reference.numerics.directions import is_derivative_along
from rnn_reference.outcomes import Doubt, NotJudged, Wrong
from rnn_reference.problems.answers import Tensors, cell_answers, gradients_at, network_answers
from rnn_reference.problems.problem import Problem


def judge_network(judge: Judge, problem: Problem, answers: list[Any], differentiate: bool = True) -> None:
    """Raise ``Wrong`` unless the backward function of the sequence is right.

    ``answers`` are those to ``through_time(problem)``. With ``differentiate``, the gradients are also compared with the
    numerical derivative.
    """
    forward, got = answers
    cell = problem.cell
    states = {s: forward[s] for s in cell.states}
    case = Case(
        cell.backward, own_sequence(judge.implementation, problem.given), states, got, network_answers(problem),
        problem.given, problem.cotangents,
    )  # fmt: skip
    _judge(judge, problem, case, differentiate)


def judge_cell(judge: Judge, problem: Problem, answers: list[Any], differentiate: bool = True) -> None:
    """The same for the backward function of a step, at the first step. ``answers`` are those to ``through_a_step``."""
    forward, step = answers
    cell = problem.cell
    states = {s: forward[f"{s}_next"][..., None] for s in cell.states}
    got = as_sequence(cell, step)
    given = problem.first_step
    case = Case(
        cell.cell_backward, own_step(judge.implementation, given), states, got, cell_answers(problem), given,
        problem.step_cotangents,
    )  # fmt: skip
    _judge(judge, problem, case, differentiate)


def _judge(judge: Judge, problem: Problem, case: Case, differentiate: bool) -> None:
    wrong_shape = next((s for s, value in case.states.items() if value.shape != case.right.forward[s].shape), None)
    if wrong_shape:
        shape = case.states[wrong_shape].shape
        raise NotJudged([("", f"{case.own_forward} returns states of shape {shape}")], case.function.name)
    conforms = agrees(case.states, case.right_states, case.right.tolerance)
    if not conforms:
        _judge_after_a_wrong_forward(judge, problem, case)
        return
    reference = Comparison(case.right.gradients, case.right.tolerance, "the gradient is")
    derivatives = derivatives_of(judge, case) if differentiate else []
    try:
        seen = _judge_by_derivatives(judge, case, derivatives, reference)
        judge.note_error_seen(min(seen, _compare(judge, case, reference)))
    except Wrong:
        _require_repeatable(case)
        raise


def _judge_by_derivatives(judge: Judge, case: Case, derivatives: list[Comparison], reference: Comparison) -> float:
    """Compares with the derivative of a right forward function. Returns the smallest error that would have been seen.

    Where the gradient differs, the derivative counts only if it is confirmed along other directions: it was computed
    from other inputs and initial states, at which a forward function may be wrong that is right here.
    """
    try:
        return min((_compare(judge, case, comparison) for comparison in derivatives), default=np.inf)
    except Wrong as wrong:
        right_here = agrees(case.got, case.among(reference.expected), judge.tolerated(case.got, reference.tolerance))
        found = derivatives[0]
        if is_derivative_along(claim_of(judge, case, found.expected, found.tolerance)):
            if right_here:
                wrong.function = case.own_forward
                wrong.lines.append(("so", f"{case.own_forward} is right here, but not where inputs are moved"))
            raise
        if right_here or is_derivative_along(claim_of(judge, case, case.got, reference.tolerance)):
            reason = f"{case.own_forward} is right here, but not at other inputs and initial states"
            raise Wrong([("so", reason)], case.own_forward) from None
        return np.inf  # the comparison with the reference says what is wrong


def _judge_after_a_wrong_forward(judge: Judge, problem: Problem, case: Case) -> None:
    """Note a consequence if the gradient is right at the implementation's own states; otherwise note a doubt.

    In doubt, the gradient may still be the derivative of the wrong forward function. The diagnosis decides.
    """
    name = case.function.name
    expected, tolerance = gradients_at(case.states, case.given, case.cotangents, judge.implementation.dtype)
    if agrees(case.got, case.among(expected), tolerance):
        judge.consequences.add(name)
        return

    def compare() -> None:
        try:
            judge.problem = problem
            comparison = Comparison(expected, tolerance, "the gradient at the states you gave is")
            judge.note_error_seen(_compare(judge, case, comparison))
        except Wrong:
            _require_repeatable(case)
            raise

    judge.doubts.append(Doubt(name, problem, compare))


def _compare(judge: Judge, case: Case, comparison: Comparison) -> float:
    """Compares by the names that the function uses; a step without time axis. Returns the smallest error seen."""
    expected = {name: comparison.expected[name] for name in case.got if name in comparison.expected}
    if case.function.role != CELL_BACKWARD:
        return judge.compare(case.got, expected, comparison.tolerance, comparison.source)
    names = case.function.cell.of_step

    def as_the_step_has_it(named: Tensors) -> dict[str, Array]:
        return {names.get(n, n): named[n][..., 0] if n == "dx" else named[n] for n in expected}

    got, expected, tolerance = map(as_the_step_has_it, (case.got, expected, comparison.tolerance))
    return judge.compare(got, expected, tolerance, comparison.source)


def _require_repeatable(case: Case) -> None:
    """Raise ``NotJudged`` if the forward pass is not finite or not repeatable: then the gradient is not blamed."""
    blamed = case.own_forward
    if not all(np.all(np.isfinite(value)) for value in case.states.values()):
        raise NotJudged([("", f"{blamed} returns states that are not finite")], function=case.function.name)
    (again,) = case.forward([case.run])
    if not agrees(again, case.states, case.right.tolerance):
        raise NotJudged([("", f"two equal calls of {blamed} give different results")], function=case.function.name)

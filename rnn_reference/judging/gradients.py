"""Judges a backward function, given the implementation's own forward function.

If the forward function is right, a gradient is compared twice: with the numerical derivative of the implementation's
forward function, and with the reference's gradient, which is much sharper. If the forward function is wrong, a right
backward function is not blamed: it returns the gradient of the equations at the implementation's own states, or the
derivative of the wrong forward function.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_BACKWARD, Function
from rnn_reference.cells.trace import at_states
from rnn_reference.implementations.own_forward import as_sequence, own_sequence, own_step
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.compare import agrees
from rnn_reference.numerics.elementwise import with_other_maps
from rnn_reference.numerics.injection import by_complex_step, by_injection, keeps_complex
from rnn_reference.numerics.moved import Forward, ForwardCall, Point
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.outcomes import Doubt, NotJudged, Wrong
from rnn_reference.problems.answers import Answers, Tensors, cell_answers, complete, gradients_at, network_answers
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem

MAX_ELEMENTS = 1000
"""The largest number of state elements for a numerical derivative. Above it, only the reference's gradient is used."""


class _Case(NamedTuple):
    """One call of a backward function, and the data to judge it. A single step is a sequence of one step.

    ``states``, ``got`` and ``cotangents`` have the names of a sequence.
    """

    function: Function
    forward: Forward
    states: Tensors
    got: Tensors
    right: Answers
    given: Inputs
    cotangents: Tensors

    @property
    def own_forward(self) -> str:
        """The name of its forward function."""
        return self.function.partner.name

    @property
    def run(self) -> ForwardCall:
        """The call of the forward function."""
        return ForwardCall(self.given.x, self.given.initial, self.given.parameters)

    @property
    def right_states(self) -> Tensors:
        """The states of the reference."""
        return {s: self.right.forward[s] for s in self.states}


def judge_network(judge: Judge, problem: Problem, answers: list[Any], differentiate: bool = True) -> None:
    """Raise ``Wrong`` unless the backward function of the sequence is right.

    ``answers`` are those to ``through_time(problem)``. With ``differentiate``, the gradients are also compared with the
    numerical derivative.
    """
    forward, got = answers
    cell = problem.cell
    states = {s: forward[s] for s in cell.states}
    case = _Case(
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
    case = _Case(
        cell.cell_backward, own_step(judge.implementation, given), states, got, cell_answers(problem), given,
        problem.step_cotangents,
    )  # fmt: skip
    _judge(judge, problem, case, differentiate)


def _judge(judge: Judge, problem: Problem, case: _Case, differentiate: bool) -> None:
    wrong_shape = next((s for s, value in case.states.items() if value.shape != case.right.forward[s].shape), None)
    if wrong_shape:
        shape = case.states[wrong_shape].shape
        raise NotJudged([("", f"{case.own_forward} returns states of shape {shape}")], case.function.name)
    conforms = agrees(case.states, case.right_states, case.right.tolerance)
    if not conforms:
        _judge_after_a_wrong_forward(judge, problem, case)
        return
    try:
        comparisons = _comparisons(judge, case, differentiate)
        judge.note_error_seen(min(_compare(judge, case, comparison) for comparison in comparisons))
    except Wrong as wrong:
        _require_repeatable(case)
        if agrees(case.got, case.right.gradients, judge.tolerated(case.got, case.right.tolerance)):
            wrong.function = case.own_forward  # the gradient is right, so the forward pass is wrong when inputs move
            reason = f"{case.own_forward} is right here, but wrong in the wide batch for its derivative"
            wrong.lines.append(("so", reason))
        raise


def _judge_after_a_wrong_forward(judge: Judge, problem: Problem, case: _Case) -> None:
    """Note a consequence if the gradient is right at the implementation's own states; otherwise note a doubt.

    In doubt, the gradient may still be the derivative of the wrong forward function. The diagnosis decides.
    """
    name = case.function.name
    expected, tolerance = gradients_at(case.states, case.given, case.cotangents, judge.implementation.dtype)
    if agrees(case.got, expected, tolerance):
        judge.consequences.add(name)
        return

    def compare() -> None:
        try:
            judge.problem = problem
            comparison = _Comparison(expected, tolerance, "the gradient at the states you gave is")
            judge.note_error_seen(_compare(judge, case, comparison))
        except Wrong:
            _require_repeatable(case)
            raise

    judge.doubts.append(Doubt(name, problem, compare))


class _Comparison(NamedTuple):
    """Expected gradients with their tolerances. ``source`` is the text before the expected value in a message."""

    expected: Tensors
    tolerance: Tensors
    source: str


def _comparisons(judge: Judge, case: _Case, differentiate: bool) -> list[_Comparison]:
    """Returns the comparisons of the gradients, for a right forward function."""
    small = sum(value.size for value in case.states.values()) <= MAX_ELEMENTS
    exact = differentiate and judge.implementation.dtype == "float64" and small
    comparisons = list(_derivatives(judge, case)) if exact else []
    return [*comparisons, _Comparison(case.right.gradients, case.right.tolerance, "the gradient is")]


def _derivatives(judge: Judge, case: _Case) -> Iterator[_Comparison]:
    """Yields the derivative of a right forward function, by differences and, if possible, by complex steps."""
    cell = case.given.cell
    affine = Affine(cell.maps, case.given.parameters)
    ordered = list(case.given.start.values()), [case.states[s] for s in cell.states]
    at_states(cell, affine, case.given.x, *ordered)
    cotangents = dict(zip(cell.states, complete(cell, case.cotangents), strict=True))
    point = Point(case.run, affine, case.states, cotangents)
    rounding = {s: case.right.tolerance[s] / SAFETY for s in cell.states}
    found = with_other_maps(by_injection(case.forward, point, rounding), case.forward, point, rounding)
    judge.evidence["derivative"] = found.by_step
    tolerance = {name: found.error[name] + case.right.tolerance[name] for name in found.value}
    by_differences = _Comparison(found.value, tolerance, f"the derivative of your own {case.own_forward} is")
    yield by_differences
    if keeps_complex(case.forward, case.run):
        exact = by_complex_step(case.forward, point)
        if agrees(exact, {name: found.value[name] for name in exact}, tolerance):  # otherwise it is not trusted
            tolerance = tolerance | {name: 2 * case.right.tolerance[name] for name in exact}
            yield _Comparison(found.value | exact, tolerance, by_differences.source)


def _compare(judge: Judge, case: _Case, comparison: _Comparison) -> float:
    """Compares by the names that the function uses; a step without time axis. Returns the smallest error seen."""
    expected = {name: comparison.expected[name] for name in case.got if name in comparison.expected}
    if case.function.role != CELL_BACKWARD:
        return judge.compare(case.got, expected, comparison.tolerance, comparison.source)
    names = case.function.cell.of_step

    def as_the_step_has_it(named: Tensors) -> dict[str, Array]:
        return {names.get(n, n): named[n][..., 0] if n == "dx" else named[n] for n in expected}

    got, expected, tolerance = map(as_the_step_has_it, (case.got, expected, comparison.tolerance))
    return judge.compare(got, expected, tolerance, comparison.source)


def _require_repeatable(case: _Case) -> None:
    """Raise ``NotJudged`` if the forward pass is not finite or not repeatable: then the gradient is not blamed."""
    blamed = case.own_forward
    if not all(np.all(np.isfinite(value)) for value in case.states.values()):
        raise NotJudged([("", f"{blamed} returns states that are not finite")], function=case.function.name)
    (again,) = case.forward([case.run])
    if not agrees(again, case.states, case.right.tolerance):
        raise NotJudged([("", f"two equal calls of {blamed} give different results")], function=case.function.name)

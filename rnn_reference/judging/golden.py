"""Compares results with golden values: printed arrays, and certified cases."""

from collections.abc import Mapping
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.question import Question, forward_backward
from rnn_reference.judging.judge import Judge, one_of
from rnn_reference.numerics.compare import agrees, require_shapes
from rnn_reference.outcomes import Crashed, NotJudged, NotOffered, Wrong
from rnn_reference.problems import layouts
from rnn_reference.problems.answers import network_answers, reference_states, tolerances_of
from rnn_reference.problems.golden import Certified, Golden
from rnn_reference.problems.inputs import Inputs, of_sequence

THE_DOCUMENT = "the document gives"
THE_COURSE = "the course gives"
THE_GRADIENT = "the gradient is"

WITHOUT = "without"
"""A certified case named ``T_x=6 without`` has no optional arguments, and otherwise the inputs of ``T_x=6``."""

SHORTER = "it takes no da with fewer steps than x, as in the course's test: x has the steps of da"


def tolerance_of(case: Golden, judge: Judge) -> dict[str, Array]:
    """Returns the tolerance of every tensor of a printed case. A single step is a sequence of one step.

    Raises NotOffered for an implementation that has not every input.
    """
    _require_every_input(judge, case.cell)
    return tolerances_of(case.judged, judge.implementation.dtype, case.cotangents)


def of_a_step(case: Golden, judge: Judge) -> dict[str, Array]:
    """Returns the same by the names of the two functions of a step."""
    return layouts.of_a_step(case.cell, tolerance_of(case, judge))


def close_at(judge: Judge, case: Golden, got: Array, tolerance: Array, source: str) -> None:
    """Compare the printed part of a tensor."""
    require_shapes({case.tensor: got}, {case.tensor: tolerance.shape})
    judge.close({case.place: got[case.at]}, {case.place: case.value}, {case.place: tolerance[case.at]}, source)


def close_to_gradient(judge: Judge, case: Golden, gradients: Mapping[str, Array], published: str) -> None:
    """Compare the printed part of a gradient. ``published`` is a line for a result with the printed, wrong digits."""
    got, tolerance = one_of(gradients, case.tensor), tolerance_of(case, judge)[case.tensor]
    try:
        close_at(judge, case, got, tolerance, THE_GRADIENT)
    except Wrong as wrong:
        if got.shape == tolerance.shape and case.prints_like_published(got[case.at]):
            wrong.lines.append(("published", published))
        raise


def _require_every_input(judge: Judge, cell: Cell) -> None:
    missing = [name for name in judge.implementation.lacks if name in cell.inputs]
    if missing:
        raise NotOffered([("", f"these values have another {' and '.join(missing)} than zero, and it has none")])


def gradients_of(judge: Judge, case: Golden) -> dict[str, Array]:
    """Returns the gradients for a printed problem. Its ``da`` may have fewer steps than its ``x``.

    An implementation that takes no such ``da`` gets the first steps of ``x`` only, and a note. Gradients are equal.
    """
    _require_every_input(judge, case.cell)
    if case.judged.x.shape == case.given.x.shape:
        return _after_right_states(judge, case, case.given)
    try:
        gradients = _after_right_states(judge, case, case.given)
        require_shapes(gradients, {"dx": case.judged.x.shape})
    except (Crashed, Wrong):
        gradients = _after_right_states(judge, case, case.judged)
        judge.notes.append(SHORTER)
    return gradients


def _after_right_states(judge: Judge, case: Golden, given: Inputs) -> dict[str, Array]:
    """Returns the gradients. Raises Wrong, with the forward function to blame, if the states before them are wrong."""
    forward, gradients = judge.implementation.answers(_through_time(case, given))
    states = reference_states(given)
    silent = {s: 0 * value for s, value in states.items()}
    tolerance = tolerances_of(given, judge.implementation.dtype, silent)
    try:
        judge.compare(forward, states, tolerance, "the reference gives")
    except Wrong as wrong:
        wrong.function = case.cell.forward.name
        raise
    return gradients


def _through_time(case: Golden, given: Inputs) -> Question:
    return forward_backward(case.cell.forward, given.forward, of_sequence(case.cotangents))


def certified(judge: Judge, cases: Mapping[str, Certified], name: str, function: str) -> Certified:
    """Returns a certified case that an implementation can take, and sets the judge's problem.

    One that does not take every optional argument gets none of them. Raises NotOffered for another dtype than float64.
    """
    if judge.implementation.dtype != "float64":
        raise NotOffered([("", f"the certified inputs are float64, this is {judge.implementation.dtype}")], function)
    if set(judge.implementation.lacks) & cases[name].problem.cell.inputs:
        _require_every_input(judge, cases[name].problem.cell)
    if judge.set_problem(cases[name].problem).without:
        case = cases[f"{name} {WITHOUT}"]
        judge.problem = case.problem
        return case
    return cases[name]


def certify_states(judge: Judge, case: Certified) -> None:
    """Compare the results of the forward function with certified ones."""
    forward, tolerance = case.problem.cell.forward, network_answers(case.problem).tolerance
    got = judge.implementation.ask(forward.name, *case.problem.inputs)
    judge.certify(got, {name: case.arrays[name] for name in forward.tensors}, tolerance)


def certify_gradients(judge: Judge, case: Certified) -> None:
    """Compare the gradients with certified ones. Raises NotJudged if the states are wrong."""
    problem, exact = case.problem, case.arrays
    cell, tolerance = problem.cell, network_answers(problem).tolerance
    forward: dict[str, Any] = judge.implementation.ask(cell.forward.name, *problem.inputs)
    if not agrees(forward, {s: exact[s] for s in cell.states}, tolerance):
        raise NotJudged([("", "the certified gradients belong to the right states, and these states are wrong")])
    arguments = cell.backward.ordered({**of_sequence(problem.cotangents), "caches": forward["caches"]})
    gradients = judge.implementation.ask(cell.backward.name, *arguments)
    judge.certify(gradients, {name: exact[name] for name in cell.backward.returns}, tolerance)

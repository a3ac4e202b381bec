"""How a backward pass is judged, given what the forward pass before it is worth.

A gradient is compared twice: with the numerical derivative of the implementation's *own* forward pass, so that a
wrong forward does not condemn a right backward; and with the reference's gradient, sharper by far, once the
forward agrees. Where the forward is wrong, a backward that is the reference's formula at the implementation's own
states, or the derivative of that forward, follows from it, and is not blamed.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array, Gradients, Parameters
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.question import Question, forward_backward, repeated
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics import injection as derivatives
from rnn_reference.numerics.compare import agrees, require_shapes
from rnn_reference.numerics.elementwise import one_by_one
from rnn_reference.numerics.rounding import SAFETY
from rnn_reference.outcomes import NotJudged, Wrong
from rnn_reference.problems.answers import Answers, cell_answers, gradients_at, network_answers
from rnn_reference.problems.problem import Problem

OF_A_CELL = {"dx": "dxt", "da0": "da_prev"}
"""Names in the cell's dict of what the network's calls otherwise."""

FOLLOWS = "follows from the forward pass, which is wrong: it is right for what that gives"

MOVED = 1000
"""Elements of the states: where there are more, the reference's gradient, which is sharper, is compared with alone."""


class _Case(NamedTuple):
    """One backward pass and all there is to judge it by; a cell is a network of one step."""

    forward: derivatives.Forward
    states: Array
    got: Gradients
    right: Answers
    x: Array
    a0: Array
    parameters: Parameters
    da: Array
    function: str

    @property
    def own_forward(self) -> str:
        """The forward function that goes with it."""
        return self.function.replace("backward", "forward")


def through_time(problem: Problem) -> Question:
    """A forward pass and its backward pass."""
    return forward_backward("rnn", problem.inputs, problem.da)


def through_a_step(problem: Problem) -> Question:
    """The same for the cell, at the problem's first step."""
    return forward_backward("rnn_cell", problem.step, problem.da[:, :, 0])


def judge_network(judge: Judge, problem: Problem, answers: list[Any], differentiate: bool = True) -> None:
    """Raise ``Wrong`` unless ``rnn_backward`` is right on the problem; ``differentiate``: numerically as well.

    ``answers`` are those to ``through_time(problem)``.
    """
    (states, _, _), got = answers

    def forward(several: list[derivatives.Inputs]) -> list[Array]:
        return [a for a, _, _ in judge.implementation.answers(repeated("rnn_forward", *several))]

    right = network_answers(problem)
    case = _Case(forward, states, got, right, *problem.inputs, problem.da, "rnn_backward")
    _judge(judge, problem, case, differentiate)


def judge_cell(judge: Judge, problem: Problem, answers: list[Any], differentiate: bool = True) -> None:
    """The same for ``rnn_cell_backward`` at the problem's first step, given the answers to ``through_a_step``."""
    xt, a_prev, parameters = problem.step
    (a_next, _, _), cell = answers
    got = {name: cell[OF_A_CELL.get(name, name)] for name in ("dx", "da0", "dWax", "dWaa", "dba")}
    got["dx"] = got["dx"][..., None]
    right = cell_answers(problem)
    case = _Case(
        _network_of_one_step(judge.implementation), a_next[..., None], got, right,
        xt[:, :, None], a_prev, parameters, problem.da[:, :, :1], "rnn_cell_backward",
    )  # fmt: skip
    _judge(judge, problem, case, differentiate)


def _network_of_one_step(implementation: Implementation) -> derivatives.Forward:
    def forward(several: list[derivatives.Inputs]) -> list[Array]:
        steps = [(x[:, :, 0], a0, parameters) for x, a0, parameters in several]
        return [a_next[:, :, None] for a_next, _, _ in implementation.answers(repeated("rnn_cell_forward", *steps))]

    return forward


def _judge(judge: Judge, problem: Problem, case: _Case, differentiate: bool) -> None:
    if case.states.shape != case.right.a.shape:
        raise NotJudged([("", f"{case.own_forward} returns states of shape {case.states.shape}")], case.function)
    conforms = agrees({"a": case.states}, {"a": case.right.a}, case.right.tolerance)
    try:
        if conforms:
            exact = differentiate and judge.implementation.dtype == "float64" and case.states.size <= MOVED
            looks = list(_derivatives(judge, case)) if exact else []
            looks.append(_Look(case.right.gradients, case.right.tolerance, "the gradient is"))
        else:
            given = (case.x, case.a0, case.parameters, case.da)
            follows, tolerance = gradients_at(case.states, *given, judge.implementation.dtype)
            if agrees(case.got, follows, tolerance) or judge.diagnosis.conforms_on(problem, case.function):
                if judge.diagnosis.finding(case.function).status == "follows":
                    judge.notes.append(FOLLOWS)
                return
            looks = [_Look(follows, tolerance, "the gradient at the states you gave is")]
        judge.saw(min(_compare(judge, case, look) for look in looks))
    except Wrong as wrong:
        _require_steady(case)
        if conforms and agrees(case.got, case.right.gradients, judge.tolerated(case.got, case.right.tolerance)):
            wrong.function = case.own_forward  # the gradient is right: it is the forward pass that moves in another way
            so = f"{case.own_forward} is right here, and not in the wide batch that its derivative takes"
            wrong.lines.append(("so", so))
        raise


class _Look(NamedTuple):
    """One thing to compare the gradients with."""

    expected: Gradients
    tolerance: dict[str, Array]
    source: str


def _derivatives(judge: Judge, case: _Case) -> Iterator[_Look]:
    """The derivative of a forward pass that conforms: by differences; and by a complex step, if it takes one."""
    inputs = (case.x, case.a0, case.parameters, case.da)
    found = derivatives.by_injection(case.forward, *inputs, case.right.tolerance["a"] / SAFETY, case.states)
    judge.evidence["derivative"] = found.by_step
    tolerance = {name: found.error[name] + case.right.tolerance[name] for name in found.value}
    by_differences = _Look(found.value, tolerance, f"the derivative of your own {case.own_forward} is")
    yield by_differences
    if derivatives.keeps_complex(case.forward, *inputs[:3]):
        value = derivatives.by_complex_step(case.forward, *inputs, case.states)
        if agrees(value, by_differences.expected, by_differences.tolerance):  # else it is no derivative: not trusted
            tolerance = {name: 2 * case.right.tolerance[name] for name in value}
            yield _Look(value, tolerance, by_differences.source)


def _compare(judge: Judge, case: _Case, look: _Look) -> float:
    """Compare under the names that the function itself uses, without the cell's axis of one step."""
    if case.function == "rnn_backward":
        return judge.compare(case.got, *look)

    def as_the_cell_has_it(named: dict[str, Array]) -> dict[str, Array]:
        return {OF_A_CELL.get(n, n): named[n][..., 0] if n == "dx" else named[n] for n in look.expected}

    got, expected, tolerance = map(as_the_cell_has_it, (case.got, look.expected, look.tolerance))
    return judge.compare(got, expected, tolerance, look.source)


def _require_steady(case: _Case) -> None:
    """Before a gradient is blamed: the forward pass must be finite, and the same when it is asked again."""
    blamed = case.own_forward
    if not np.all(np.isfinite(case.states)):
        raise NotJudged([("", f"{blamed} gives states that are not finite")], function=case.function)
    (again,) = case.forward([(case.x, case.a0, case.parameters)])
    if not agrees({"a": again}, {"a": case.states}, case.right.tolerance):
        raise NotJudged([("", f"{blamed} gives two answers to one question")], function=case.function)


def judge_spots(judge: Judge, problem: Problem, answers: list[Any]) -> None:
    """Raise ``Wrong`` unless the gradient of one element of each input is what moving that element alone does.

    The derivative by injection presumes that every weight acts as in the equations; this does not.
    """
    (states, _, _), got = answers
    right = network_answers(problem)
    if not agrees({"a": states}, {"a": right.a}, right.tolerance):
        raise NotJudged([("", "rnn_forward is not right; gradient.network judges what stands on it")], "rnn_backward")
    inputs = {"x": problem.x, "a0": problem.a0, **{name: problem.parameters[name] for name in ("Wax", "Waa", "ba")}}
    rng = np.random.default_rng(problem.seed)

    def moved_states(several: list[dict[str, Array]]) -> list[Array]:
        calls = [(moved["x"], moved["a0"], problem.parameters | moved) for moved in several]
        return [a for a, _, _ in judge.implementation.answers(repeated("rnn_forward", *calls))]

    for name, array in inputs.items():
        spot = tuple(int(i) for i in rng.integers(array.shape))
        rounding = right.tolerance["a"] / SAFETY
        limit = one_by_one(moved_states, inputs, name, problem.da, rounding, [spot])
        require_shapes({f"d{name}": got[f"d{name}"]}, {f"d{name}": array.shape})
        place = f"d{name}[{','.join(map(str, spot))}]"
        error = limit.cut_off + SAFETY * limit.rounding + right.tolerance[f"d{name}"][spot]
        judge.close({place: got[f"d{name}"][spot][None]}, {place: limit.value}, {place: error}, "moving it alone gives")

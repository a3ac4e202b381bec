"""How a backward pass is judged, given what the forward pass before it is worth.

A gradient is compared twice: with the numerical derivative of the implementation's *own* forward pass, so that a
wrong forward does not condemn a right backward; and with the reference's gradient, sharper by far, once the
forward agrees. Where the forward is wrong, a backward that is the reference's formula at the implementation's own
states, or the derivative of that forward, follows from it, and is not blamed.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from rnn_reference.arguments import Array, Gradients, Parameters
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.verification import derivatives
from rnn_reference.verification.answers import (
    Answers,
    cell_answers,
    gradients_at,
    network_answers,
)
from rnn_reference.verification.compare import agrees
from rnn_reference.verification.judge import Judge
from rnn_reference.verification.problems import Problem

OF_A_CELL = {"dx": "dxt", "da0": "da_prev"}
"""Names in the cell's dict of what the network's calls otherwise."""

FOLLOWS = "follows from the forward pass, which is wrong: it is right for what that gives"


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


def judge_network(judge: Judge, problem: Problem, differentiate: bool = True) -> None:
    """Raise ``Wrong`` unless ``rnn_backward`` is right on the problem; ``differentiate``: numerically as well."""
    implementation, problem = judge.implementation, judge.posed(problem)
    states, _, caches = implementation.rnn_forward(*problem.inputs)
    got = implementation.rnn_backward(problem.da, caches)

    def forward(x: Array, a0: Array, parameters: Parameters) -> Array:
        return implementation.rnn_forward(x, a0, parameters)[0]

    right = network_answers(problem)
    case = _Case(forward, states, got, right, *problem.inputs, problem.da, "rnn_backward")
    _judge(judge, problem, case, differentiate)


def judge_cell(judge: Judge, problem: Problem, differentiate: bool = True) -> None:
    """The same for ``rnn_cell_backward`` at the problem's first step."""
    implementation, problem = judge.implementation, judge.posed(problem)
    xt, a_prev, parameters = problem.step
    a_next, _, cache = implementation.rnn_cell_forward(xt, a_prev, parameters)
    cell = implementation.rnn_cell_backward(problem.da[:, :, 0], cache)
    got = {name: cell[OF_A_CELL.get(name, name)] for name in ("dx", "da0", "dWax", "dWaa", "dba")}
    got["dx"] = got["dx"][..., None]
    right = cell_answers(problem)
    case = _Case(
        _network_of_one_step(implementation), a_next[..., None], got, right,
        xt[:, :, None], a_prev, parameters, problem.da[:, :, :1], "rnn_cell_backward",
    )  # fmt: skip
    _judge(judge, problem, case, differentiate)


def _network_of_one_step(implementation: Implementation) -> Callable[[Array, Array, Any], Array]:
    def forward(x: Array, a0: Array, parameters: Parameters) -> Array:
        return implementation.rnn_cell_forward(x[:, :, 0], a0, parameters)[0][:, :, None]

    return forward


def _judge(judge: Judge, problem: Problem, case: _Case, differentiate: bool) -> None:
    if case.states.shape != case.right.a.shape:
        judge.close({"a": case.states}, {"a": case.right.a}, case.right.tolerance)  # says what is wrong with it
    if agrees({"a": case.states}, {"a": case.right.a}, case.right.tolerance):
        if differentiate and judge.implementation.dtype == "float64":
            _against_derivative(judge, case, derivatives.by_injection)
        _close(judge, case, case.right.gradients, case.right.tolerance, "the gradient is")
        return
    given = (case.x, case.a0, case.parameters, case.da)
    follows, tolerance = gradients_at(case.states, *given, judge.implementation.dtype)
    if agrees(case.got, follows, tolerance) or judge.diagnosis.conforms_on(problem, case.function):
        if judge.diagnosis.finding(case.function).status == "follows":
            judge.notes.append(FOLLOWS)
        return
    _close(judge, case, follows, tolerance, "the gradient at the states you gave is")


def _against_derivative(judge: Judge, case: _Case, method: Callable[..., derivatives.Derivative]) -> None:
    a_error = case.right.tolerance["a"]
    found = method(case.forward, case.x, case.a0, case.parameters, case.da, a_error)
    tolerance = {name: found.error[name] + case.right.tolerance[name] for name in found.value}
    own = case.function.replace("backward", "forward")
    _close(judge, case, found.value, tolerance, f"the derivative of your own {own} is")


def _close(judge: Judge, case: _Case, expected: Gradients, tolerance: dict[str, Array], source: str) -> None:
    """Compare under the names that the function itself uses, without the cell's axis of one step."""
    if case.function == "rnn_backward":
        judge.close(case.got, expected, tolerance, source)
        return

    def as_the_cell_has_it(named: Mapping[str, Array]) -> dict[str, Array]:
        return {OF_A_CELL.get(n, n): named[n][..., 0] if n == "dx" else named[n] for n in expected}

    judge.close(as_the_cell_has_it(case.got), as_the_cell_has_it(expected), as_the_cell_has_it(tolerance), source)

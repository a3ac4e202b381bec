"""Decides if a backward function is the derivative of the implementation's own forward function, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_BACKWARD, Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.matching import Case, explains
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.faults.derivative import derivative_of
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.own_forward import as_sequence, own_sequence, own_step
from rnn_reference.implementations.question import backward_call
from rnn_reference.numerics.compare import difference
from rnn_reference.numerics.directions import Claim, is_derivative_along
from rnn_reference.numerics.elementwise import by_element
from rnn_reference.numerics.moved import ForwardCall
from rnn_reference.numerics.stochastic import SAFETY, unit_roundoff
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.answers import complete, tolerances_of
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem

SMALL_PROBLEM = Problem(n_x=2, n_a=3, n_y=6, m=4, T_x=12, push=50.0)
"""A problem with few elements, so that each is moved separately. Its cotangent is large, so that clipping shows.

It has many steps, so that a gradient that is cut off some steps back shows.
"""

SQUARE_PROBLEM = SMALL_PROBLEM.at(m=3)
"""The same for a forward function that works only if n_a = m."""

Tensors = Mapping[str, Array]


def is_derivative(subject: Subject, signature: Signature, forward: Finding) -> bool:
    """True if it is, on a small problem, element by element, and along random directions at each of the problems.

    In float32 and float16 differences of single elements are not accurate. There it must be the derivative of a faulty
    forward function that explains the implementation's own. The answer on the small problem is kept with the subject.
    Where the directions cannot tell, the name of the function is added to ``not_told``.
    """
    known = subject.is_own_derivative
    if signature.name not in known:
        known[signature.name] = _on_a_small_problem(subject, signature, forward)
    if not known[signature.name]:
        return False
    told = [_along_directions(subject, signature, problem) for problem in subject.problems(signature.cell)]
    if None in told:
        subject.not_told.add(signature.name)
    return False not in told


def _on_a_small_problem(subject: Subject, signature: Signature, forward: Finding) -> bool:
    own, cell = subject.implementation, signature.cell
    for problem in (SMALL_PROBLEM, SQUARE_PROBLEM):
        try:
            given, claim = _claim(own, signature, own.fitted(problem.of(cell).at(seed=subject.seed)))
            if own.dtype != "float64":
                return _of_the_explained(cell, forward, given, claim)
            return is_derivative_along(claim) is not False and _everywhere(claim)
        except Outcome:
            continue
    return False


def _along_directions(subject: Subject, signature: Signature, problem: Problem) -> bool | None:
    """Returns the answer along random directions at a problem; True where the functions give no results to compare."""
    try:
        return is_derivative_along(_claim(subject.implementation, signature, problem)[1])
    except Outcome:
        return True


def _claim(own: Implementation, signature: Signature, problem: Problem) -> tuple[Inputs, Claim]:
    """Returns the inputs of the forward function, and what its backward function says about it there."""
    cell, u = problem.cell, unit_roundoff(own.dtype)
    gradients = _gradients(own, problem, signature.role)
    given, cotangents, forward = problem.given, problem.cotangents, own_sequence(own, problem.given)
    if signature.role == CELL_BACKWARD:
        given, cotangents, gradients = problem.first_step, problem.step_cotangents, as_sequence(cell, gradients)
        forward = own_step(own, given)
    tolerance = tolerances_of(given, own.dtype, cotangents)
    rounding = {s: tolerance[s] / SAFETY for s in cell.states}
    every = dict(zip(cell.states, complete(cell, cotangents), strict=True))
    run = ForwardCall(given.x, given.initial, given.parameters)
    return given, Claim(forward, run, every, rounding, gradients, tolerance, cell.trained, u)


def _gradients(own: Implementation, problem: Problem, role: str) -> dict[str, Array]:
    """Returns the results of the backward function with this role, after its forward function."""
    backward = problem.cell.function(role)
    results = own.ask(backward.partner.name, *problem.arguments(backward.partner))
    name, arguments = backward_call(backward, problem.cotangents_of(backward), results[backward.partner.returns[-1]])
    return own.ask(name, *arguments)


def _everywhere(claim: Claim) -> bool:
    rounding = {s: np.full(value.shape, 1e-15) for s, value in claim.cotangents.items()}
    right = by_element(claim.forward, claim.run, claim.cotangents, rounding, claim.weights)
    largest = max(float(abs(value).max()) for value in claim.cotangents.values())
    return all(
        bool(np.all(difference(claim.gradients[name], right.value[name]) <= right.error[name] + 1e-9 * (1 + largest)))
        for name in right.value
        if name in claim.gradients
    )


def _of_the_explained(cell: Cell, forward: Finding, given: Inputs, claim: Claim) -> bool:
    if not forward.loops:
        return False
    explained = forward.loops[0].forward

    def model(arguments: tuple[Any, ...], cotangents: Tensors) -> dict[str, Array]:
        return derivative_of(cell, explained, cotangents, arguments)

    case = Case((given.forward, dict(claim.cotangents)), dict(claim.gradients))
    return explains(partial(model), [case], claim.u)

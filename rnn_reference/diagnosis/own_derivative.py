"""Decides if a backward function is the derivative of the implementation's own forward function, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import BACKWARD, CELL_BACKWARD, Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.matching import Case, explains
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.faults.derivative import derivative_of
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.own_forward import as_sequence, own_sequence, own_step
from rnn_reference.implementations.question import backward_call
from rnn_reference.numerics.compare import difference
from rnn_reference.numerics.elementwise import by_element, moved_inputs, states_of
from rnn_reference.numerics.moved import Forward, ForwardCall
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.answers import complete
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem

SMALL_PROBLEM = Problem(n_x=2, n_a=3, n_y=6, m=4, T_x=12, push=50.0)
"""A problem with few elements, so that each is moved separately. Its cotangent is large, so that clipping shows.

It has many steps, so that a gradient that is cut off some steps back shows.
"""

SQUARE_PROBLEM = SMALL_PROBLEM.at(m=3)
"""The same for a forward function that works only if n_a = m."""

DIRECTION_STEP = 2.0**-13
FAR_OFF = 1e-4
"""The largest error along a random direction. A wrong backward function errs by more, a central difference by less."""

Tensors = Mapping[str, Array]


class _Claim(NamedTuple):
    """Gradients that may be the derivative of a forward function, by the names of a sequence."""

    forward: Forward
    gradients: Tensors
    given: Inputs
    cotangents: Tensors

    @property
    def run(self) -> ForwardCall:
        """The call to differentiate."""
        return ForwardCall(self.given.x, self.given.initial, self.given.parameters)


def is_derivative(subject: Subject, signature: Signature, forward: Finding) -> bool:
    """True if it is, on a small problem: first along one direction for each input, then element by element.

    In float32 and float16 differences are not accurate. There it must be the derivative of a faulty forward function
    that explains the implementation's own. The answer is kept with the subject.
    """
    known = subject.is_own_derivative
    if signature.name not in known:
        known[signature.name] = _is_derivative(subject, signature, forward)
    return known[signature.name]


def _is_derivative(subject: Subject, signature: Signature, forward: Finding) -> bool:
    own, cell = subject.implementation, signature.cell
    claimed = _of_a_step if signature.role == CELL_BACKWARD else _of_the_sequence
    for problem in (SMALL_PROBLEM, SQUARE_PROBLEM):
        try:
            claim = claimed(own, own.fitted(problem.of(cell).at(seed=subject.seed)))
            if own.dtype != "float64":
                return _of_the_explained(cell, forward, claim, subject.u)
            return _along_directions(claim) and _everywhere(claim)
        except Outcome:
            continue
    return False


def _of_the_sequence(own: Implementation, problem: Problem) -> _Claim:
    given, gradients = problem.given, _gradients(own, problem, BACKWARD)
    cotangents = dict(zip(problem.cell.states, complete(problem.cell, problem.cotangents), strict=True))
    return _Claim(own_sequence(own, given), gradients, given, cotangents)


def _of_a_step(own: Implementation, problem: Problem) -> _Claim:
    given, gradients = problem.first_step, as_sequence(problem.cell, _gradients(own, problem, CELL_BACKWARD))
    return _Claim(own_step(own, given), gradients, given, problem.step_cotangents)


def _gradients(own: Implementation, problem: Problem, role: str) -> dict[str, Array]:
    """Returns the results of the backward function with this role, after its forward function."""
    backward = problem.cell.function(role)
    results = own.ask(backward.partner.name, *problem.arguments(backward.partner))
    name, arguments = backward_call(backward, problem.cotangents_of(backward), results[backward.partner.returns[-1]])
    return own.ask(name, *arguments)


def _along_directions(claim: _Claim) -> bool:
    rng = np.random.default_rng(0)
    cell = claim.given.cell
    states = states_of(claim.forward, claim.run, cell.states)
    cotangent = np.concatenate([claim.cotangents[s] for s in cell.states])
    inputs = moved_inputs(claim.run, cell.trained)
    for name, value in inputs.items():
        if f"d{name}" not in claim.gradients:
            continue
        gradient = claim.gradients[f"d{name}"]
        if gradient.shape != value.shape:
            return False
        v = rng.standard_normal(value.shape)
        up, down = (states([{**inputs, name: value + sign * DIRECTION_STEP * v}])[0] for sign in (1, -1))
        if up.shape != cotangent.shape:
            return False
        slope, size = np.sum(cotangent * (up - down)) / (2 * DIRECTION_STEP), np.sum(np.abs(cotangent))
        if not abs(slope - np.sum(gradient * v)) <= FAR_OFF * size:
            return False
    return True


def _everywhere(claim: _Claim) -> bool:
    cell = claim.given.cell
    rounding = {s: np.full(value.shape, 1e-15) for s, value in claim.cotangents.items()}
    right = by_element(claim.forward, claim.run, claim.cotangents, rounding, cell.trained)
    largest = max(float(abs(value).max()) for value in claim.cotangents.values())
    return all(
        bool(np.all(difference(claim.gradients[name], right.value[name]) <= right.error[name] + 1e-9 * (1 + largest)))
        for name in right.value
        if name in claim.gradients
    )


def _of_the_explained(cell: Cell, forward: Finding, claim: _Claim, u: float) -> bool:
    if not forward.loops:
        return False
    explained = forward.loops[0].forward

    def model(arguments: tuple[Any, ...], cotangents: Tensors) -> dict[str, Array]:
        return derivative_of(cell, explained, cotangents, arguments)

    case = Case((claim.given.forward, dict(claim.cotangents)), dict(claim.gradients))
    return explains(partial(model), [case], u)

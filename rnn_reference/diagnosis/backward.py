"""What is found about the two functions of the backward pass, given what the forward pass before them gives.

A backward pass is right if it gives the gradient. After a wrong forward pass it is not to blame either if it gives
the gradient at the states that it was handed, or the derivative of that forward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Function
from rnn_reference.cells.rnn import building_blocks as pieces
from rnn_reference.diagnosis.cache_sources import (
    RIGHT,
    Base,
    bases_after,
    distinct,
    looped,
    own_caches,
)
from rnn_reference.diagnosis.caches import documented, dropped
from rnn_reference.diagnosis.crashes import removed_name
from rnn_reference.diagnosis.findings import Finding, matching, unnamed
from rnn_reference.diagnosis.forward import got
from rnn_reference.diagnosis.hypotheses import (
    RIGHT_LOOP,
    Loop,
    backward_loops,
    faults_of,
)
from rnn_reference.diagnosis.matching import Case, Model, both_fail, explains
from rnn_reference.diagnosis.own_derivative import is_derivative
from rnn_reference.faults import Fault
from rnn_reference.outcomes import Crashed, Outcome

if TYPE_CHECKING:
    from rnn_reference.diagnosis.explain import Diagnosis

CACHES = ("shared-cache",)


def network(diagnosis: Diagnosis) -> Finding:
    """The finding on ``rnn_backward``, given the implementation's own forward pass and backward step."""
    function, u = "rnn_backward", diagnosis.u
    forward = diagnosis.finding("rnn_forward")
    cases = list(_network_cases(diagnosis))
    if not cases:
        return Finding(function, "follows", forward.culprit)
    right = Base(looped(RIGHT_LOOP))
    if explains(right.plain, cases, u):
        return Finding(function)
    bases = distinct(bases_after(diagnosis, forward), cases[0])
    for base in bases:
        if explains(base.plain, cases, u) or both_fail(base.plain, cases):
            return Finding(function, "follows", base.blame)
    kept = Base(own_caches, "rnn_forward")
    if forward.is_right:
        found = _in_the_caches(diagnosis, cases, kept)
        if found:
            return found
        bases = [right, *bases]
    else:
        if _not_to_be_judged(cases) or is_derivative(diagnosis, function, forward):
            return Finding(function, "follows", forward.culprit)
        bases = distinct([*bases, right], cases[0])
    finding = unnamed(function, bases[0].plain, cases, u)
    matches = tuple(_matching(bases, cases, u) if diagnosis.naming else ())
    of_caches = bool(matches) and all(fault.id in CACHES for fault in matches)
    return finding.with_(matches=matches, blame="rnn_forward" if of_caches else "")


def _not_to_be_judged(cases: list[Case]) -> bool:
    """Whether it crashes on all that a wrong forward pass gives it, for a reason that may lie there."""
    return all(isinstance(case.got, Crashed) and not removed_name(case.got) for case in cases)


def _matching(bases: list[Base], cases: list[Case], u: float) -> list[Fault]:
    """The faults that explain it on any of the bases."""
    matches = [fault for base in bases for fault, _ in matching(backward_loops(base.cell), base.model, cases, u)]
    if not all(case.inputs[-1] for case in cases):  # caches that cannot be read may be what is wrong
        matches += _of_the_caches(cases, u)
    return matches


def _network_cases(diagnosis: Diagnosis) -> Iterator[Case]:
    own = diagnosis.implementation
    for problem in diagnosis.problems:
        try:
            a, _, caches = own.rnn_forward(*problem.inputs)
            kept = documented(own.inside(caches), problem)
        except Outcome:
            continue  # without a forward pass there is nothing to go back through
        result = got(partial(own.rnn_backward, problem.da, caches))
        yield Case((*problem.inputs, problem.da, a, kept), result)


def _in_the_caches(diagnosis: Diagnosis, cases: list[Case], kept: Base) -> Finding | None:
    """The finding, if ``rnn_forward`` gives right values and keeps wrong caches: the mistake is its own."""
    crashed = all(isinstance(case.got, Crashed) for case in cases)
    if crashed and dropped(diagnosis.implementation, diagnosis.problems[0]):
        matches = [fault for fault in faults_of("rnn_forward") if fault.id == "caches-dropped"]
        return Finding("rnn_backward", "wrong", "rnn_forward", tuple(matches))
    if not explains(kept.plain, cases, diagnosis.u):
        return None
    found = _of_the_caches(cases, diagnosis.u)
    lines = () if found else (("caches", "they do not hold what went into the steps and came out"),)
    return Finding("rnn_backward", "wrong", "rnn_forward", tuple(found), lines=lines)


def _of_the_caches(cases: list[Case], u: float) -> list[Fault]:
    """The faults of ``rnn_forward`` that a right backward pass shows, and nothing else."""
    suspects = [fault for fault in faults_of("rnn_forward") if fault.id in CACHES]
    hypotheses = [(fault, Loop(fault.of, RIGHT_LOOP.cell)) for fault in suspects]
    return [fault for fault, _ in matching(hypotheses, lambda loop: Base(looped(loop)).plain, cases, u)]


def cell(diagnosis: Diagnosis) -> Finding:
    """The finding on ``rnn_cell_backward``, given the implementation's own cell forward."""
    function, u = "rnn_cell_backward", diagnosis.u
    forward = diagnosis.finding("rnn_cell_forward")
    cases = list(_cell_cases(diagnosis))
    if not cases:
        return Finding(function, "follows", forward.culprit)
    if explains(_at_right_state(RIGHT), cases, u):
        return Finding(function)
    places = [_at_right_state]
    if not forward.is_right:
        if explains(_at_own_state(RIGHT), cases, u) or is_derivative(diagnosis, function, forward):
            return Finding(function, "follows", forward.culprit)
        places = [_at_own_state, _at_right_state]
    finding = unnamed(function, places[0](RIGHT), cases, u)
    hypotheses = [(fault, fault.of(RIGHT)) for fault in faults_of(function)] if diagnosis.naming else []
    return finding.with_(matches=tuple(f for place in places for f, _ in matching(hypotheses, place, cases, u)))


def _at_right_state(backward: Function) -> Model:
    def model(xt: Array, a_prev: Array, p: Any, da_next: Array, a_next: Array) -> Any:
        return backward(da_next, (np.tanh(pieces.preactivation(xt, a_prev, p)), a_prev, xt, p))

    return model


def _at_own_state(backward: Function) -> Model:
    return lambda xt, a_prev, p, da_next, a_next: backward(da_next, (a_next, a_prev, xt, p))


def _cell_cases(diagnosis: Diagnosis) -> Iterator[Case]:
    own = diagnosis.implementation
    for problem in diagnosis.problems:
        da_next = problem.da[:, :, 0]
        try:
            a_next, _, cache = own.rnn_cell_forward(*problem.step)
        except Outcome:
            continue
        result = got(partial(own.rnn_cell_backward, da_next, cache))
        yield Case((*problem.step, da_next, a_next), result)


FINDERS: dict[str, Callable[[Diagnosis], Finding]] = {"rnn_cell_backward": cell, "rnn_backward": network}

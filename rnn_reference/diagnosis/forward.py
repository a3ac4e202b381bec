"""Findings on the forward functions of a cell and its activations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import ACTIVATION, CELL_FORWARD, FORWARD, Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.cells.fault import Function
from rnn_reference.cells.functions import cell_forward_of
from rnn_reference.diagnosis.findings import Finding, matching, unnamed
from rnn_reference.diagnosis.hypotheses import (
    Activations,
    Loop,
    as_model,
    both_loops,
    both_made,
    faults_of,
    loops,
    right_activations,
    right_loop,
    steps,
)
from rnn_reference.diagnosis.matching import Answer, Case, Model, both_fail, explains
from rnn_reference.diagnosis.nearest import nearest
from rnn_reference.diagnosis.nearest_edits import forward_edits
from rnn_reference.diagnosis.pairs import pairs_of
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.outcomes import Outcome


def result_or_outcome(call: Callable[[], Answer]) -> Answer | Outcome:
    """Returns the result of a call, or its outcome if it raises one."""
    try:
        return call()
    except Outcome as outcome:
        return outcome


def activation(subject: Subject, signature: Signature) -> Finding:
    """Returns the finding on one of the activations."""
    function, u = signature.name, subject.u
    cases = [_activated(subject, signature, scale * _drawn(subject, 4, 6)) for scale in (1.0, 2.0)]
    right = signature.cell.activations[function].function
    if explains(activation_model(right), cases, u):
        return Finding(function)
    finding = unnamed(function, activation_model(right), cases, u)
    hypotheses = [(fault, fault.of(right)) for fault in faults_of(signature)]
    return finding.with_(matches=tuple(fault for fault, _ in matching(hypotheses, activation_model, cases, u)))


def activation_model(function: Function) -> Model:
    """Returns an activation as a model of its only result."""
    return lambda x: {"out": np.asarray(function(x))}


def _activated(subject: Subject, signature: Signature, x: Array) -> Case:
    return Case((x,), result_or_outcome(lambda: subject.implementation.ask(signature.name, x)))


def _drawn(subject: Subject, *shape: int) -> Array:
    drawn = np.random.default_rng([subject.seed, *shape]).standard_normal(shape)
    return drawn.astype(subject.implementation.dtype).astype(np.float64)


def at_the_limits(subject: Subject, signature: Signature) -> Finding | None:
    """Returns the finding on an activation for large arguments, where it may overflow; None for other functions."""
    if signature.role != ACTIVATION:
        return None
    apart = 1000.0 * np.arange(6)
    x, dtype = _drawn(subject, 4, 6), subject.implementation.dtype  # where exp overflows is a matter of dtype
    cases = [_activated(subject, signature, large.astype(dtype)) for large in (x + 1e4, x + apart, 1e3 * x)]
    right = signature.cell.activations[signature.name].function
    hypotheses = [(fault, fault.of(right)) for fault in faults_of(signature, advice=True)]
    matches = matching(hypotheses, activation_model, cases, subject.u)
    return Finding(signature.name, "wrong", matches=tuple(fault for fault, _ in matches))


def _cases(subject: Subject, signature: Signature) -> list[Case]:
    """Returns the results of the function on every problem."""
    own = as_model(signature, subject.implementation.function(signature.name))
    given = [problem.arguments(signature) for problem in subject.problems(signature.cell)]
    return [Case(inputs, result_or_outcome(lambda inputs=inputs: own(*inputs))) for inputs in given]  # type: ignore[misc]


def step(subject: Subject, signature: Signature) -> Finding:
    """Returns the finding on a step forward, given the implementation's own activations."""
    function, cell = signature.name, signature.cell
    cases = _cases(subject, signature)
    right = as_model(signature, right_loop(cell).step)
    if explains(right, cases, subject.u):
        return Finding(function)
    sets = [right_activations(cell)]
    for activations, blame in own_activations(subject, cell):
        made = cell_forward_of(cell, *activations)
        model = as_model(signature, made)
        if explains(model, cases, subject.u) or both_fail(model, cases):
            return Finding(function, "consequence", blame, loops=(Loop(right_loop(cell).of, made),))
        sets.append(activations)
    finding = unnamed(function, right, cases, subject.u)
    hypotheses = list(steps(cell, sets)) if subject.naming else []
    found = matching(hypotheses, lambda made: as_model(signature, made), cases, subject.u)
    if found or not hypotheses:
        explaining = tuple(Loop(right_loop(cell).of, made) for _, made in found)
        return finding.with_(matches=tuple(fault for fault, _ in found), loops=explaining)
    pairs = pairs_of(
        hypotheses,
        lambda made: as_model(signature, made),
        both_made,
        right,
        cases,
        subject.u,
        _apart(subject, signature),
    )
    explaining = tuple(Loop(right_loop(cell).of, pair.made) for pair in pairs)
    named = finding.with_(matches=pairs[0].faults if pairs else (), together=bool(pairs), loops=explaining)
    return named if pairs else named.described(nearest(right, [], cases, subject.u))


def _apart(subject: Subject, signature: Signature) -> list[Case]:
    """Returns cases in which an input, or some parameters, are zero: mistakes that concern them do not show there."""
    cell, own = signature.cell, as_model(signature, subject.implementation.function(signature.name))
    given = signature.named(subject.problems(cell)[0].at(T_x=3).arguments(signature))
    p = given.pop("parameters")
    groups = [[of.bias for of in cell.maps.values()], [cell.head.bias]]
    groups.append([weight for of in cell.maps.values() for weight in of.weights])
    groups += [list(of.parameters) for of in cell.maps.values()] if len(cell.maps) > 1 else []
    changed = [{**given, name: 0 * value, "parameters": p} for name, value in given.items()]
    changed += [{**given, "parameters": {**p, **{name: 0 * p[name] for name in group}}} for group in groups]
    inputs = [signature.ordered(one) for one in changed]
    return [Case(some, result_or_outcome(lambda some=some: own(*some))) for some in inputs]  # type: ignore[misc]


def own_activations(subject: Subject, cell: Cell) -> list[tuple[Activations, str]]:
    """Returns the implementation's own activations and a wrong one among them; empty if all are right."""
    wrong = [name for name in cell.activations if subject.wrong(name)]
    if not wrong:
        return []
    own = [
        subject.implementation.function(name) if name in wrong else right.function
        for name, right in cell.activations.items()
    ]
    return [(tuple(own), wrong[0])]


def sequence(subject: Subject, signature: Signature) -> Finding:
    """Returns the finding on a forward function of the sequence, given the implementation's own step."""
    function, cell = signature.name, signature.cell
    cases = _cases(subject, signature)
    loop = right_loop(cell)
    right = as_model(signature, loop.forward)
    if explains(right, cases, subject.u):
        return Finding(function, loops=(loop,))
    own_steps = _own_steps(subject, cell)
    for made, blame in own_steps:
        model = as_model(signature, loop.of(made))
        if explains(model, cases, subject.u) or both_fail(model, cases):
            return Finding(function, "consequence", blame, loops=(Loop(loop.of, made), *subject.finding(blame).loops))
    finding = unnamed(function, right, cases, subject.u)
    hypotheses = list(loops(cell, [made for made, _ in own_steps])) if subject.naming else []
    found = matching(hypotheses, lambda loop: as_model(signature, loop.forward), cases, subject.u)
    if found or not hypotheses:
        return finding.with_(matches=tuple(fault for fault, _ in found), loops=tuple(loop for _, loop in found))
    apart = _apart(subject, signature)
    if subject.implementation.offers(cell.cell_forward.name):  # mistakes of the step are found there
        hypotheses = [(fault, made) for fault, made in hypotheses if fault.function == function]
    pairs = pairs_of(
        hypotheses, lambda loop: as_model(signature, loop.forward), both_loops, right, cases, subject.u, apart
    )
    explaining = tuple(pair.made for pair in pairs)
    named = finding.with_(matches=pairs[0].faults if pairs else (), together=bool(pairs), loops=explaining)
    edits = forward_edits(cell, loop.step, partial(as_model, signature))
    return named if pairs else named.described(nearest(right, edits, cases, subject.u))


def _own_steps(subject: Subject, cell: Cell) -> list[tuple[Function, str]]:
    """Returns the wrong steps that the loop may use, each with the function to blame."""
    name = cell.cell_forward.name
    found: list[tuple[Function, str]] = []
    if subject.wrong(name):
        found.append((subject.implementation.function(name), subject.finding(name).culprit))
    found += [(cell_forward_of(cell, *activations), blame) for activations, blame in own_activations(subject, cell)]
    return found


FINDERS: dict[str, Callable[[Subject, Signature], Finding]] = {
    ACTIVATION: activation,
    CELL_FORWARD: step,
    FORWARD: sequence,
}

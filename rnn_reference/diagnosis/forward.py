"""What is found about the four functions of the forward pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Function
from rnn_reference.cells.loop import forward_of
from rnn_reference.cells.rnn import building_blocks as pieces
from rnn_reference.diagnosis.findings import Finding, matching, unnamed
from rnn_reference.diagnosis.hypotheses import (
    RIGHT_CELL,
    RIGHT_LOOP,
    Loop,
    cells,
    faults_of,
    loops,
    two,
)
from rnn_reference.diagnosis.matching import Answer, Case, Model, both_fail, explains
from rnn_reference.outcomes import Outcome

if TYPE_CHECKING:
    from rnn_reference.diagnosis.explain import Diagnosis

ACTIVATIONS = {"tanh_forward": pieces.tanh, "softmax_forward": pieces.softmax}
CELL = ("a_next", "yt_pred")
NETWORK = ("a", "y_pred")


def got(call: Callable[[], Answer]) -> Answer | Outcome:
    """What a call gives, or the outcome that it ends in."""
    try:
        return call()
    except Outcome as outcome:
        return outcome


def activation(function: str) -> Callable[[Diagnosis], Finding]:
    """The finder for one of the two activations."""

    def find(diagnosis: Diagnosis) -> Finding:
        cases = [_activated(diagnosis, function, scale * _drawn(diagnosis, 4, 6)) for scale in (1.0, 2.0)]
        model = two_of(ACTIVATIONS[function])
        if explains(model, cases, diagnosis.u):
            return Finding(function)
        finding = unnamed(function, model, cases, diagnosis.u)
        hypotheses = [(fault, fault.of(ACTIVATIONS[function])) for fault in faults_of(function)]
        return finding.with_(matches=tuple(fault for fault, _ in matching(hypotheses, two_of, cases, diagnosis.u)))

    return find


def two_of(function: Function) -> Model:
    """An activation as a model of its one result."""
    return lambda x: {"out": np.asarray(function(x))}


def _activated(diagnosis: Diagnosis, function: str, x: Array) -> Case:
    call: Any = getattr(diagnosis.implementation, function)
    return Case((x,), got(lambda: {"out": call(x)}))


def _drawn(diagnosis: Diagnosis, *shape: int) -> Array:
    drawn = np.random.default_rng([diagnosis.problems[0].seed, *shape]).standard_normal(shape)
    return drawn.astype(diagnosis.implementation.dtype).astype(np.float64)


def at_the_limits(diagnosis: Diagnosis, function: str) -> Finding | None:
    """The finding on an activation for large arguments, which a formula may not survive."""
    if function not in ACTIVATIONS:
        return None
    apart = 1000.0 * np.arange(6)
    x, dtype = _drawn(diagnosis, 4, 6), diagnosis.implementation.dtype  # where exp overflows is a matter of dtype
    cases = [_activated(diagnosis, function, large.astype(dtype)) for large in (x + 1e4, x + apart, 1e3 * x)]
    hypotheses = [(fault, fault.of(ACTIVATIONS[function])) for fault in faults_of(function, advice=True)]
    matches = matching(hypotheses, two_of, cases, diagnosis.u)
    return Finding(function, "wrong", matches=tuple(fault for fault, _ in matches))


def cell(diagnosis: Diagnosis) -> Finding:
    """The finding on ``rnn_cell_forward``, given the implementation's own activations."""
    function, own = "rnn_cell_forward", diagnosis.implementation
    cases = [
        Case(problem.step, got(partial(two(own.rnn_cell_forward, *CELL), *problem.step)))
        for problem in diagnosis.problems
    ]
    right = two(RIGHT_CELL, *CELL)
    if explains(right, cases, diagnosis.u):
        return Finding(function)
    pairs = [(pieces.tanh, pieces.softmax)]
    for activations, blame in own_activations(diagnosis):
        model = two(pieces.cell_forward(*activations), *CELL)
        if explains(model, cases, diagnosis.u) or both_fail(model, cases):
            loop = Loop(forward_of, pieces.cell_forward(*activations))
            return Finding(function, "follows", blame, loops=(loop,))
        pairs.append(activations)
    finding = unnamed(function, right, cases, diagnosis.u)
    found = matching(cells(pairs), lambda made: two(made, *CELL), cases, diagnosis.u) if diagnosis.naming else []
    explaining = tuple(Loop(forward_of, made) for _, made in found)
    return finding.with_(matches=tuple(fault for fault, _ in found), loops=explaining)


def own_activations(diagnosis: Diagnosis) -> list[tuple[tuple[Function, Function], str]]:
    """The implementation's own activations, where one of them is wrong, and which that is."""
    wrong = [name for name in ACTIVATIONS if diagnosis.wrong(name)]
    if not wrong:
        return []
    own = [getattr(diagnosis.implementation, name) if name in wrong else right for name, right in ACTIVATIONS.items()]
    return [((own[0], own[1]), wrong[0])]


def network(diagnosis: Diagnosis) -> Finding:
    """The finding on ``rnn_forward``, given the implementation's own cell."""
    function, own = "rnn_forward", diagnosis.implementation
    cases = [
        Case(problem.inputs, got(partial(two(own.rnn_forward, *NETWORK), *problem.inputs)))
        for problem in diagnosis.problems
    ]
    right = two(RIGHT_LOOP.forward, *NETWORK)
    if explains(right, cases, diagnosis.u):
        return Finding(function, loops=(RIGHT_LOOP,))
    own_cells = _own_cells(diagnosis)
    for made, blame in own_cells:
        model = two(forward_of(made), *NETWORK)
        if explains(model, cases, diagnosis.u) or both_fail(model, cases):
            return Finding(function, "follows", blame, loops=(Loop(forward_of, made), *diagnosis.finding(blame).loops))
    finding = unnamed(function, right, cases, diagnosis.u)
    hypotheses = loops([made for made, _ in own_cells]) if diagnosis.naming else []
    found = matching(hypotheses, lambda loop: two(loop.forward, *NETWORK), cases, diagnosis.u)
    return finding.with_(matches=tuple(fault for fault, _ in found), loops=tuple(loop for _, loop in found))


def _own_cells(diagnosis: Diagnosis) -> list[tuple[Function, str]]:
    """Cells that the loop may stand on and that are not right, each with the function to blame for it."""
    cells: list[tuple[Function, str]] = []
    if diagnosis.wrong("rnn_cell_forward"):
        cells.append((diagnosis.implementation.rnn_cell_forward, diagnosis.finding("rnn_cell_forward").culprit))
    cells += [(pieces.cell_forward(*activations), blame) for activations, blame in own_activations(diagnosis)]
    return cells


FINDERS: dict[str, Callable[[Diagnosis], Finding]] = {
    "tanh_forward": activation("tanh_forward"),
    "softmax_forward": activation("softmax_forward"),
    "rnn_cell_forward": cell,
    "rnn_forward": network,
}

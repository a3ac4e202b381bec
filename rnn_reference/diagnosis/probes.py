"""Mistakes that a single call does not show: what differs between calls, what is written to, sizes in the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import ACTIVATION, BACKWARD, CELL_BACKWARD, CELL_FORWARD, FORWARD
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.cells.fault import catalogue
from rnn_reference.diagnosis.caches import modifies_its_cache
from rnn_reference.diagnosis.crashes import crash_named
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.faults import faults_named
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.question import backward_call
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.patterns import in_words
from rnn_reference.problems.problem import Problem
from rnn_reference.problems.sizes import SMALL

COURSE = {"n_x": 3, "n_a": 5, "n_y": 2, "m": 10, "T_x": 4}
"""The sizes of the problems in the document."""

FEW_VALUES = (*range(1, 18), 20, 24, 25, 32, 33)
"""The values of a size for which a pattern is looked for."""

Call = Callable[[], dict[str, Any]]


def depends_on(signature: Signature) -> tuple[str, ...]:
    """Returns the functions whose mistakes can show in this one."""
    cell = signature.cell
    below = {
        ACTIVATION: (),
        CELL_FORWARD: tuple(cell.activations),
        FORWARD: (cell.cell_forward.name,),
        CELL_BACKWARD: (cell.cell_forward.name,),
        BACKWARD: (cell.forward.name, cell.cell_backward.name),
    }
    return below[signature.role]


def crashing(subject: Subject, signature: Signature, finding: Finding) -> Finding | None:
    """Returns the finding with the mistake behind its exception, if the function raises one on the first problem."""
    problem = subject.problems(signature.cell)[0]
    try:
        _caller(subject.implementation, signature, problem)()
    except Outcome as outcome:
        return crash_named(finding, outcome, problem.T_x)
    return None


def _caller(own: Implementation, signature: Signature, problem: Problem) -> Call:
    """Returns a function that repeats the same call; a backward function always gets the same cache."""
    if signature.takes_cache:
        forward = own.ask(signature.partner.name, *problem.arguments(signature.partner))
        _, arguments = backward_call(
            signature, problem.cotangents_of(signature), forward[signature.partner.returns[-1]]
        )
    else:
        arguments = problem.arguments(signature)

    def call() -> dict[str, Any]:
        results = own.ask(signature.name, *arguments)
        return {name: results[name] for name in signature.tensors if name in results}

    return call


def _largest(array: Array) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))


def _same(first: dict[str, Array], second: dict[str, Array], u: float) -> bool:
    """True if two results differ by no more than the effect of another order of summation."""
    return all(
        a.shape == second[name].shape
        and bool(np.all(difference(a, second[name]) <= np.sqrt(u) * (1 + _largest(second[name]))))
        for name, a in first.items()
    )


def not_the_same_twice(subject: Subject, signature: Signature) -> Finding | None:
    """Returns the finding on a function whose second equal call gives other values; else None."""
    function, problem = signature.name, subject.problems(signature.cell)[0]
    try:
        call = _caller(subject.implementation, signature, problem)
        first = call()
    except Outcome:
        return None
    try:
        second = call()
    except Outcome:
        second = {}
    if second and _same(first, second, subject.u):
        return None
    for below in depends_on(signature):
        if subject.wrong(below) and _changes(subject.finding(below)):
            return Finding(function, "consequence", subject.finding(below).culprit)
    consumed = _consumed(subject, signature, problem)
    return consumed or (_why_it_changes(subject, signature, problem) if second else None)


def _consumed(subject: Subject, signature: Signature, problem: Problem) -> Finding | None:
    """Returns the finding on a backward function that uses up its cache, if people make this mistake in it."""
    own = [f for f in catalogue(signature.cell) if (f.id, f.function) == ("cache-consumed", signature.name)]
    if own and modifies_its_cache(subject.implementation, signature, problem):
        return Finding(signature.name, "wrong", matches=(own[0],))
    return None


def _why_it_changes(subject: Subject, signature: Signature, problem: Problem) -> Finding:
    """Returns the finding on a function that changes from call to call: of these causes, the one that it has."""
    function = signature.name
    kept, random = faults_named("state-between-calls")[0], faults_named("not-repeatable")[0]
    if subject.restart is None:
        return Finding(function, "wrong", matches=(kept, random))
    starts = [_from_the_start(subject.restart(filled), signature, problem) for filled in (False, True)]
    if not all(_same(a, b, subject.u) for a, b in zip(*starts, strict=True)):
        return Finding(function, "wrong", matches=(random,))
    if signature.takes_cache and modifies_its_cache(subject.implementation, signature, problem):
        what = f"{function} modifies its cache: a second call with the same cache gives other values"
        return Finding(function, "wrong", lines=(("cache", what),))
    return Finding(function, "wrong", matches=(kept,))


def starting_from_anything(subject: Subject, signature: Signature, finding: Finding) -> Finding:
    """Returns the finding, named if what ``np.empty`` gives enters the values. In one process that may not change."""
    if subject.restart is None or any(subject.wrong(below) for below in depends_on(signature)):
        return finding
    problem = subject.problems(signature.cell)[0]
    try:
        first, filled = (_caller(subject.restart(fill), signature, problem)() for fill in (False, True))
    except Outcome:
        return finding
    same = _same(first, filled, subject.u)
    return finding if same else finding.with_(matches=(faults_named("not-repeatable")[0],))


def _changes(finding: Finding) -> bool:
    ids = {fault.id for fault in finding.matches}
    return finding.status == "consequence" or bool(ids & {"state-between-calls", "not-repeatable", "cache-consumed"})


def _from_the_start(fresh: Implementation, signature: Signature, problem: Problem) -> list[dict[str, Array]]:
    call = _caller(fresh, signature, problem)
    return [call(), call()]


def hard_coded(
    subject: Subject, signature: Signature, finding: Finding, by_value: Callable[[Subject, str], Finding]
) -> Finding:
    """Names ``sizes-hard-coded`` if the function is right at the course's sizes, and wrong at others of one size.

    If it is right at some others, a line says the pattern of those where it is wrong: parity, multiples, a threshold.
    """

    def right(**sizes: int) -> bool:
        problems = [Problem(seed=seed).at(**SMALL | sizes) for seed in (1, 2)]
        return by_value(subject.elsewhere(problems), signature.name).status in ("right", "consequence")

    if signature.role == ACTIVATION:
        return finding
    if right(**COURSE):
        fixed = [
            name
            for name, size in COURSE.items()
            if not any(right(**COURSE | {name: other}) for other in (size - 1, size + 1, size + 2, 2 * size, 3 * size))
        ]
        if fixed:
            sizes = ", ".join(f"{name}={COURSE[name]}" for name in fixed)
            return finding.with_(matches=(faults_named("sizes-hard-coded")[0],), lines=(("right", f"only at {sizes}"),))
    bases = [SMALL, COURSE, *({**SMALL, axis: size + 1} for axis, size in SMALL.items())]
    base = next((sizes for sizes in bases if right(**sizes)), None)
    return finding if base is None else finding.with_(lines=(*_patterns(right, base), *finding.lines))


def _patterns(right: Callable[..., bool], base: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yields a line with the pattern of the first size at which the function is wrong, and the sizes where it is right.

    It is right at the sizes ``base``.
    """
    for axis, size in base.items():
        if right(**{**base, axis: size + 1}) and right(**{**base, axis: size + 2}):
            continue
        wrong = {value: not right(**{**base, axis: value}) for value in FEW_VALUES}
        others = " ".join(f"{name}={value}" for name, value in base.items() if name != axis)
        yield "sizes", f"wrong {in_words(axis, wrong)}; with {others}"
        return

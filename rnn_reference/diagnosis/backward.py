"""Findings on the two backward functions of a cell, given the results of the forward function before them.

A backward function is right if it returns the gradient. After a wrong forward function it is not to blame if it returns
the gradient at the wrong states, or the derivative of the wrong forward function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from rnn_reference.cells.cell import BACKWARD, CELL_BACKWARD, Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.cells.edited_steps import right_step_backward
from rnn_reference.cells.fault import Fault
from rnn_reference.diagnosis.cache_sources import CacheSource, caches_of_loop, distinct, own_caches, sources_after
from rnn_reference.diagnosis.caches import documented, documented_step, dropped
from rnn_reference.diagnosis.crashes import removed_name
from rnn_reference.diagnosis.findings import Finding, matching, unnamed
from rnn_reference.diagnosis.forward import result_or_outcome
from rnn_reference.diagnosis.hypotheses import Loop, backward_loops, both_made, faults_of, right_loop
from rnn_reference.diagnosis.long_sequences import LONG, truncated
from rnn_reference.diagnosis.matching import Case, both_fail, explains
from rnn_reference.diagnosis.nearest import Lines, nearest
from rnn_reference.diagnosis.nearest_edits import backward_edits
from rnn_reference.diagnosis.own_derivative import is_derivative
from rnn_reference.diagnosis.pairs import pairs_of
from rnn_reference.diagnosis.step_caches import at_cache_of, at_own_states, at_right_states, own_cache, steps_behind
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.diagnosis.unused_inputs import without_unused
from rnn_reference.implementations.question import backward_call
from rnn_reference.outcomes import Crashed, Outcome

CACHE_FAULTS = ("shared-cache", "initial-cell-is-view")


def sequence(subject: Subject, signature: Signature) -> Finding:
    """Returns the finding on the backward function of the sequence, given the implementation's other functions."""
    function, cell, u = signature.name, signature.cell, subject.u
    forward = subject.finding(signature.partner.name)
    cases = list(_cases(subject, signature))
    if not cases:
        return Finding(function, "consequence", forward.culprit)
    right = CacheSource(cell, caches_of_loop(right_loop(cell)))
    if explains(right.right_model, cases, u):
        cut = truncated(right, _long(subject, signature, forward), u) if subject.naming else ()
        return Finding(function, "wrong", matches=cut) if cut else Finding(function)
    sources = distinct(sources_after(subject, cell, forward), cases[0])
    for source in sources:
        if explains(source.right_model, cases, u) or both_fail(source.right_model, cases):
            return Finding(function, "consequence", source.blame)
    if forward.is_right:
        return _in_the_caches(subject, signature, cases) or _named(subject, signature, [right, *sources], cases)
    if _not_to_be_judged(cases) or is_derivative(subject, signature, forward):
        return Finding(function, "consequence", forward.culprit)
    return _named(subject, signature, distinct([*sources, right], cases[0]), cases)


def _long(subject: Subject, signature: Signature, forward: Finding) -> list[Case]:
    """Returns a call with many steps, if the forward function is right."""
    there = subject.elsewhere([LONG.at(seed=subject.seed)], {signature.partner.name: forward})
    return list(_cases(there, signature)) if forward.is_right else []


def _not_to_be_judged(cases: list[Case]) -> bool:
    """True if every call crashes after a wrong forward function, which may be the reason."""
    return all(isinstance(case.got, Crashed) and not removed_name(case.got) for case in cases)


def _named(subject: Subject, signature: Signature, sources: list[CacheSource], cases: list[Case]) -> Finding:
    """Returns the finding on a wrong backward function, with the faults that explain it with any of the sources."""
    finding = unnamed(signature.name, sources[0].right_model, cases, subject.u)
    matches = tuple(_matching(signature, sources, cases, subject.u) if subject.naming else ())
    of_caches = bool(matches) and all(fault.id in CACHE_FAULTS for fault in matches)
    if subject.naming and not matches:
        pair = _pair(subject, signature, sources, cases)
        return (
            finding.with_(**pair) if pair else finding.described(_statements(signature, sources[0], cases, subject.u))
        )
    return finding.with_(matches=matches, blame=signature.partner.name if of_caches else "")


def _statements(signature: Signature, source: CacheSource, cases: list[Case], u: float) -> Lines:
    """Returns what is said of a backward function whose mistake has no name."""
    step = source.step or right_step_backward(signature.cell)
    edits = backward_edits(signature.cell, step, source.model, cases, u)
    return nearest(source.right_model, edits, cases, u)


def _pair(subject: Subject, signature: Signature, sources: list[CacheSource], cases: list[Case]) -> dict[str, Any]:
    """Returns two mistakes that explain the cases together with one of the sources."""
    cell = signature.cell
    for source in sources:
        hypotheses = list(backward_loops(cell, source.step))
        if subject.implementation.offers(cell.cell_backward.name):  # mistakes of the step are found there
            hypotheses = [(fault, made) for fault, made in hypotheses if fault.function == signature.name]
        pairs = pairs_of(hypotheses, source.model, both_made, source.right_model, cases, subject.u)
        if pairs:
            return {"matches": pairs[0].faults, "together": True}
    return {}


def _matching(signature: Signature, sources: list[CacheSource], cases: list[Case], u: float) -> list[Fault]:
    """Returns the faults that explain the cases with any of the sources."""
    cell = signature.cell
    matches = [f for s in sources for f, _ in matching(backward_loops(cell, s.step), s.model, cases, u)]
    if not all(case.inputs[-1] for case in cases):  # the mistake may be in caches that cannot be read
        matches += _of_the_caches(cell, cases, u)
    return matches


def _cases(subject: Subject, signature: Signature) -> Iterator[Case]:
    """Yields each call of a backward function after its forward function, with the caches that can be read."""
    own, cell, forward = subject.implementation, signature.cell, signature.partner
    for problem in subject.problems(cell):
        inputs, cotangents = problem.arguments(forward), problem.cotangents_of(signature)
        try:
            results = own.ask(forward.name, *inputs)
            cache = results[forward.returns[-1]]
            read = documented if signature.role == BACKWARD else documented_step
            kept = read(own.cache_contents(cache), problem) if signature.role == BACKWARD or cell.kept else ()
        except Outcome:
            continue  # without a forward pass there is no backward pass
        states = {s: results[f"{s}_next" if signature.role == CELL_BACKWARD else s] for s in cell.states}
        name, arguments = backward_call(signature, cotangents, cache)
        got = result_or_outcome(partial(own.ask, name, *arguments))
        if not subject.finding(forward.name).is_right and not isinstance(got, Outcome):
            got = without_unused(own, forward, inputs, states, got)
        yield Case((inputs, cotangents, states, kept), got)


def _in_the_caches(subject: Subject, signature: Signature, cases: list[Case]) -> Finding | None:
    """Returns the finding if the forward function returns right values but wrong caches, else None."""
    cell = signature.cell
    forward = cell.forward
    crashed = all(isinstance(case.got, Crashed) for case in cases)
    if crashed and dropped(subject.implementation, subject.problems(cell)[0]):
        matches = [fault for fault in faults_of(forward) if fault.id == "caches-dropped"]
        return Finding(signature.name, "wrong", forward.name, tuple(matches))
    if not explains(CacheSource(cell, own_caches, forward.name).right_model, cases, subject.u):
        return None
    found = _of_the_caches(cell, cases, subject.u)
    lines = () if found else (("caches", "they do not hold the inputs and results of the steps"),)
    return Finding(signature.name, "wrong", forward.name, tuple(found), lines=lines)


def _of_the_caches(cell: Cell, cases: list[Case], u: float) -> list[Fault]:
    """Returns the faults of the forward function that only a right backward function shows."""
    suspects = [fault for fault in faults_of(cell.forward) if fault.id in CACHE_FAULTS]
    hypotheses = [(fault, Loop(fault.of, right_loop(cell).step)) for fault in suspects]
    return [
        fault
        for fault, _ in matching(hypotheses, lambda loop: CacheSource(cell, caches_of_loop(loop)).right_model, cases, u)
    ]


def step(subject: Subject, signature: Signature) -> Finding:
    """Returns the finding on a step backward, given the implementation's own step forward."""
    function, cell, u = signature.name, signature.cell, subject.u
    forward = subject.finding(signature.partner.name)
    cases = list(_cases(subject, signature))
    if not cases:
        return Finding(function, "consequence", forward.culprit)
    right, at_right, at_own = right_step_backward(cell), at_right_states(cell), at_own_states(cell)
    if explains(at_right(right), cases, u):
        return Finding(function)
    places = [at_right]
    if not forward.is_right:
        after = [at_own, *(at_cache_of(cell, place) for place in steps_behind(cell, forward))]
        if any(explains(place(right), cases, u) for place in after) or is_derivative(subject, signature, forward):
            return Finding(function, "consequence", forward.culprit)
        places = [*after, at_right]
    elif cell.kept and explains(at_cache_of(cell, own_cache)(right), cases, u):
        return Finding(
            function, "wrong", forward.function, lines=(("caches", "they do not hold the gates of the step"),)
        )
    finding = unnamed(function, places[0](right), cases, u)
    hypotheses = [(fault, fault.of(right)) for fault in faults_of(signature)] if subject.naming else []
    matches = tuple(f for place in places for f, _ in matching(hypotheses, place, cases, u))
    tried = () if matches or not hypotheses else places
    pairs = next(filter(None, (pairs_of(hypotheses, p, both_made, p(right), cases, u) for p in tried)), [])
    named = finding.with_(matches=matches or (pairs[0].faults if pairs else ()), together=bool(pairs))
    return named.described(nearest(places[0](right), [], cases, u)) if tried else named


FINDERS: dict[str, Callable[[Subject, Signature], Finding]] = {CELL_BACKWARD: step, BACKWARD: sequence}

"""Side effects of a call: modified arguments, and caches that share their states."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.cells.fault import Fault, catalogue
from rnn_reference.diagnosis.caches import overwritten_start, share_their_states
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.probes import depends_on
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.faults import faults_named
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.question import Question, forward_backward, repeated
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.problem import Problem


def with_modified_inputs(subject: Subject, signature: Signature, finding: Finding) -> Finding:
    """Returns the finding with the side effect, if the function modifies its arguments."""
    problems = subject.problems(signature.cell)
    found = (_modified(subject.implementation, signature, problem) for problem in problems)
    modified = next((names for names in found if names is not None), [])
    below = [name for name in depends_on(signature) if subject.wrong(name) and subject.finding(name).modifies_arguments]
    if below:  # the other function may be the one that modifies the arguments
        spoilt = modified or (finding.status == "wrong" and not finding.matches)
        return finding.with_(status="consequence", blame=subject.finding(below[0]).culprit) if spoilt else finding
    if not modified:
        return finding
    cotangents = {name for name in (*signature.arguments, *signature.optional) if name.startswith("d")}
    id = "cotangent-overwritten" if set(modified) <= cotangents else "inputs-modified"
    return finding.with_(side_effects=(*finding.side_effects, _fault_of(signature, id, modified[0])))


def _fault_of(signature: Signature, id: str, name: str) -> Fault:
    """Returns the fault of this function with this id, if possible the one whose sentence begins with ``name``."""
    own = [fault for fault in catalogue(signature.cell) if (fault.id, fault.function) == (id, signature.name)]
    return min(own or faults_named(id), key=lambda fault: not fault.sentence.startswith(f"{name} "))


def _modified(own: Implementation, signature: Signature, problem: Problem) -> list[str] | None:
    """Returns the names of arrays that a call of the function modifies; None if the call fails.

    Changes by the forward function before a backward function do not count: it is also called alone, for comparison.
    """

    def arrays() -> dict[str, Any]:
        forward = signature.partner if signature.takes_cache else signature
        given = forward.named(problem.arguments(forward))
        if signature.takes_cache:
            given |= problem.cotangents_of(signature)
        return {name: _in_dtype(value, own.dtype) for name, value in given.items()}

    before, given = arrays(), arrays()
    try:
        own.answers(_question(signature, before, given))
    except Outcome:
        return None
    now, then = _flat(given), _flat(before)
    return [name for name in then if not np.array_equal(now[name], then[name], equal_nan=True)]


def _question(signature: Signature, before: dict[str, Any], given: dict[str, Any]) -> Question:
    """Returns a call with the arrays of ``given`` themselves; before a backward function also its forward function."""
    if not signature.takes_cache:
        return repeated(signature, signature.ordered(given), copy=False)
    forward = signature.partner
    cotangents = {name: given[name] for name in (*signature.arguments, *signature.optional) if name in given}
    calls = forward_backward(forward, forward.ordered(given), cotangents).calls
    return Question([(forward.name, forward.ordered(before)), *calls], copy=False)


def _in_dtype(value: Any, dtype: str) -> Any:
    if isinstance(value, dict):
        return {name: _in_dtype(one, dtype) for name, one in value.items()}
    return np.array(value, dtype=dtype, order="C")


def _flat(arrays: dict[str, Any]) -> dict[str, Array]:
    flat: dict[str, Array] = {}
    for name, value in arrays.items():
        flat |= _flat(value) if isinstance(value, dict) else {name: value}
    return flat


def with_globals(subject: Subject, signature: Signature, finding: Finding) -> Finding:
    """Returns the finding with the side effect, if the function reads its weights from the notebook around it."""
    if not subject.implementation.reads_globals(signature.name):
        return finding
    return finding.with_(side_effects=(*finding.side_effects, faults_named("weights-from-globals")[0]))


def with_shared_caches(subject: Subject, signature: Signature, finding: Finding) -> Finding:
    """Returns the finding on a forward function with the side effect, if its caches hold states of other steps."""
    problem = subject.problems(signature.cell)[0]
    try:
        results = subject.implementation.ask(signature.name, *problem.inputs)
        caches = subject.implementation.cache_contents(results["caches"])
    except Outcome:
        return finding
    if share_their_states(caches, results, problem):
        return finding.with_(side_effects=(*finding.side_effects, faults_named("shared-cache")[0]))
    own = {fault.id: fault for fault in catalogue(signature.cell) if fault.function == signature.name}
    if "initial-cell-is-view" in own and overwritten_start(caches, results, problem):
        return finding.with_(side_effects=(*finding.side_effects, own["initial-cell-is-view"]))
    return finding

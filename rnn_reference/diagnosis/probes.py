"""Mistakes that a single call does not show: what differs between calls, what is written to, sizes in the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.diagnosis.caches import same_at_every_step
from rnn_reference.diagnosis.crashes import crash_named
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.faults import named
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.returned import triple_of
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.problem import Problem

if TYPE_CHECKING:
    from rnn_reference.diagnosis.explain import Diagnosis

COURSE = {"n_x": 3, "n_a": 5, "n_y": 2, "m": 10, "T_x": 4}
"""The sizes of the document's own problems."""

STANDS_ON = {
    "tanh_forward": (),
    "softmax_forward": (),
    "rnn_cell_forward": ("tanh_forward", "softmax_forward"),
    "rnn_forward": ("rnn_cell_forward",),
    "rnn_cell_backward": ("rnn_cell_forward",),
    "rnn_backward": ("rnn_forward", "rnn_cell_backward"),
}
"""What a mistake may have come from."""


def crashing(diagnosis: Diagnosis, finding: Finding) -> Finding | None:
    """The finding with what its exception says, if the function raises one on the first problem."""
    problem = diagnosis.problems[0]
    try:
        _caller(diagnosis.implementation, finding.function, problem)()
    except Outcome as outcome:
        return crash_named(finding, outcome, problem.T_x)
    return None


def _caller(own: Implementation, function: str, problem: Problem) -> Callable[[], Any]:
    """The function on the problem, ready to be called over and over."""
    xt, a_prev, parameters = problem.step
    if function in ("tanh_forward", "softmax_forward"):
        return lambda: getattr(own, function)(xt)
    if function == "rnn_cell_forward":
        return lambda: own.rnn_cell_forward(xt, a_prev, parameters)[:2]
    if function == "rnn_forward":
        return lambda: own.rnn_forward(*problem.inputs)[:2]
    if function == "rnn_cell_backward":
        cache = own.rnn_cell_forward(xt, a_prev, parameters)[2]
        return lambda: own.rnn_cell_backward(problem.da[:, :, 0], cache)
    caches = own.rnn_forward(*problem.inputs)[2]
    return lambda: own.rnn_backward(problem.da, caches)


def _flat(result: Any) -> list[Any]:
    if isinstance(result, dict):
        return [result[name] for name in sorted(result)]
    return list(result) if isinstance(result, tuple) else [result]


def _largest(array: Array) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))


def _same(first: Any, second: Any, u: float) -> bool:
    """Whether two results differ by no more than the order of summation may make them."""
    return all(
        a.shape == b.shape and bool(np.all(difference(a, b) <= np.sqrt(u) * (1 + _largest(b))))
        for a, b in zip(_flat(first), _flat(second), strict=True)
    )


def not_the_same_twice(diagnosis: Diagnosis, function: str) -> Finding | None:
    """The finding on a function that gives other values when it is called again."""
    try:
        call = _caller(diagnosis.implementation, function, diagnosis.problems[0])
        first, second = call(), call()
    except Outcome:
        return None
    if _same(first, second, diagnosis.u):
        return None
    for below in STANDS_ON[function]:
        if diagnosis.wrong(below) and _changes(diagnosis.finding(below)):
            return Finding(function, "follows", diagnosis.finding(below).culprit)
    kept, random = named("state-between-calls")[0], named("not-repeatable")[0]
    if diagnosis.restart is None:
        return Finding(function, "wrong", matches=(kept, random))
    starts = [_from_the_start(diagnosis.restart(), function, diagnosis.problems[0]) for _ in range(2)]
    again = all(_same(a, b, diagnosis.u) for a, b in zip(*starts, strict=True))
    return Finding(function, "wrong", matches=(kept if again else random,))


def _changes(finding: Finding) -> bool:
    ids = {fault.id for fault in finding.matches}
    return finding.status == "follows" or bool(ids & {"state-between-calls", "not-repeatable"})


def _from_the_start(fresh: Implementation, function: str, problem: Problem) -> list[Any]:
    call = _caller(fresh, function, problem)
    return [call(), call()]


def with_modified_inputs(diagnosis: Diagnosis, finding: Finding) -> Finding:
    """The finding, and beside it that the function writes to what it is handed."""
    function = finding.function
    changed = next((names for problem in diagnosis.problems
                    if (names := _changed(diagnosis.implementation, function, problem)) is not None), [])  # fmt: skip
    below = [name for name in STANDS_ON[function] if diagnosis.wrong(name) and diagnosis.finding(name).writes]
    if below:  # what it changes, and what comes of that, may be that one's doing
        spoilt = changed or (finding.status == "wrong" and not finding.matches)
        return finding.with_(status="follows", blame=diagnosis.finding(below[0]).culprit) if spoilt else finding
    if not changed:
        return finding
    fault = named("cotangent-overwritten" if changed == ["da"] else "inputs-modified")[0]
    return finding.with_(beside=(*finding.beside, fault))


def _changed(own: Implementation, function: str, problem: Problem) -> list[str] | None:
    """What is not as before after a call of the function; None if it cannot be called."""
    given, before = _given(problem, own.dtype), _given(problem, own.dtype)
    try:
        _call_as_they_are(own, function, given, before)
    except Outcome:
        return None
    return [name for name in given if not np.array_equal(given[name], before[name], equal_nan=True)]


def _given(problem: Problem, dtype: str) -> dict[str, Any]:
    arrays = {"x": problem.x, "a0": problem.a0, "da": problem.da, "xt": problem.x[:, :, 0], **problem.parameters}
    return {name: np.array(value, dtype=dtype, order="C") for name, value in arrays.items()}


def _call_as_they_are(own: Implementation, function: str, given: dict[str, Any], before: dict[str, Any]) -> None:
    """Call the function with these very arrays; ``before`` is what they hold when its turn comes."""
    parameters = {name: given[name] for name in ("Wax", "Waa", "Wya", "ba", "by")}
    if function in ("tanh_forward", "softmax_forward"):
        own.call(function, given["xt"], as_they_are=True)
        return
    forward = "rnn_cell_forward" if "cell" in function else "rnn_forward"
    x = given["xt"] if "cell" in function else given["x"]
    result = own.call(forward, x, given["a0"], parameters, as_they_are=True)
    if function != forward:
        _, _, cache = triple_of(forward, ("its states", "its predictions", "its cache"), result)
        before.update({name: value.copy() for name, value in given.items()})
        if "cell" in function:
            given["da"] = np.ascontiguousarray(given["da"][:, :, 0])
            before["da"] = given["da"].copy()
        own.call(function, given["da"], cache, as_they_are=True)


def with_shared_caches(diagnosis: Diagnosis, finding: Finding) -> Finding:
    """The finding on ``rnn_forward``, and beside it that the caches of all steps hold the same states."""
    problem = diagnosis.problems[0]
    try:
        caches = diagnosis.implementation.rnn_forward(*problem.inputs)[2]
        shared = same_at_every_step(diagnosis.implementation.inside(caches), problem)
    except Outcome:
        return finding
    return finding.with_(beside=(*finding.beside, named("shared-cache")[0])) if shared else finding


def hard_coded(diagnosis: Diagnosis, finding: Finding) -> Finding:
    """The finding, named if the function is right at the course's sizes, and wrong on both sides of one of them."""

    def right(**sizes: int) -> bool:
        problems = [Problem(seed=seed).at(**COURSE | sizes) for seed in (1, 2)]
        there = type(diagnosis)(diagnosis.implementation, problems=problems, naming=False)
        return there.by_value(finding.function).status in ("right", "follows")

    if finding.function in ("tanh_forward", "softmax_forward") or not right():
        return finding
    fixed = [name for name, size in COURSE.items() if not right(**{name: size - 1}) and not right(**{name: size + 1})]
    if not fixed:
        return finding
    sizes = ", ".join(f"{name}={COURSE[name]}" for name in fixed)
    return finding.with_(matches=(named("sizes-hard-coded")[0],), lines=(("right", f"at {sizes} alone"),))

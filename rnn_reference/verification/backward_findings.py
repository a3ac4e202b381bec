"""What is found about the two functions of the backward pass, given what the forward pass before them gives.

A backward pass is right if it gives the gradient. After a wrong forward pass it is not to blame either if it gives
the gradient at the states that it was handed, or the derivative of that forward pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arguments import Array
from rnn_reference.faults import Fault, pieces
from rnn_reference.faults.fault import Function
from rnn_reference.stepwise import backward_of, forward_of
from rnn_reference.verification.caches import documented, dropped
from rnn_reference.verification.findings import Finding, matching, unnamed
from rnn_reference.verification.forward_findings import got
from rnn_reference.verification.hypotheses import RIGHT_LOOP, Loop, backward_loops, caches_of, faults_of
from rnn_reference.verification.matching import Case, Model, both_fail, explains
from rnn_reference.verification.crashes import removed_name
from rnn_reference.verification.outcomes import Crashed, Outcome
from rnn_reference.verification.own_derivative import is_derivative

if TYPE_CHECKING:
    from rnn_reference.verification.diagnosis import Diagnosis

RIGHT = pieces.cell_backward()
CACHES = ("shared-cache",)


@dataclass(frozen=True)
class Base:
    """Where the caches of a backward pass come from: ``caches(x, a0, parameters, da, a, kept)``.

    ``a`` are the states that the implementation gave, ``kept`` its caches where they have the document's form.
    ``cell``: the implementation's own backward step, where the caches are of its own form. ``blame`` is the function
    that is not right, if the caches are not.
    """

    caches: Callable[..., Any]
    blame: str = ""
    cell: Function | None = None
    _made: dict[int, tuple[Array, Any]] = field(default_factory=dict, compare=False)

    def at(self, x: Array, *rest: Any) -> Any:
        """The caches for these inputs, made once for each ``x`` there is."""
        if id(x) not in self._made:
            self._made[id(x)] = x, self.caches(x, *rest)
        return self._made[id(x)][1]

    def model(self, backward: Function) -> Model:
        """A backward pass on these caches, as a model."""
        return lambda x, a0, p, da, *rest: backward(da.copy(), self.at(x, a0, p, da, *rest))

    @property
    def plain(self) -> Model:
        """The right loop over the cell that the caches are for."""
        return self.model(backward_of(self.cell or RIGHT))

    def same_as(self, other: Base, case: Case) -> bool:
        """Whether the two hold the same numbers, so that one of them is enough."""
        if self.cell or other.cell:
            return False
        try:
            mine, others = self.at(*case.inputs)[0], other.at(*case.inputs)[0]
        except Exception:  # noqa: BLE001 (of another form, or of other sizes than they go with)
            return False
        return len(mine) == len(others) and all(
            np.allclose(a, b) for one, two in zip(mine, others, strict=True) for a, b in zip(one[:3], two[:3], strict=True)
        )


def _looped(loop: Loop) -> Callable[..., Any]:
    return lambda x, a0, p, da, a, kept: loop.forward(x, a0, p)[2]


def _kept(x: Array, a0: Array, p: Any, da: Array, a: Array, kept: tuple[Array, ...]) -> Any:
    """The implementation's own caches, where they could be read."""
    a_next, a_prev, xs = kept
    return [(*step, p) for step in zip(a_next, a_prev, xs, strict=True)], x


def _in_the_document_s_form(cell: Function) -> Function:
    def rnn_cell_forward(xt: Array, a_prev: Array, p: Any) -> Any:
        a_next, yt_pred, _ = cell(xt, a_prev, p)
        return a_next, yt_pred, (a_next, a_prev, xt, p)

    return rnn_cell_forward


def network(diagnosis: Diagnosis) -> Finding:
    """The finding on ``rnn_backward``, given the implementation's own forward pass and backward step."""
    function, u = "rnn_backward", diagnosis.u
    forward = diagnosis.finding("rnn_forward")
    cases = list(_network_cases(diagnosis))
    if not cases:
        return Finding(function, "follows", forward.culprit)
    right = Base(_looped(RIGHT_LOOP))
    if explains(right.plain, cases, u):
        return Finding(function)
    bases = _distinct(_bases(diagnosis, forward), cases[0])
    for base in bases:
        if explains(base.plain, cases, u) or both_fail(base.plain, cases):
            return Finding(function, "follows", base.blame)
    kept = Base(_kept, "rnn_forward")
    if forward.is_right:
        found = _in_the_caches(diagnosis, cases, kept)
        if found:
            return found
        bases = [right, *bases]
    else:
        if _not_to_be_judged(cases) or is_derivative(diagnosis, function, forward):
            return Finding(function, "follows", forward.culprit)
        bases = _distinct([*bases, right], cases[0])
    finding = unnamed(function, bases[0].plain, cases, u)
    matches = tuple(_matching(bases, cases, u) if diagnosis.naming else ())
    of_caches = bool(matches) and all(fault.id in CACHES for fault in matches)
    return finding.with_(matches=matches, blame="rnn_forward" if of_caches else "")


def _distinct(bases: Iterable[Base], case: Case) -> list[Base]:
    kept: list[Base] = []
    for base in bases:
        if not any(base.same_as(other, case) for other in kept):
            kept.append(base)
    return kept


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
        except Outcome:
            continue  # without a forward pass there is nothing to go back through
        result = got(lambda caches=caches, da=problem.da: own.rnn_backward(da, caches))  # type: ignore[misc]
        yield Case((*problem.inputs, problem.da, a, documented(caches, problem)), result)


def _bases(diagnosis: Diagnosis, forward: Finding) -> Iterator[Base]:
    """Caches that a backward pass may have been handed and that are not right, or are for a step that is not."""
    own = diagnosis.implementation
    if not forward.is_right:
        yield Base(_kept, forward.culprit)
        yield Base(lambda x, a0, p, da, a, kept: caches_of(a, x, a0, p), forward.culprit)
        for loop in forward.loops[:4]:
            yield Base(_looped(Loop(loop.of, _in_the_document_s_form(loop.cell))), forward.culprit)
    if own.offers("rnn_cell_forward") and diagnosis.wrong("rnn_cell_backward"):
        step = diagnosis.finding("rnn_cell_backward")
        for of in list(dict.fromkeys(loop.of for loop in forward.loops)) or [forward_of]:
            yield Base(_looped(Loop(of, own.rnn_cell_forward)), step.culprit, own.rnn_cell_backward)


def _in_the_caches(diagnosis: Diagnosis, cases: list[Case], kept: Base) -> Finding | None:
    """The finding, if ``rnn_forward`` gives right values and keeps wrong caches: the mistake is its own."""
    if all(isinstance(case.got, Crashed) for case in cases) and dropped(diagnosis.implementation, diagnosis.problems[0]):
        matches = [fault for fault in faults_of("rnn_forward") if fault.id == "caches-dropped"]
        return Finding("rnn_backward", "wrong", "rnn_forward", tuple(matches))
    if not explains(kept.plain, cases, diagnosis.u):
        return None
    found = _of_the_caches(cases, diagnosis.u)
    lines = () if found else (("caches", "they do not hold what went into the steps and came out"),)
    return Finding("rnn_backward", "wrong", "rnn_forward", tuple(found), lines=lines)


def _of_the_caches(cases: list[Case], u: float) -> list[Fault]:
    """The faults of ``rnn_forward`` that a right backward pass shows, and nothing else."""
    suspects = [(fault, Loop(fault.of, RIGHT_LOOP.cell)) for fault in faults_of("rnn_forward") if fault.id in CACHES]
    return [fault for fault, _ in matching(suspects, lambda loop: Base(_looped(loop)).plain, cases, u)]


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
        result = got(lambda cache=cache, da_next=da_next: own.rnn_cell_backward(da_next, cache))  # type: ignore[misc]
        yield Case((*problem.step, da_next, a_next), result)


FINDERS: dict[str, Callable[[Diagnosis], Finding]] = {"rnn_cell_backward": cell, "rnn_backward": network}

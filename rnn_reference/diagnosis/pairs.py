"""Two mistakes in one function, found tensor by tensor: each explains the tensors that the other leaves right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple, TypeVar

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Fault
from rnn_reference.diagnosis.matching import Answer, Case, Model, attempted, explains
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Outcome

T = TypeVar("T")


class _Part(NamedTuple):
    """A mistake, the wrong tensors that it explains, and the tensors that it leaves right."""

    fault: Fault
    model: Model
    explained: frozenset[str]
    untouched: frozenset[str]


def pair_of(
    hypotheses: Iterable[tuple[Fault, T]], model: Callable[[T], Model], right: Model, cases: Sequence[Case], u: float
) -> tuple[Fault, ...]:
    """Returns two mistakes that explain every case together; empty if there are none, or several different pairs.

    Each tensor that is wrong is explained by one of them and left right by the other.
    """
    got = [case.got for case in cases if not isinstance(case.got, Outcome)]
    expected = _answers(right, cases)
    if len(got) < len(cases) or not expected:
        return ()
    names = [name for name in got[0] if all(name in one for one in got)]
    wrong = frozenset(names) - _alike(got, expected, names, u)
    parts = []
    for fault, made in hypotheses:
        answers = _answers(model(made), cases)
        untouched = _alike(answers, expected, names, u)
        explained = _alike(got, answers, names, u) - untouched
        if answers and explained and untouched >= frozenset(names) - wrong:
            parts.append(_Part(fault, model(made), explained, untouched))
    found = [
        (a, b)
        for a, b in combinations(parts, 2)
        if a.fault.id != b.fault.id and _together(a, b, wrong) and _exactly(a, b, cases, u)
    ]
    ids = {frozenset((a.fault.id, b.fault.id)) for a, b in found}
    return (found[0][0].fault, found[0][1].fault) if len(ids) == 1 else ()


def _answers(model: Model, cases: Sequence[Case]) -> list[Answer]:
    """Returns the results of a computation in every case; empty if it raises in one."""
    found = [answer for case in cases if (answer := attempted(model, case.inputs)) is not None]
    return found if len(found) == len(cases) else []


def _alike(some: Sequence[Answer], others: Sequence[Answer], names: Sequence[str], u: float) -> frozenset[str]:
    """Returns the tensors that are nearly equal in every case."""
    if not some or not others:
        return frozenset()
    both = list(zip(some, others, strict=True))
    return frozenset(name for name in names if all(_near(a[name], b[name], u) for a, b in both))


def _near(a: Array, b: Array, u: float) -> bool:
    return a.shape == b.shape and bool(np.all(difference(a, b) <= np.sqrt(u) * (1 + np.abs(b).max(initial=0.0))))


def _together(a: _Part, b: _Part, wrong: frozenset[str]) -> bool:
    """True if each wrong tensor is explained by one mistake and left right by the other, and both are needed."""
    of_a, of_b = a.explained & b.untouched, b.explained & a.untouched
    return of_a | of_b >= wrong and bool(of_a) and bool(of_b)


def _exactly(a: _Part, b: _Part, cases: Sequence[Case], u: float) -> bool:
    """True if the two explain their tensors within the tolerances."""
    of_a, of_b = a.explained & b.untouched, b.explained & a.untouched
    return _explains(a.model, cases, of_a, u) and _explains(b.model, cases, of_b, u)


def _explains(model: Model, cases: Sequence[Case], names: frozenset[str], u: float) -> bool:
    def some(*inputs: Any) -> Answer:
        answer = model(*inputs)
        return {name: answer[name] for name in names}

    return explains(some, cases, u)

"""Two mistakes in one function, made together: a search among the pairs that the results of each alone leave possible.

Each mistake alone changes some elements of the results. An element that only one of two mistakes changes has the value
that this one gives. Most pairs fail there. Of the others, those whose results come nearest are made and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Fault
from rnn_reference.diagnosis.matching import Answer, Case, Model, attempted, explains
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Outcome

T = TypeVar("T")

MOST_COMPARED, MOST_MADE = 1000, 150
"""The largest numbers of pairs that are compared with simple guesses, and that are made. They bound the time."""

Join = Callable[[T, T], Sequence[T]]
"""``join(one, other)`` returns the ways to make two mistakes together; empty if they cannot go together."""


class Pair(NamedTuple):
    """Two mistakes that explain a function together, and the function with both."""

    faults: tuple[Fault, Fault]
    made: Any


class _Seen(NamedTuple):
    """Results by element: if it differs from the right one, if it is as the subject's, and its value."""

    changed: Array
    explained: Array
    values: Array


def pairs_of(
    hypotheses: Iterable[tuple[Fault, T]],
    model: Callable[[T], Model],
    join: Join[T],
    right: Model,
    cases: Sequence[Case],
    u: float,
    apart: Sequence[Case] = (),
) -> list[Pair]:
    """Returns pairs that explain every case, all of the same two ids; empty if there are none, or of several ids.

    ``apart`` are cases in which few mistakes show, so that the likely pairs are known before they are made.
    """
    looks = _looks(right, apart, u) + _looks(right, cases, u)[:1]
    tried = [(fault, made, _side_by_side([look.at(model(made)) for look in looks])) for fault, made in hypotheses]
    usable = [(fault, made, seen) for fault, made, seen in tried if seen is not None]
    if not usable or not looks:
        return []
    rows = _Seen(*(np.array(part) for part in zip(*(seen for *_, seen in usable), strict=True)))
    right_one = _joined([look.of(look.expected) for look in looks])
    own = _joined([look.of(look.got) for look in looks])
    found = []
    for i, j in _likely(rows, right_one, own.values):
        (one, of_one, _), (other, of_other, _) = usable[i], usable[j]
        if one.id != other.id:
            found += [Pair((one, other), both) for both in join(of_one, of_other) if explains(model(both), cases, u)]
    return found if len({frozenset(fault.id for fault in pair.faults) for pair in found}) == 1 else []


class _Look(NamedTuple):
    """A case with results: the inputs, the subject's results and the right ones."""

    inputs: tuple[Any, ...]
    got: Answer
    expected: Answer
    u: float

    def at(self, model: Model) -> _Seen | None:
        """Returns what is seen of a function; None if it raises."""
        answer = attempted(model, self.inputs)
        return None if answer is None else self.of(answer)

    def of(self, answer: Answer) -> _Seen:
        """Returns what is seen of results."""
        names = [name for name in self.expected if name in self.got]
        return _by_element(answer, self.expected, self.got, names, self.u)


def _looks(right: Model, cases: Sequence[Case], u: float) -> list[_Look]:
    found = []
    for case in cases:
        expected = attempted(right, case.inputs)
        if expected is not None and not isinstance(case.got, Outcome):
            found.append(_Look(case.inputs, case.got, expected, u))
    return found


def _side_by_side(seen: Sequence[_Seen | None]) -> _Seen | None:
    """Returns what is seen in all cases; None if it is not known in one."""
    known = [one for one in seen if one is not None]
    return _joined(known) if len(known) == len(seen) and known else None


def _joined(seen: Sequence[_Seen]) -> _Seen:
    return _Seen(*(np.concatenate(part) for part in zip(*seen, strict=True)))


def _by_element(answer: Answer, expected: Answer, got: Answer, names: Sequence[str], u: float) -> _Seen:
    """Returns what is seen of one answer. A tensor of the subject that has a wrong shape counts as one element."""
    changed, explained, values = [], [], []
    for name in names:
        value, right = answer[name], expected[name]
        differs, equal = ~_near(value, right, u), _near(value, got[name], u)
        known = value if value.shape == right.shape else np.full(right.shape, np.nan)
        if got[name].shape != right.shape:
            differs, equal, known = np.array([differs.any()]), np.array([equal.all()]), np.array([np.nan])
        changed.append(differs.ravel())
        explained.append(equal.ravel())
        values.append(known.ravel())
    return _Seen(np.concatenate(changed), np.concatenate(explained), np.concatenate(values))


def _near(a: Array, b: Array, u: float) -> Array:
    """Returns for each element if the two are nearly equal; False everywhere if the shapes differ."""
    if a.shape != b.shape:
        return np.zeros(b.shape, bool)
    return np.asarray(difference(a, b) <= np.sqrt(u) * (1 + np.abs(b).max(initial=0.0)))


def _likely(seen: _Seen, right: _Seen, got: Array) -> Iterator[tuple[int, int]]:
    """Yields pairs, the most likely first."""
    changed = seen.changed.astype(np.float32)
    kept, astray = 1 - changed, changed * ~seen.explained
    against = astray @ kept.T
    against = against + against.T + (kept * ~right.explained) @ kept.T
    one, other = np.triu_indices(len(changed), 1)
    against = against[one, other]
    nearest = np.argsort(against, kind="stable")[:MOST_COMPARED]
    errors = [against[k] + _errors(seen, one[k], other[k], right.values, got) for k in nearest]
    for k in nearest[np.argsort(errors, kind="stable")[:MOST_MADE]]:
        yield int(one[k]), int(other[k])


def _errors(seen: _Seen, i: int, j: int, expected: Array, got: Array) -> float:
    """Returns the errors of the best simple guess where both mistakes change the results, each at most 1."""
    both = seen.changed[i] & seen.changed[j]
    a, b, right, wanted = seen.values[i][both], seen.values[j][both], expected[both], got[both]
    with np.errstate(all="ignore"):
        guesses = np.array([a + b - right, a * b / right, a, b])
        apart = np.minimum(np.abs(guesses - wanted) / (np.abs(wanted) + np.abs(right)), 1.0)
    return float(np.nan_to_num(apart, nan=1.0).sum(axis=1).min())

"""What is said of a wrong function without a name: the smallest edits of the right computation that give its results.

Each statement is checked in every case, and is about tensors. It is never the name of a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.words import listed
from rnn_reference.diagnosis.matching import Answer, Case, Model, attempted
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Outcome

Edit = tuple[str, Model]
"""An edit of the right computation in words, after "as if", and the computation with it."""

Lines = tuple[tuple[str, str], ...]


def nearest(right: Model, edits: Iterable[Edit], cases: Sequence[Case], u: float) -> Lines:
    """Returns lines: which tensors alone are wrong, and for the wrong ones the edit that gives them in every case.

    An edit of the computation that explains several tensors comes before a relation of one tensor with the right one.
    """
    expected = [attempted(right, case.inputs) for case in cases]
    got = [case.got for case in cases if not isinstance(case.got, Outcome)]
    known = [answer for answer in expected if answer is not None]
    if not got or len(got) < len(cases) or len(known) < len(cases):
        return ()
    names = [name for name in known[0] if all(name in one for one in got)]
    wrong = [name for name in names if not _everywhere(name, got, known, u)]
    alone = [("wrong", f"{listed(wrong)} alone")] if wrong and len(wrong) < len(names) else []
    return (*alone, *_explained(wrong, edits, got, known, cases, u))


def _explained(
    wrong: Sequence[str], edits: Iterable[Edit], got: list[Answer], right: list[Answer], cases: Sequence[Case], u: float
) -> Iterator[tuple[str, str]]:
    """Yields a line for each edit that explains wrong tensors, the one that explains most of them first."""
    left, found = list(wrong), list(_of_edits(wrong, edits, got, cases, u))
    while any(set(names) & set(left) for _, names in found):
        words, names = max(found, key=lambda one: len(set(one[1]) & set(left)))
        yield "as if", f"{words}: this gives {listed([name for name in names if name in left])}"
        left = [name for name in left if name not in names]
    for name in left:
        related = [words for words, holds in RELATIONS if _holds(holds, name, got, right, u)]
        words = next(iter(related), "") or _multiple(name, got, right, u) or _added(name, got, right, cases, u)
        if words:
            yield "as if", f"{name} {words}"


def _of_edits(
    wrong: Sequence[str], edits: Iterable[Edit], got: list[Answer], cases: Sequence[Case], u: float
) -> Iterator[tuple[str, list[str]]]:
    """Yields each edit that gives some wrong tensors in every case, with these tensors."""
    for words, model in edits:
        answers = [attempted(model, case.inputs) for case in cases]
        made = [answer for answer in answers if answer is not None]
        if len(made) == len(cases):
            names = [name for name in wrong if _everywhere(name, got, made, u)]
            if names:
                yield words, names


def _everywhere(name: str, some: Sequence[Answer], others: Sequence[Answer], u: float) -> bool:
    return all(_near(a[name], b[name], u) for a, b in zip(some, others, strict=True))


def _near(a: Array, b: Array, u: float) -> bool:
    return a.shape == b.shape and bool(np.all(difference(a, b) <= np.sqrt(u) * np.abs(b).max(initial=0.0)))


Holds = Callable[[Array, Array, float], bool]


def _is_transposed(got: Array, right: Array, u: float) -> bool:
    return right.ndim == 2 and _near(got, right.T, u)


def _is_reversed(got: Array, right: Array, u: float) -> bool:
    return right.ndim == 3 and _near(got, right[:, :, ::-1], u)


def _is_late(got: Array, right: Array, u: float) -> bool:
    return right.ndim == 3 and got.shape == right.shape and _near(got[:, :, 1:], right[:, :, :-1], u)


def _is_early(got: Array, right: Array, u: float) -> bool:
    return right.ndim == 3 and got.shape == right.shape and _near(got[:, :, :-1], right[:, :, 1:], u)


def _but_first(got: Array, right: Array, u: float) -> bool:
    return right.ndim == 3 and got.shape == right.shape and _near(got[:, :, 1:], right[:, :, 1:], u)


def _but_last(got: Array, right: Array, u: float) -> bool:
    return right.ndim == 3 and got.shape == right.shape and _near(got[:, :, :-1], right[:, :, :-1], u)


RELATIONS: tuple[tuple[str, Holds], ...] = (
    ("were transposed", _is_transposed),
    ("were in the reverse order of time", _is_reversed),
    ("were that of step t-1", _is_late),
    ("were that of step t+1", _is_early),
    ("were right but for step 0", _but_first),
    ("were right but for the last step", _but_last),
)


def _holds(holds: Holds, name: str, got: Sequence[Answer], right: Sequence[Answer], u: float) -> bool:
    return all(holds(a[name], b[name], u) for a, b in zip(got, right, strict=True))


def _multiple(name: str, got: Sequence[Answer], right: Sequence[Answer], u: float) -> str:
    """Returns the words for one factor that holds in every case; "" if there is none."""
    factor = factor_of([(a[name], b[name]) for a, b in zip(got, right, strict=True)], u)
    return "" if factor is None else f"were {factor:.9g} times what it should be"


def _added(name: str, got: Sequence[Answer], right: Sequence[Answer], cases: Sequence[Case], u: float) -> str:
    """Returns the words for a multiple of the weight itself that is added to its gradient; "" if there is none."""
    weight, differences = name.removeprefix("d"), []
    for a, b, case in zip(got, right, cases, strict=True):
        p = next((one for one in _flat(case.inputs) if isinstance(one, Mapping) and weight in one), {})
        if weight not in p or a[name].shape != b[name].shape:
            return ""
        differences.append((a[name] - b[name], p[weight]))
    factor = factor_of(differences, u)
    return "" if factor is None else f"had {factor:.9g} {weight} added"


def _flat(inputs: Any) -> Iterator[Any]:
    for one in inputs:
        yield from _flat(one) if isinstance(one, tuple) else [one]


def factor_of(pairs: Sequence[tuple[Array, Array]], u: float) -> float | None:
    """Returns the number that multiplies each second array to give the first; None if there is none."""
    if any(a.shape != b.shape or not np.all(np.isfinite(a)) for a, b in pairs):
        return None
    square = sum(float(np.vdot(b, b)) for _, b in pairs)
    factor = sum(float(np.vdot(b, a)) for a, b in pairs) / square if square else 0.0
    return factor if factor and all(_near(a, factor * b, u) for a, b in pairs) else None

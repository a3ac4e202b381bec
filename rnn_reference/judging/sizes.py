"""Judges a function at many sizes. A failure is reduced to the smallest sizes that still fail, and their pattern.

At these sizes a mistake is gross: a block is left out, or an axis is confused. So the tolerance of a tensor is one
number, which no right network comes near, and the slow derivation of a tolerance for each element is not needed.
"""

import time
from collections.abc import Callable, Sequence
from itertools import combinations

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import BACKWARD, CELL_BACKWARD, CELL_FORWARD, FORWARD, Cell, Function
from rnn_reference.implementations.crash import refuses
from rnn_reference.implementations.question import forward_backward
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.compare import agrees
from rnn_reference.outcomes import Crashed, NotJudged, NotOffered, Outcome, TimedOut, Wrong
from rnn_reference.problems.answers import Tensors, reference_at
from rnn_reference.problems.patterns import TRIED, in_words, with_ends
from rnn_reference.problems.problem import NAMED, Problem
from rnn_reference.problems.sizes import AXES, SMALL, cost

BLUNT = 1024.0
"""The tolerance, in units of u times the largest value of a tensor; of the gradients of a map for each of them."""

LONG = 2.0
"""Seconds for one problem, after which no more are asked."""

FEW = 8
"""The number of problems for an implementation that is compiled for each shape."""

INNER = {FORWARD: CELL_FORWARD, BACKWARD: CELL_BACKWARD}
"""The function of a step that a function of the sequence may call."""

Sizes = dict[str, int]


def judge_sizes(judge: Judge, function: Function, problems: Sequence[Problem]) -> None:
    """Raise the outcome of the first problem at which the function is wrong or crashes.

    If it is right at ordinary sizes, the problem is reduced, and the pattern of the sizes is said. The problems are
    asked from the cheapest on, and no more of them after one that takes long. A limit that the author has stated, with
    an exception, gives a note.
    """
    why_not = _why_not(judge, function)
    if why_not:
        raise NotOffered([("", why_not)], function.name)
    look = _looking(judge, function)
    look(NAMED["T_x=6"].of(function.cell))
    refused: dict[str, Problem] = {}
    for problem in sorted(problems, key=cost)[: FEW if judge.implementation.sizes == "few" else None]:
        begun = time.monotonic()
        try:
            look(problem.of(function.cell))
        except TimedOut:
            raise NotOffered([("", f"it does not return in time at larger sizes: {problem}")], function.name) from None
        except (Wrong, Crashed) as outcome:
            if isinstance(outcome, Crashed) and refuses(outcome):
                refused.setdefault(outcome.lines[0][1], problem)
                continue
            _explain(judge, look, problem.of(function.cell))
            raise
        if time.monotonic() - begun > LONG:
            judge.notes.append(f"it takes long: sizes beyond {problem} were not asked")
            break
    judge.notes += [f"it refuses some sizes, such as {problem}: {error}" for error, problem in refused.items()]


def _why_not(judge: Judge, function: Function) -> str:
    """Returns the reason why no sizes are asked; "" if they are."""
    if judge.implementation.dtype == "float16":
        return "in float16, sums over so many terms round too much to be judged"
    if function.takes_cache and not function.cell.back:
        return f"nobody has derived the gradient of {function.cell.name}: its reference is slow at these sizes"
    return "this layout is slow at these sizes" if judge.implementation.sizes == "none" else ""


Look = Callable[[Problem], None]
"""Raises the outcome of the function on one problem."""


def _looking(judge: Judge, function: Function) -> Look:
    def look(problem: Problem) -> None:
        problem = judge.set_problem(problem)
        try:
            judge.note_error_seen(_compare(judge, function, problem))
        except (Wrong, Crashed) as outcome:
            inner = INNER.get(function.role)
            if inner and outcome.function in (None, function.name):
                outcome.function = _to_blame(judge, function.cell.function(inner), problem) or outcome.function
            raise

    return look


def _compare(judge: Judge, function: Function, problem: Problem) -> float:
    """Compares with the reference. Returns the smallest error that would have been seen."""
    own, forward = judge.implementation, function.partner if function.takes_cache else function
    right = reference_at(problem, forward)
    if not function.takes_cache:
        got = own.ask(function.name, *problem.arguments(function))
        return judge.compare(got, right, _blunt(function.cell, right, judge.u), "the reference gives")
    before, got = own.answers(forward_backward(forward, problem.arguments(forward), problem.cotangents_of(function)))
    if not agrees({name: before[name] for name in right}, right, _blunt(function.cell, right, judge.u)):
        raise NotJudged([("", f"{forward.name} is wrong at these sizes: {problem}")], function.name)
    gradients = reference_at(problem, function)
    return judge.compare(got, gradients, _blunt(function.cell, gradients, judge.u), "the gradient is")


def _blunt(cell: Cell, tensors: Tensors, u: float) -> dict[str, Array | float]:
    """Returns the tolerance: the same for the gradients of one map, since in one of them large terms may cancel."""
    together = {
        f"d{one}": [f"d{other}" for other in of.parameters] for of in cell.maps.values() for one in of.parameters
    }
    return {
        name: BLUNT * u * max(_largest(tensors[one]) for one in together.get(name, [name]) if one in tensors)
        for name in tensors
    }


def _largest(value: Array) -> float:
    return float(abs(value).max(initial=0.0))


def _to_blame(judge: Judge, inner: Function, problem: Problem) -> str | None:
    """Returns the name of the function of a step if it is wrong at these sizes, too."""
    if not judge.implementation.offers(inner.name):
        return None
    try:
        _compare(judge, inner, problem)
    except (Wrong, Crashed):
        return inner.name
    except Outcome:
        return None
    return None


def _explain(judge: Judge, look: Look, problem: Problem) -> None:
    """Raise the outcome at the smallest sizes that still fail, with the pattern of the sizes."""

    def fails(sizes: Sizes) -> bool:
        try:
            look(problem.at(**sizes))
        except (Wrong, Crashed):
            return True
        except Outcome:
            return False
        return False

    sizes = {axis: getattr(problem, axis) for axis in AXES}
    for axis in sorted(AXES, key=lambda axis: -sizes[axis]):
        smaller = sizes | {axis: SMALL[axis]}
        if smaller != sizes and fails(smaller):
            sizes = smaller
    left = [axis for axis in AXES if sizes[axis] != SMALL[axis]]
    words, sizes = _pattern(fails, sizes, left)
    try:
        look(problem.at(**sizes))
    except (Wrong, Crashed) as outcome:
        outcome.lines.append(("sizes", f"wrong {words}; right at n_x=3 n_a=5 n_y=2 m=8 T_x=6"))
        raise


def _pattern(fails: Callable[[Sizes], bool], sizes: Sizes, left: Sequence[str]) -> tuple[str, Sizes]:
    """Returns the pattern in words, and the smallest sizes that fail."""
    if len(left) == 1:
        (axis,) = left
        wrong = {value: fails(sizes | {axis: value}) for value in TRIED} | {sizes[axis]: True}
        with_ends(wrong, lambda value: fails(sizes | {axis: value}))
        first = min(value for value, is_wrong in wrong.items() if is_wrong)
        return in_words(axis, wrong), sizes | {axis: first}
    for one, other in combinations(left, 2):
        if sizes[one] == sizes[other] and not fails(sizes | {one: sizes[one] + 1}):
            together = [value for value in TRIED[:24] if fails(sizes | {one: value, other: value})]
            if len(together) > 2:
                return f"where {one} = {other}", sizes | {one: together[0], other: together[0]}
    return f"at {' '.join(f'{axis}={sizes[axis]}' for axis in left)} together", sizes

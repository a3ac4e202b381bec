"""Judges a function for arrays in another layout, against its own results for contiguous arrays."""

from collections.abc import Mapping
from typing import Any

from rnn_reference.cells.cell import CELL_FORWARD, Function
from rnn_reference.implementations.question import Question, forward_backward, repeated
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.stochastic import unit_roundoff
from rnn_reference.outcomes import Crashed, NotImplementedYet, NotJudged, NotOffered, Outcome, Wrong
from rnn_reference.problems.layouts import EVERY, laid_out, tolerance_in
from rnn_reference.problems.problem import Problem

USUAL = "for contiguous arrays it is"


def judge_layout(judge: Judge, problem: Problem, function: Function, name: str) -> None:
    """Raise Wrong if the values of a forward or backward function depend on the layout of its arguments.

    An exception is allowed: it raises NotOffered.
    """
    forward = function.partner if function.takes_cache else function
    usual, unusual = questions(judge, problem, function, name)
    expected, tolerance = judge.implementation.answers(usual), tolerance_in(problem, name, forward)
    try:
        got = judge.implementation.answers(unusual)
    except (Crashed, NotImplementedYet) as raised:
        raise NotOffered([("", f"it refuses {refusal(name, raised)}, which is allowed")], function.name) from None
    tensors = {one: expected[0][one] for one in forward.tensors}
    if function is forward:
        judge.close(got[0], tensors, tolerance, f"for {EVERY[name].words}; {USUAL}")
        judge.too_wide = None
        return
    try:
        judge.compare(got[0], tensors, tolerance, USUAL)
    except Wrong:
        reason = f"{forward.name} is wrong for {EVERY[name].words}"
        raise NotJudged([("", reason)], function.name) from None
    judge.close(got[1], expected[1], tolerance, f"for {EVERY[name].words}; {USUAL}")
    judge.too_wide = None  # the data of some layouts have fewer digits


def questions(judge: Judge, problem: Problem, function: Function, name: str) -> tuple[Question, Question]:
    """Returns the question with contiguous arrays, and that with the same numbers in the layout."""
    forward, layout = function.partner if function.takes_cache else function, EVERY[name]
    step = forward.role == CELL_FORWARD
    given = forward.named(problem.step if step else problem.inputs)
    if function.takes_cache:
        given |= problem.cotangents_of(function)
    usual, unusual = laid_out(layout, given, judge.implementation.dtype)

    def asked(arrays: Mapping[str, Any]) -> Question:
        if not function.takes_cache:
            return repeated(forward, forward.ordered(arrays))
        cotangents = {one: arrays[one] for one in problem.cotangents_of(function)}
        return forward_backward(forward, forward.ordered(arrays), cotangents)

    return asked(usual), Question(asked(unusual).calls, copy=False, read_only=layout.read_only)


def judge_activation_in(judge: Judge, function: Function, name: str) -> None:
    """The same for a function of one array, such as tanh."""
    layout = EVERY[name]
    usual, unusual = laid_out(layout, {"z": judge.draw(4, 6)}, judge.implementation.dtype)
    (expected,) = judge.implementation.answers(repeated(function, (usual["z"],)))
    question = Question([(function.name, (unusual["z"],))], copy=False, read_only=layout.read_only)
    try:
        (got,) = judge.implementation.answers(question)
    except (Crashed, NotImplementedYet) as raised:
        raise NotOffered([("", f"it refuses {refusal(name, raised)}, which is allowed")], function.name) from None
    u = max(judge.u, unit_roundoff("float32")) if layout.coarser else judge.u
    tolerance = 2 * function.cell.activations[function.name].tolerance(usual["z"].astype(float), u)
    judge.close(got, expected, {"out": tolerance}, f"for {layout.words}; {USUAL}")
    judge.too_wide = None


def refusal(name: str, raised: Outcome) -> str:
    """Returns the words for an exception. Raises the outcome of a process that has ended: that is no refusal."""
    if isinstance(raised, Crashed) and "exception" not in raised.evidence:
        raise raised
    why = raised.lines[0][1] if isinstance(raised, Crashed) else "NotImplementedError"
    return f"{EVERY[name].words} ({why})"

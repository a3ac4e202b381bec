"""Asks an implementation for float64 in float32, and judges its values by the precision of float32."""

import contextlib
from collections.abc import Iterator

from rnn_reference.cells.cell import Function
from rnn_reference.judging.judge import Judge
from rnn_reference.outcomes import Crashed, NotImplementedYet, NotJudged, NotOffered
from rnn_reference.problems.problem import Problem


@contextlib.contextmanager
def in_float32(judge: Judge, function: Function, problem: Problem) -> Iterator[Problem]:
    """Yields the problem in float32. Inside this block the implementation gets float32.

    Raises NotOffered if its arguments have another dtype than float64, or if the function refuses float32. Raises
    NotJudged for gradients after a forward function that is wrong for float32.
    """
    dtype = judge.implementation.dtype
    if dtype != "float64":
        raise NotOffered([("", f"every check hands over {dtype}")], function.name)
    with judge.in_precision("float32"):
        try:
            yield judge.set_problem(problem)
        except (Crashed, NotImplementedYet) as raised:
            refused = f"it refuses float32 ({raised.lines[0][1]}), which is allowed"
            raise NotOffered([("", refused)], function.name) from None
    if judge.doubts:
        judge.doubts.clear()
        raise NotJudged([("", f"{function.partner.name} is wrong for float32")], function.name)

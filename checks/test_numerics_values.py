"""Advice: right values that overflow on the way."""

import pytest

from rnn_reference.implementations.question import repeated
from rnn_reference.numerics.compare import require_finite
from rnn_reference.problems.special import PROBLEM, special


@pytest.mark.judges("forward")
def test_large_inputs(judge, cell):
    """{forward} is finite for very large x: tanh is no quotient of exponentials."""
    given = special(judge.set_problem(PROBLEM.of(cell)), "large", False).given
    (got,) = judge.implementation.answers(repeated(cell.forward, given.forward))
    require_finite(cell.forward.name, {s: got[s] for s in cell.states})

"""The gradients for float32, on every kind of problem. float64 is right, too."""

import pytest

from rnn_reference.implementations.question import through_a_step, through_time
from rnn_reference.judging.gradients import judge_cell, judge_network
from rnn_reference.judging.single import in_float32
from rnn_reference.problems.problem import NAMED

on_all_problems = pytest.mark.parametrize("problem", NAMED, indirect=True)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
@on_all_problems
def test_cell_float32(judge, cell, problem):
    """{cell_backward} is right for float32, to the precision of float32."""
    with in_float32(judge, cell.cell_backward, problem) as single:
        judge_cell(judge, single, judge.implementation.answers(through_a_step(single)), differentiate=False)


@pytest.mark.judges("backward", needs=("forward",))
@on_all_problems
def test_float32(judge, cell, problem):
    """{backward} is right for float32, to the precision of float32."""
    with in_float32(judge, cell.backward, problem) as single:
        judge_network(judge, single, judge.implementation.answers(through_time(single)), differentiate=False)

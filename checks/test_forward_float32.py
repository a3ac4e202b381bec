"""The values of the forward functions for float32, on every kind of problem. float64 is right, too."""

import pytest

from rnn_reference.judging.batched import run_batched
from rnn_reference.judging.single import in_float32
from rnn_reference.judging.steps import step_by_step, step_close
from rnn_reference.problems.problem import NAMED

on_all_problems = pytest.mark.parametrize("problem", NAMED, indirect=True)


@pytest.mark.judges("cell_forward")
@on_all_problems
def test_cell_float32(judge, cell, problem):
    """{cell_forward} is right for float32, to the precision of float32."""
    with in_float32(judge, cell.cell_forward, problem) as single:
        step_close(judge, single, *cell.forward.tensors)


@pytest.mark.judges("forward")
@on_all_problems
def test_float32(judge, cell, problem):
    """{forward} is right for float32, to the precision of float32."""
    with in_float32(judge, cell.forward, problem) as single:
        run_batched(judge, [(single, step_by_step(judge, single, *cell.forward.tensors))])

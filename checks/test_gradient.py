"""The gradients: against the numerical derivative of the implementation's own forward pass, and the reference's.

Where the forward pass is wrong, a backward pass that is right for it is not blamed.
"""

import pytest

from rnn_reference.judging.gradients import judge_cell, judge_network, judge_spots, through_a_step, through_time
from rnn_reference.problems.problem import NAMED, ORDINARY

on_all_problems = pytest.mark.parametrize("problem", NAMED, indirect=True)


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
@on_all_problems
def test_cell(judge, problem):
    """rnn_cell_backward is the derivative of the implementation's own rnn_cell_forward."""
    judge_cell(judge, problem, judge.implementation.answers(through_a_step(problem)))


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@on_all_problems
def test_network(judge, problem):
    """rnn_backward is the derivative of the implementation's own rnn_forward, through time."""
    judge_network(judge, problem, judge.implementation.answers(through_time(problem)))


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("problem", ORDINARY, indirect=True)
def test_spot(judge, problem):
    """One element of each input, moved by itself, moves the loss as its gradient says."""
    judge_spots(judge, problem, judge.implementation.answers(through_time(problem)))


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
def test_cell_fresh(judge, every_problem):
    """rnn_cell_backward is right on problems of any size."""

    @every_problem
    def ask(problem, t):
        judge_cell(judge, problem, (yield through_a_step(problem)), differentiate=False)


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_network_fresh(judge, every_problem):
    """rnn_backward is right on problems of any size."""

    @every_problem
    def ask(problem, t):
        judge_network(judge, problem, (yield through_time(problem)), differentiate=False)

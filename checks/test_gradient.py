"""The gradients, compared with the derivative of the implementation's own forward function and with the reference.

If the forward function is wrong, a backward function that is right for it is not blamed.
"""

import pytest

from rnn_reference.implementations.question import through_a_step, through_time
from rnn_reference.judging.gradients import judge_cell, judge_network
from rnn_reference.judging.sizes import judge_sizes
from rnn_reference.judging.spots import judge_spots
from rnn_reference.problems.problem import NAMED, ORDINARY

on_all_problems = pytest.mark.parametrize("problem", NAMED, indirect=True)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
@on_all_problems
def test_cell(judge, problem):
    """{cell_backward} is the derivative of the implementation's own {cell_forward}."""
    judge_cell(judge, problem, judge.implementation.answers(through_a_step(problem)))


@pytest.mark.judges("backward", needs=("forward",))
@on_all_problems
def test_network(judge, problem):
    """{backward} is the derivative of the implementation's own {forward}, through time."""
    judge_network(judge, problem, judge.implementation.answers(through_time(problem)))


@pytest.mark.judges("backward", needs=("forward",))
@pytest.mark.parametrize("problem", ORDINARY, indirect=True)
def test_spot(judge, problem):
    """Moving one element of each input changes the loss by the amount of its gradient."""
    judge_spots(judge, problem, judge.implementation.answers(through_time(problem)))


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_fresh(judge, every_problem):
    """{cell_backward} is right on problems of any size."""

    @every_problem
    def check(problem, t):
        judge_cell(judge, problem, (yield through_a_step(problem)), differentiate=False)


@pytest.mark.judges("backward", needs=("forward",))
def test_network_fresh(judge, every_problem):
    """{backward} is right on problems of any size."""

    @every_problem
    def check(problem, t):
        judge_network(judge, problem, (yield through_time(problem)), differentiate=False)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_sizes(judge, cell, sized):
    """{cell_backward} is right at the edges of tiles and blocks, and where two sizes are equal."""
    judge_sizes(judge, cell.cell_backward, sized)


@pytest.mark.judges("backward", needs=("forward",))
def test_sizes(judge, cell, sized):
    """{backward} is right at the edges of tiles, blocks and chunks, and where two sizes are equal."""
    judge_sizes(judge, cell.backward, sized)

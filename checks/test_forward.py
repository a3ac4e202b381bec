"""The values of the forward functions, on every kind of problem.

The loop is judged with the implementation's own step, if it has one. So a mistake of the step is not reported as a
mistake of the loop.
"""

import numpy as np
import pytest

from rnn_reference import softmax_forward
from rnn_reference.cells.head import softmax_tolerance
from rnn_reference.cells.rounding import bounded_tolerance
from rnn_reference.judging.batched import run_batched
from rnn_reference.judging.sizes import judge_sizes
from rnn_reference.judging.steps import step_by_step, step_close
from rnn_reference.problems.problem import NAMED

on_all_problems = pytest.mark.parametrize("problem", NAMED, indirect=True)


@pytest.mark.judges("tanh_forward")
def test_tanh(implementation, judge):
    """tanh_forward is the hyperbolic tangent, for small, ordinary and large x."""
    for scale in (1e-3, 1.0, 8.0):
        x = scale * judge.draw(5, 7)
        x[2, 3] = 0
        judge.close(
            {"out": implementation.tanh_forward(x)}, {"out": np.tanh(x)}, {"out": bounded_tolerance(x, judge.u)}
        )


@pytest.mark.judges("softmax_forward")
def test_softmax(implementation, judge):
    """softmax_forward is a distribution over axis 0, also for columns or rows of very different size."""
    for shape, apart, spread in (((4, 6), 0, 2), ((6, 3), 5, 2), ((1, 4), 0, 2), ((5, 5), 1, 2), ((4, 5), 0, 20)):
        x = spread * judge.draw(*shape) + apart * np.arange(shape[1])
        x[0, 0] = 0
        expected = {"out": softmax_forward(x)}
        judge.close({"out": implementation.softmax_forward(x)}, expected, {"out": softmax_tolerance(x, judge.u)})


@pytest.mark.judges("cell_forward")
@on_all_problems
def test_cell_state(judge, cell, problem):
    """The cell's next state is {next_state}."""
    step_close(judge, problem, *cell.states)


@pytest.mark.judges("cell_forward")
@on_all_problems
def test_cell_prediction(judge, cell, problem):
    """The cell's prediction is softmax({head_weight} {a_next} + {head_bias})."""
    step_close(judge, problem, cell.head.of_sequence)


@pytest.mark.judges("forward")
@on_all_problems
def test_states(judge, cell, problem):
    """The states are those of the cell, called step by step from {initial}."""
    run_batched(judge, [(problem, step_by_step(judge, problem, *cell.states))])


@pytest.mark.judges("forward")
@on_all_problems
def test_predictions(judge, cell, problem):
    """The predictions are those of the cell, called step by step from {initial}."""
    run_batched(judge, [(problem, step_by_step(judge, problem, cell.head.of_sequence))])


@pytest.mark.judges("forward")
def test_fresh(judge, cell, every_problem):
    """States and predictions are right on problems of any size."""

    @every_problem
    def check(problem, t):
        yield from step_by_step(judge, problem, *cell.forward.tensors)


@pytest.mark.judges("cell_forward")
def test_cell_sizes(judge, cell, sized):
    """{cell_forward} is right at the edges of tiles and blocks, and where two sizes are equal."""
    judge_sizes(judge, cell.cell_forward, sized)


@pytest.mark.judges("forward")
def test_sizes(judge, cell, sized):
    """{forward} is right at the edges of tiles, blocks and chunks, and where two sizes are equal."""
    judge_sizes(judge, cell.forward, sized)

"""The values of the forward functions, on every kind of problem.

The loop is judged with the implementation's own step, if it has one. So a mistake of the step is not reported as a
mistake of the loop.
"""

import numpy as np
import pytest

from rnn_reference import softmax_forward
from rnn_reference.cells.head import softmax_tolerance
from rnn_reference.cells.rounding import bounded_tolerance
from rnn_reference.implementations.question import repeated
from rnn_reference.judging.batched import run_batched
from rnn_reference.judging.sizes import judge_sizes
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.problems.answers import cell_answers, network_answers
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
def test_cell_state(implementation, judge, cell, problem):
    """The cell's next state is {next_state}."""
    got, right = implementation.ask(cell.cell_forward.name, *problem.step), cell_answers(problem)
    _step_close(judge, cell, got, right, cell.states)


@pytest.mark.judges("cell_forward")
@on_all_problems
def test_cell_prediction(implementation, judge, cell, problem):
    """The cell's prediction is softmax({head_weight} {a_next} + {head_bias})."""
    got, right = implementation.ask(cell.cell_forward.name, *problem.step), cell_answers(problem)
    _step_close(judge, cell, got, right, (cell.head.of_sequence,))


@pytest.mark.judges("forward")
@on_all_problems
def test_states(judge, cell, problem):
    """The states are those of the cell, called step by step from {initial}."""
    run_batched(judge, [(problem, _step_by_step(judge, cell, problem, *cell.states))])


@pytest.mark.judges("forward")
@on_all_problems
def test_predictions(judge, cell, problem):
    """The predictions are those of the cell, called step by step from {initial}."""
    run_batched(judge, [(problem, _step_by_step(judge, cell, problem, cell.head.of_sequence))])


@pytest.mark.judges("forward")
def test_fresh(judge, cell, every_problem):
    """States and predictions are right on problems of any size."""

    @every_problem
    def check(problem, t):
        yield from _step_by_step(judge, cell, problem, *cell.forward.tensors)


@pytest.mark.judges("cell_forward")
def test_cell_sizes(judge, cell, sized):
    """{cell_forward} is right at the edges of tiles and blocks, and where two sizes are equal."""
    judge_sizes(judge, cell.cell_forward, sized)


@pytest.mark.judges("forward")
def test_sizes(judge, cell, sized):
    """{forward} is right at the edges of tiles, blocks and chunks, and where two sizes are equal."""
    judge_sizes(judge, cell.forward, sized)


def _step_close(judge, cell, got, right, tensors):
    """Compare some tensors of a step with those of a sequence of one step."""
    named = {cell.of_step[name]: name for name in tensors}
    expected = {step: right.forward[name][..., 0] for step, name in named.items()}
    judge.close(got, expected, {step: right.tolerance[name][..., 0] for step, name in named.items()})


def _step_by_step(judge, cell, problem, *tensors):
    """Compare each step of the loop with the implementation's own step from the same state, or with the reference.

    If every step of a loop is a step of its cell, the loop is right.
    """
    right, source = network_answers(problem), "the reference gives"
    (got,) = yield repeated(cell.forward, problem.inputs)
    expected = right.forward
    if judge.implementation.offers(cell.cell_forward.name):
        require_shapes(got, {s: right.forward[s].shape for s in cell.states})
        each = problem.given.each_step({s: got[s] for s in cell.states})
        steps = yield repeated(cell.cell_forward, *(one.step for one in each))
        expected = {
            name: np.stack([step[cell.of_step[name]] for step in steps], axis=2) for name in cell.forward.tensors
        }
        source = "your own cell, step by step, gives"
    judge.close(got, {name: expected[name] for name in tensors}, right.tolerance, source)

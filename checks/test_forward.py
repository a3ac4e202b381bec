"""The values of the forward pass, on every kind of problem.

The loop is judged with the implementation's own cell where it has one, so that a mistake of the cell is not
reported as a mistake of the loop.
"""

import numpy as np
import pytest

from rnn_reference import softmax_forward
from rnn_reference.implementations.question import repeated
from rnn_reference.judging.batched import run_batched
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.numerics.rounding import softmax_tolerance, tanh_tolerance
from rnn_reference.problems.answers import cell_answers, network_answers
from rnn_reference.problems.problem import NAMED

on_all_problems = pytest.mark.parametrize("problem", NAMED, indirect=True)


@pytest.mark.judges("tanh_forward")
def test_tanh(implementation, judge):
    """tanh_forward is the hyperbolic tangent, near zero and where it saturates."""
    for scale in (1e-3, 1.0, 8.0):
        x = scale * judge.draw(5, 7)
        x[2, 3] = 0
        judge.close({"out": implementation.tanh_forward(x)}, {"out": np.tanh(x)}, {"out": tanh_tolerance(x, judge.u)})


@pytest.mark.judges("softmax_forward")
def test_softmax(implementation, judge):
    """softmax_forward is a distribution over axis 0, column by column, also where columns lie apart, or rows do."""
    for shape, apart, spread in (((4, 6), 0, 2), ((6, 3), 5, 2), ((1, 4), 0, 2), ((5, 5), 1, 2), ((4, 5), 0, 20)):
        x = spread * judge.draw(*shape) + apart * np.arange(shape[1])
        x[0, 0] = 0
        expected = {"out": softmax_forward(x)}
        judge.close({"out": implementation.softmax_forward(x)}, expected, {"out": softmax_tolerance(x, judge.u)})


@pytest.mark.judges("rnn_cell_forward")
@on_all_problems
def test_cell_state(implementation, judge, problem):
    """The cell's next state is tanh(Waa a_prev + Wax xt + ba)."""
    a_next, _, _ = implementation.rnn_cell_forward(*problem.step)
    right = cell_answers(problem)
    judge.close({"a_next": a_next}, {"a_next": right.a[..., 0]}, {"a_next": right.tolerance["a"][..., 0]})


@pytest.mark.judges("rnn_cell_forward")
@on_all_problems
def test_cell_prediction(implementation, judge, problem):
    """The cell's prediction is softmax(Wya a_next + by)."""
    _, yt_pred, _ = implementation.rnn_cell_forward(*problem.step)
    right = cell_answers(problem)
    judge.close({"yt_pred": yt_pred}, {"yt_pred": right.y_pred[..., 0]}, {"yt_pred": right.tolerance["y_pred"][..., 0]})


@pytest.mark.judges("rnn_forward")
@on_all_problems
def test_states(judge, problem):
    """The states are those of the cell, applied step after step from a0."""
    run_batched(judge, [(problem, _step_by_step(judge, problem, "a"))])


@pytest.mark.judges("rnn_forward")
@on_all_problems
def test_predictions(judge, problem):
    """The predictions are those of the cell, applied step after step from a0."""
    run_batched(judge, [(problem, _step_by_step(judge, problem, "y_pred"))])


@pytest.mark.judges("rnn_forward")
def test_fresh(judge, every_problem):
    """States and predictions are right on problems of any size."""

    @every_problem
    def ask(problem, t):
        yield from _step_by_step(judge, problem, "a", "y_pred")


def _step_by_step(judge, problem, *tensors):
    """Each step of the loop, against the implementation's own cell at the loop's own last state; or the reference.

    A loop whose every step is that of its cell is the loop of that cell.
    """
    right, source = network_answers(problem), "the reference gives"
    ((a, y_pred, _),) = yield repeated("rnn_forward", problem.inputs)
    expected = {"a": right.a, "y_pred": right.y_pred}
    if judge.implementation.offers("rnn_cell_forward"):
        x, a0, parameters = problem.inputs
        require_shapes({"a": a}, {"a": right.a.shape})
        before = np.concatenate([a0[:, :, None], a[:, :, :-1]], axis=2)
        steps = yield repeated(
            "rnn_cell_forward", *((x[:, :, t], before[:, :, t], parameters) for t in range(problem.T_x))
        )
        expected = {name: np.stack([step[part] for step in steps], axis=2) for part, name in enumerate(expected)}
        source = "your own cell, step by step, gives"
    judge.close({"a": a, "y_pred": y_pred}, {name: expected[name] for name in tensors}, right.tolerance, source)

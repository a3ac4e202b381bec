"""The form of each function: what it is called with, what it returns, and the shapes of that.

Values are the other groups' business. A function that fails here is called in a way that the document's API does
not have, so nothing else can be said of it.
"""

import pytest

from rnn_reference.diagnosis.caches import documented, same_at_every_step
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.outcomes import NotOffered, Wrong
from rnn_reference.problems.problem import ORDINARY

on_ordinary_problems = pytest.mark.parametrize("problem", ORDINARY, indirect=True)


@pytest.mark.judges("tanh_forward")
def test_tanh(implementation, judge):
    """tanh_forward takes (n, m) and returns one array of that shape."""
    for shape in ((3, 2), (2, 5), (4, 1)):
        x = judge.draw(*shape)
        require_shapes({"its result": implementation.tanh_forward(x)}, {"its result": shape})


@pytest.mark.judges("softmax_forward")
def test_softmax(implementation, judge):
    """softmax_forward takes (n, m) and returns one array of that shape."""
    for shape in ((3, 2), (2, 5), (4, 1)):
        x = judge.draw(*shape)
        require_shapes({"its result": implementation.softmax_forward(x)}, {"its result": shape})


@pytest.mark.judges("rnn_cell_forward")
@on_ordinary_problems
def test_cell_forward(implementation, problem):
    """rnn_cell_forward returns a_next (n_a, m), yt_pred (n_y, m) and a cache."""
    a_next, yt_pred, _ = implementation.rnn_cell_forward(*problem.step)
    expected = {"a_next": (problem.n_a, problem.m), "yt_pred": (problem.n_y, problem.m)}
    require_shapes({"a_next": a_next, "yt_pred": yt_pred}, expected)


@pytest.mark.judges("rnn_forward")
@on_ordinary_problems
def test_network_forward(implementation, problem):
    """rnn_forward returns a (n_a, m, T_x), y_pred (n_y, m, T_x) and caches."""
    a, y_pred, _ = implementation.rnn_forward(*problem.inputs)
    whole = (problem.m, problem.T_x)
    require_shapes({"a": a, "y_pred": y_pred}, {"a": (problem.n_a, *whole), "y_pred": (problem.n_y, *whole)})


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
@on_ordinary_problems
def test_cell_backward(implementation, problem):
    """rnn_cell_backward returns a dict of dxt, da_prev, dWax, dWaa and dba, each of the shape of what it is the
    gradient of.
    """
    _, _, cache = implementation.rnn_cell_forward(*problem.step)
    gradients = implementation.rnn_cell_backward(problem.da[:, :, 0], cache)
    shapes = {name: array.shape for name, array in problem.parameters.items()}
    expected = {"dxt": (problem.n_x, problem.m), "da_prev": (problem.n_a, problem.m)}
    require_shapes(gradients, expected | {f"d{name}": shapes[name] for name in ("Wax", "Waa", "ba")})


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@on_ordinary_problems
def test_network_backward(implementation, problem):
    """rnn_backward returns a dict of dx, da0, dWax, dWaa and dba, each of the shape of what it is the gradient
    of.
    """
    _, _, caches = implementation.rnn_forward(*problem.inputs)
    gradients = implementation.rnn_backward(problem.da, caches)
    shapes = {name: array.shape for name, array in problem.parameters.items()}
    expected = {"dx": problem.x.shape, "da0": problem.a0.shape}
    require_shapes(gradients, expected | {f"d{name}": shapes[name] for name in ("Wax", "Waa", "ba")})


@pytest.mark.judges("rnn_forward")
@on_ordinary_problems
def test_caches(implementation, problem):
    """rnn_forward's caches, where they have the document's form, hold each step's own states."""
    caches = implementation.inside(implementation.rnn_forward(*problem.inputs)[2])
    if not documented(caches, problem):
        raise NotOffered([("", "its caches are of another form, which is its own business")], "rnn_forward")
    if same_at_every_step(caches, problem):
        raise Wrong([("caches", "every step's cache holds the same a_next and a_prev")])

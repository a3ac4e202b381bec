"""Random directions tell if a gradient is the derivative of a forward function at one point."""

import numpy as np
import pytest
from names import RNN

from rnn_reference import rnn_forward
from rnn_reference.numerics.directions import Claim, is_derivative_along, slopes_along
from rnn_reference.numerics.moved import ForwardCall
from rnn_reference.numerics.stochastic import SAFETY, unit_roundoff
from rnn_reference.problems.answers import network_answers
from rnn_reference.problems.problem import NAMED, Problem


def claim(problem, gradients=None, noise=0.0):
    """The claim of the reference, or of other gradients; ``noise`` is added to the states of each call."""
    rng, right = np.random.default_rng(0), network_answers(problem)

    def forward(several):
        found = [rnn_forward(run.x, run.initial["a"], run.parameters)[0] for run in several]
        return [{"a": a + noise * rng.standard_normal(a.shape)} for a in found]

    run = ForwardCall(problem.x, {"a": problem.a0}, problem.parameters)
    rounding = {"a": right.tolerance["a"] / SAFETY + noise}
    found = right.gradients if gradients is None else gradients
    return Claim(
        forward, run, problem.cotangents, rounding, found, right.tolerance, RNN.trained, unit_roundoff("float64")
    )


@pytest.mark.parametrize("name", NAMED)
def test_a_right_gradient(name):
    """The reference's gradient is the derivative of the reference at every named problem."""
    assert is_derivative_along(claim(NAMED[name])) is True


@pytest.mark.parametrize("seed", range(30))
def test_the_error_bound(seed):
    """The bound of a slope holds, and is below 1e-8."""
    for slope in slopes_along(claim(Problem(seed=seed))):
        assert abs(slope.value - slope.claimed) <= slope.bound < 1e-8


@pytest.mark.parametrize("tensor", ["dx", "da0", "dWax", "dWaa", "dba"])
def test_a_wrong_gradient(tensor):
    """A gradient with one tensor that is 0.1 % too large is not the derivative."""
    problem = NAMED["T_x=6"]
    right = network_answers(problem).gradients
    assert is_derivative_along(claim(problem, {**right, tensor: 1.001 * right[tensor]})) is False


def test_another_shape():
    """A gradient of another shape is not the derivative."""
    problem = NAMED["T_x=6"]
    found = network_answers(problem).gradients
    assert is_derivative_along(claim(problem, {**found, "dx": found["dx"][:1]})) is False


def test_it_says_that_it_cannot_tell():
    """Where rounding hides an error of 1 %, there is no answer."""
    assert is_derivative_along(claim(NAMED["T_x=6"], noise=1e-2)) is None

"""The time-step loop, forward and backward, across batch sizes.

``pytest benchmarks [--rnn=THEIRS]``; each group of the table is one size. A result is compared with the
reference before it is timed, and arrays are handed over as they are: nothing of ours is in the time.
"""

import numpy as np
import pytest

import rnn_reference
from rnn_reference.verification.problems import Problem

BATCH_SIZES = [1, 8, 32, 128, 512]


@pytest.fixture(params=BATCH_SIZES, ids=lambda m: f"m={m}")
def problem(request):
    """64 inputs, 128 units, 32 outputs, 50 steps, and a batch size."""
    return Problem(n_x=64, n_a=128, n_y=32, m=request.param, T_x=50)


def test_forward(benchmark, loop, problem):
    """Every step forward, the predictions included."""
    benchmark.group = f"forward {problem.m:>4} columns"
    inputs = problem.inputs
    a, y_pred, _ = benchmark(loop.call, "rnn_forward", *inputs, as_they_are=True)
    right, y_right, _ = rnn_reference.rnn_forward(*inputs)
    np.testing.assert_allclose(np.asarray(a), right, atol=1e-10)
    np.testing.assert_allclose(np.asarray(y_pred), y_right, atol=1e-10)


def test_backward(benchmark, loop, problem):
    """Every step backward, from caches made beforehand."""
    if not loop.offers("rnn_backward"):
        pytest.skip(f"{loop.name} offers no rnn_backward")
    benchmark.group = f"backward {problem.m:>4} columns"
    caches = loop.call("rnn_forward", *problem.inputs, as_they_are=True)[2]
    gradients = benchmark(loop.call, "rnn_backward", problem.da, caches, as_they_are=True)
    right = rnn_reference.rnn_backward(problem.da, rnn_reference.rnn_forward(*problem.inputs)[2])
    for name, value in right.items():
        np.testing.assert_allclose(np.asarray(gradients[name]), value, rtol=1e-8, atol=1e-8, err_msg=name)

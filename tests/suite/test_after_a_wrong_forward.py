"""After a wrong forward function, a backward function conforms only if it is right for it at every problem."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import rnn_reference as right

pytestmark = pytest.mark.waits


def network(back, bias=0.0, start=1.0):
    """A network without hidden biases, or one that starts elsewhere. Gradients go back through ``back`` steps."""

    def rnn_forward(x, a0, parameters):
        before = start * a0
        states = [before]
        for t in range(x.shape[2]):
            z = parameters["Wax"] @ x[:, :, t] + parameters["Waa"] @ states[-1] + bias * parameters["ba"]
            states.append(np.tanh(z))
        a = np.stack(states[1:], axis=2)
        scores = np.tensordot(parameters["Wya"], a, 1) + parameters["by"][:, :, None]
        return a, right.softmax_forward(scores), (states, x, parameters)

    def rnn_backward(da, caches):
        states, x, parameters = caches
        dx, da0 = np.zeros(x.shape), np.zeros(states[0].shape)
        dWax, dWaa, dba = (np.zeros(parameters[name].shape) for name in ("Wax", "Waa", "ba"))
        for t in range(da.shape[2]):
            carry = da[:, :, t]
            for k in range(t, max(-1, t - back), -1):
                dz = (1 - states[k + 1] ** 2) * carry
                carry = parameters["Waa"].T @ dz
                dx[:, :, k] += parameters["Wax"].T @ dz
                dWax += dz @ x[:, :, k].T
                dWaa += dz @ states[k].T
                dba += bias * dz.sum(axis=1, keepdims=True)
                da0 += start * carry if k == 0 else 0
        return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}

    return SimpleNamespace(rnn_forward=rnn_forward, rnn_backward=rnn_backward)


WRONG = {"no hidden bias": {}, "starts from zeros": {"bias": 1.0, "start": 0.0}}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("back", [4, 20])
def test_a_truncated_gradient_does_not_conform(wrong, back, suite):
    """A gradient that is cut off after 4 or 20 steps is refused, also if only the longest problem shows it."""
    run = suite(network(back, **wrong), "--rnn-examples=2", group="gradient")
    failed = [r for r in run.records.values() if r["outcome"] == "failed" and r["function"] == "rnn_backward"]
    assert failed, run.printed
    assert all("the derivative of your own" not in record["message"] for record in failed)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_the_derivative_of_a_wrong_forward_function_is_not_blamed(wrong, suite):
    """The derivative of a wrong forward function, over all steps, conforms, and a note says whose values are wrong."""
    run = suite(network(1000, **wrong), "--rnn-examples=2", group="gradient")
    blamed = [r for r in run.records.values() if r["outcome"] == "failed" and r["function"] != "rnn_forward"]
    assert not blamed, run.printed
    passed = [record for record in run.records.values() if record["outcome"] == "passed"]
    assert passed
    assert any("right for the states of that pass" in note for record in passed for note in record["notes"])


def test_only_a_derivative_of_this_point_is_named(suite):
    """A forward function that is right at one point, but ignores a0, is said to be right there and not elsewhere."""
    run = suite(network(1000, bias=1.0, start=0.0), "--rnn-only=gradient.network[zeros]", group="gradient")
    (record,) = run.records.values()
    assert (record["outcome"], record["function"]) == ("failed", "rnn_forward"), run.printed
    assert "right here, but not at other inputs and initial states" in record["message"]


def test_the_wrong_step_is_named_beside_a_loop_that_conforms(verdict_on, script):
    """A loop that is right for what its wrong step gives conforms, and a note says whose values are wrong."""
    source = """
from rnn_reference import rnn_cell_forward, rnn_forward
from rnn_reference import rnn_cell_backward as right_step

def rnn_cell_backward(da_next, cache):
    return {**right_step(da_next, cache), "da_prev": 2 * right_step(da_next, cache)["da_prev"]}

def rnn_backward(da, caches):
    caches, x = caches
    dx, sums, carry = 0 * x, None, 0
    for t in reversed(range(da.shape[2])):
        found = rnn_cell_backward(da[:, :, t] + carry, caches[t])
        dx[:, :, t], carry = found.pop("dxt"), found.pop("da_prev")
        sums = found if sums is None else {name: sums[name] + found[name] for name in found}
    return {"dx": dx, "da0": carry, **sums}
"""
    report = verdict_on(Path(script(source)).resolve()).report
    loop, step = report["functions"]["rnn_backward"], report["functions"]["rnn_cell_backward"]
    assert (loop["verdict"], step["verdict"]) == ("conforms", "wrong")
    assert "right for what rnn_cell_backward gives, whose values are wrong" in loop["notes"]
    assert not any("whose values are wrong" in note for note in step["notes"])

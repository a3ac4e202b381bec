"""Two mistakes in one function are named as two, also where both change the same results."""

from itertools import islice

import numpy as np
import pytest
from pairs import pairs_in
from suite import blamed, found

from rnn_reference.cells.registry import functions
from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation


def fault(function, id, variant):
    """One variant of a mistake in a function."""
    return next(f for f in CATALOGUE if (f.function, f.id, f.variant) == (function, id, variant))


PAIRS = [
    ("rnn_backward", ("weight-gradient-overwritten", "dWax"), ("initial-state-gradient-zero", "")),
    ("rnn_backward", ("gradient-sign", "dba"), ("input-gradient-shifted", "+1, zero")),
    ("rnn_cell_backward", ("bias-gradient-mean", ""), ("recurrent-gradient-transposed", "")),
    ("lstm_backward", ("weight-gradient-overwritten", "dWf"), ("weight-gradient-over-time", "dbo")),
    ("lstm_cell_backward", ("one-gate-missing", "f, da_prev"), ("gate-gradient-of-another", "dbi from f")),
    ("lstm_cell_backward", ("cell-carry-wrong", "forget gate missing"), ("bias-gradient-mean", "dbc")),
    ("rnn_backward", ("carry-dropped", ""), ("weight-gradient-overwritten", "dWax")),
    ("rnn_backward", ("carry-truncated", "sliding, k=2"), ("wrong-cache", "t-1")),
    ("rnn_forward", ("initial-state-ignored", ""), ("outputs-shifted", "both, +1, zero")),
    ("rnn_cell_forward", ("recurrent-transposed", ""), ("hidden-bias-missing", "")),
    ("rnn_cell_backward", ("tanh-derivative-not-squared", ""), ("recurrent-gradient-transposed", "")),
    ("lstm_cell_forward", ("gate-is-tanh", "i"), ("bias-of-another-gate", "bf for bo")),
    ("lstm_cell_backward", ("cell-slope-wrong", "without ot"), ("gate-slope-missing", "f")),
    ("lstm_forward", ("states-exchanged", "after step 0"), ("batch-leak", "runs on")),
    ("lstm_backward", ("bias-sums-from-another", "nothing carried"), ("input-gradient-shifted", "-1, round")),
]


@pytest.mark.waits
@pytest.mark.parametrize(("function", "one", "other"), PAIRS)
def test_both_are_named(function, one, other):
    """Both mistakes are named, in the function that makes them."""
    made = [fault(function, *one), fault(function, *other)]
    diagnosis = Diagnosis(Implementation("two in one", FaultyNetwork(*made)))
    ids = {id for each in made for id in each.ids}
    assert found(diagnosis) == {(function, id) for id in ids}
    assert blamed(diagnosis) == {function}
    lines = diagnosis.finding(function).lines_for_people()
    assert {text.partition(":")[0] for label, text in lines if label == "looks like"} == ids


def written_by_hand(**functions):
    """A right network with other functions."""
    network = FaultyNetwork()
    for name, function in functions.items():
        setattr(network, name, function)
    return network


def _never_advancing(x, a0, p):
    """Every step is the first one, and its cache says so."""
    *results, caches = FaultyNetwork().rnn_forward(x[:, :, [0]], a0, p)
    a, y = (np.repeat(result, x.shape[2], axis=2) for result in results)
    return a, y, (caches[0] * x.shape[2], x)


def _backward_of_a_notebook(da, caches):
    """Nothing is carried, dWaa is averaged over time."""
    steps, x = caches
    dx = np.zeros_like(x)
    dWax, dWaa, dba = 0, 0, 0
    T_x = da.shape[2]
    for t in reversed(range(T_x)):
        a_next, a_prev, xt, p = steps[t]
        dz = (1 - a_next**2) * da[:, :, t]
        dx[:, :, t] = p["Wax"].T @ dz
        da_prev = p["Waa"].T @ dz
        dWax += dz @ xt.T
        dWaa += dz @ a_prev.T / T_x
        dba += dz.sum(axis=1, keepdims=True)
    return {"dx": dx, "da0": da_prev, "dWax": dWax, "dWaa": dWaa, "dba": dba}


def _step_of_a_notebook(xt, a_prev, p):
    """Waa is transposed, and the prediction is made from the state before."""
    a_next = np.tanh(p["Wax"] @ xt + p["Waa"].T @ a_prev + p["ba"])
    scores = p["Wya"] @ a_prev + p["by"]
    e = np.exp(scores - scores.max(axis=0))
    return a_next, e / e.sum(axis=0), (a_next, a_prev, xt, p)


WRITTEN = {
    "a state that never advances": (
        {"rnn_forward": _never_advancing}, {"first-input-every-step", "initial-state-every-step"},
    ),
    "a backward loop": (
        {"rnn_backward": _backward_of_a_notebook}, {"carry-dropped", "weight-gradient-over-time"},
    ),
    "a step": ({"rnn_cell_forward": _step_of_a_notebook}, {"recurrent-transposed", "prediction-from-previous"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_written_by_hand(name):
    """Two mistakes in a function that somebody wrote without the catalogue are named as two."""
    functions, ids = WRITTEN[name]
    diagnosis = Diagnosis(Implementation(name, written_by_hand(**functions)))
    (function,) = functions
    assert {(function, id) for id in ids} <= found(diagnosis)
    assert {id for _, id in found(diagnosis)} == ids


def test_not_the_same_point():
    """Two mistakes that replace the same line cannot be made together: this is said, not guessed."""
    one, other = fault("rnn_backward", "carry-dropped", ""), fault("rnn_backward", "carry-replaces", "")
    with pytest.raises(ValueError, match="cannot go together"):
        FaultyNetwork(one, other)


FUNCTIONS = [name for name, function in functions().items() if function.role != "activation"]


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_most_pairs_are_named(function):
    """Of 60 random pairs of mistakes in a function at least 80 % are named as two, and none gets a third's name."""
    named, pairs = 0, list(islice(pairs_in(function, seed=0), 60))
    for one, other in pairs:
        names = {id for _, id in found(Diagnosis(Implementation("two in one", FaultyNetwork(one, other))))}
        assert names <= {*one.ids, *other.ids}, f"{one} and {other}"
        named += names == {*one.ids, *other.ids}
    assert named >= 0.8 * len(pairs)

"""Two mistakes in one function are named as two, where each changes results that the other leaves right."""

import numpy as np
import pytest
from suite import blamed, found

from rnn_reference.cells.functions import cell_backward_of
from rnn_reference.cells.loop import backward_of
from rnn_reference.cells.registry import function_named
from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation


def fault(function, id, variant):
    """One variant of a mistake in a function."""
    return next(f for f in CATALOGUE if (f.function, f.id, f.variant) == (function, id, variant))


def with_both(one, other):
    """A network with two mistakes in one backward function: each result is changed by the mistake that changes it."""
    function = function_named(one.function)
    cell, step = function.cell, cell_backward_of(function.cell)
    is_loop = function == cell.backward
    right = backward_of(cell, step) if is_loop else step

    def both(*arguments):
        expected, first, second = right(*arguments), one.of(step)(*arguments), other.of(step)(*arguments)
        return {n: first[n] if not np.array_equal(first[n], expected[n]) else second[n] for n in expected}

    network = FaultyNetwork(cell=cell)
    setattr(network, function.name, both)
    return network


PAIRS = [
    ("rnn_backward", ("weight-gradient-overwritten", "dWax"), ("initial-state-gradient-zero", "")),
    ("rnn_backward", ("gradient-sign", "dba"), ("input-gradient-shifted", "+1, zero")),
    ("rnn_cell_backward", ("bias-gradient-mean", ""), ("recurrent-gradient-transposed", "")),
    ("lstm_backward", ("weight-gradient-overwritten", "dWf"), ("weight-gradient-over-time", "dbo")),
    ("lstm_cell_backward", ("one-gate-missing", "f, da_prev"), ("gate-gradient-of-another", "dbi from f")),
    ("lstm_cell_backward", ("cell-carry-wrong", "forget gate missing"), ("bias-gradient-mean", "dbc")),
]


@pytest.mark.waits
@pytest.mark.parametrize(("function", "one", "other"), PAIRS)
def test_both_are_named(function, one, other):
    """Both mistakes are named, in the function that makes them."""
    network = with_both(fault(function, *one), fault(function, *other))
    diagnosis = Diagnosis(Implementation("two in one", network))
    assert found(diagnosis) == {(function, one[0]), (function, other[0])}
    assert blamed(diagnosis) == {function}
    lines = diagnosis.finding(function).lines_for_people()
    assert [text.partition(":")[0] for label, text in lines if label == "looks like"] in (
        [one[0], other[0]], [other[0], one[0]],
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("function", ["rnn_cell_backward", "rnn_backward", "lstm_cell_backward", "lstm_backward"])
def test_no_pair_gets_a_wrong_name(function):
    """Of 60 random pairs of mistakes in a function none gets the name of a third."""
    rng = np.random.default_rng(0)
    own = [f for f in CATALOGUE if f.function == function == f.stage and not f.advice]
    for _ in range(60):
        one, other = (own[k] for k in rng.choice(len(own), 2, replace=False))
        diagnosis = Diagnosis(Implementation("two in one", with_both(one, other)))
        assert {id for _, id in found(diagnosis)} <= {*one.ids, *other.ids}, f"{one} and {other}"

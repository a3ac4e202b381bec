"""A gradient that is zero is no mistake, and no part of one, if the wrong forward function does not use the input."""

from types import SimpleNamespace

import pytest
from suite import blamed, found

from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import FaultyNetwork, faults_named
from rnn_reference.implementations.implementation import Implementation


def first(id, cell="rnn"):
    """The first variant of a mistake in a cell."""
    return next(fault for fault in faults_named(id) if fault.function.startswith(cell))


def layer(*faults, zero):
    """A network without functions of a step, in which some gradients are zero."""
    network = FaultyNetwork(*faults)

    def rnn_backward(da, caches):
        return {name: (name not in zero) * g for name, g in network.rnn_backward(da, caches).items()}

    return Implementation("layer", SimpleNamespace(rnn_forward=network.rnn_forward, rnn_backward=rnn_backward))


START, BIAS = ("initial-state-ignored", "da0"), ("hidden-bias-missing", "dba")


@pytest.mark.parametrize(("id", "name"), [START, BIAS])
def test_a_consequence(id, name):
    """The backward function is not blamed."""
    assert blamed(Diagnosis(layer(first(id), zero=[name]))) == {"rnn_forward"}


@pytest.mark.parametrize(("id", "name"), [START, BIAS])
def test_the_other_mistake_alone(id, name):
    """A mistake of the backward function is named alone."""
    diagnosis = Diagnosis(layer(first(id), first("carry-dropped"), zero=[name]))
    assert found(diagnosis) == {("rnn_forward", id), ("rnn_backward", "carry-dropped")}


def test_both_unused():
    """After a forward function that uses neither the start nor the bias, a right backward function is not blamed."""
    faults = map(first, ("initial-state-ignored", "hidden-bias-missing", "output-bias-missing"))
    assert blamed(Diagnosis(layer(*faults, zero=["da0"]))) == {"rnn_forward"}


def test_used():
    """If the input is used, a gradient that stays zero is a mistake."""
    diagnosis = Diagnosis(layer(first("recurrent-transposed"), zero=["da0"]))
    assert ("rnn_backward", "initial-state-gradient-zero") in found(diagnosis)

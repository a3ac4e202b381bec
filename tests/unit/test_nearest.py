"""What is said of a mistake without a name: the smallest edit of the right computation that gives its results."""

import pytest
from uncatalogued import UNCATALOGUED

from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation

RIGHT = FaultyNetwork()


def network(**functions):
    """A right network with other functions."""
    made = FaultyNetwork()
    for name, function in functions.items():
        setattr(made, name, function)
    return made


def with_gradient(name, change):
    """A right network whose backward function changes one gradient: ``change(gradient, parameters)``."""

    def rnn_backward(da, caches):
        found = RIGHT.rnn_backward(da, caches)
        return found | {name: change(found[name], caches[0][0][3])}

    return network(rnn_backward=rnn_backward)


def of_next_and_last_step(da, caches):
    """The gradient of Wax is that of the last step; the rest is right."""
    found = RIGHT.rnn_backward(da, caches)
    last = RIGHT.rnn_cell_backward(da[:, :, -1], caches[0][-1])
    return found | {"dWax": last["dWax"]}


SAID = {
    "damped": (UNCATALOGUED["a carry that is damped"],
               {"da_prev were multiplied by 0.9 from step to step: this gives dx, da0, dWax, dWaa and dba"}),
    "decay": (with_gradient("dWax", lambda g, p: g + 0.01 * p["Wax"]), {"dWax alone", "dWax had 0.01 Wax added"}),
    "a factor": (with_gradient("dba", lambda g, p: 1.5 * g), {"dba alone", "dba were 1.5 times what it should be"}),
    "turned": (with_gradient("dx", lambda g, p: g[:, :, ::-1]),
               {"dx alone", "dx were in the reverse order of time"}),
    "last step": (network(rnn_backward=of_next_and_last_step),
                  {"dWax alone", "only the last step counted: this gives dWax"}),
    "nothing known": (UNCATALOGUED["dWaa made symmetric"], {"dWaa alone"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_said(name):
    """Which tensors are wrong is said, and the edit that gives them."""
    made, texts = SAID[name]
    lines = Diagnosis(Implementation(name, made)).finding("rnn_backward").lines
    assert {text for label, text in lines if label in ("wrong", "as if")} == texts


@pytest.mark.waits
def test_never_a_name():
    """No statement about a network without a name has the name of a mistake in it."""
    ids = {fault.id for fault in CATALOGUE}
    for name, made in UNCATALOGUED.items():
        for finding in Diagnosis(Implementation(name, made)).findings.values():
            assert not any(id in text for _, text in finding.lines for id in ids)


@pytest.mark.waits
def test_checked_at_every_problem():
    """An edit that gives the results at one size, but not at others, is not said."""

    def sometimes(gradient, parameters):
        return gradient * (1.5 if gradient.shape[2] % 2 else 1)

    lines = Diagnosis(Implementation("sometimes", with_gradient("dx", sometimes))).finding("rnn_backward").lines
    assert not any(label == "as if" for label, _ in lines)

"""An LSTM with another order of gates, or for [xt; a_prev], is told so; a mixed order is a mistake."""

import pytest
from suite import diagnosed, found, judged

from rnn_reference.cells.registry import cell_named
from rnn_reference.diagnosis.conventions import conventions_of
from rnn_reference.faults import FaultyNetwork, faults_named
from rnn_reference.implementations.conventions.converted import Converted
from rnn_reference.implementations.conventions.gates import GATE_ORDERS
from rnn_reference.implementations.conventions.known import conventions_named
from rnn_reference.implementations.implementation import Implementation

LSTM = cell_named("lstm")
RIGHT = FaultyNetwork(cell=LSTM)
WRONG = ["lstm_forward", "lstm_cell_forward"]


def by(name, functions=RIGHT):
    """A network that is right by these conventions: it applies the inverse of ``Converted``."""
    conventions = conventions_named(name)

    class Theirs:
        def lstm_cell_forward(self, xt, a_prev, c_prev, parameters):
            return functions.lstm_cell_forward(xt, a_prev, c_prev, conventions.parameters_back(parameters))

        def lstm_forward(self, x, a0, parameters, c0=None):
            given = () if c0 is None else (c0,)
            return functions.lstm_forward(x, a0, conventions.parameters_back(parameters), *given)

        def lstm_cell_backward(self, da_next, dc_next, cache):
            return self.gradients(functions.lstm_cell_backward(da_next, dc_next, cache))

        def lstm_backward(self, da, caches, dc=None):
            given = () if dc is None else (dc,)
            return self.gradients(functions.lstm_backward(da, caches, *given))

        def gradients(self, ours):
            weights = {name.removeprefix("d"): ours[name] for name in LSTM.weight_gradients}
            return {**ours, **{f"d{name}": value for name, value in conventions.parameters(weights).items()}}

    return Theirs()


SOME = ("gates-ifco", "gates-iofc", "gates-ocif", "inputs-first", "gates-ifoc+inputs-first")


@pytest.mark.parametrize("name", SOME)
def test_the_convention_is_found(name):
    """A network that is right by one of these conventions, or by two, is said to be right by it."""
    conventions = conventions_of(Implementation(name, by(name)), WRONG)
    assert {function: found.name for function, found in conventions.items()} == dict.fromkeys(
        WRONG, conventions_named(name).name
    )


@pytest.mark.waits
@pytest.mark.parametrize("name", SOME)
def test_all_functions_conform_under_it(name):
    """Under its convention everything about such a network conforms."""
    _, records = judged(Converted(Implementation(name, by(name)), conventions_named(name)), "--rnn-strict")
    assert {record["outcome"] for record in records} == {"passed", "not offered"}
    assert sum(record["outcome"] == "passed" for record in records) > 120


@pytest.mark.waits
def test_every_order_is_found():
    """Each of the 23 other orders is found by probing."""
    assert len(GATE_ORDERS) == 23
    for order in GATE_ORDERS:
        conventions = conventions_of(Implementation(order.name, by(order.name)), ["lstm_cell_forward"])
        assert [found.name for found in conventions.values()] == [order.name]


@pytest.mark.parametrize("id", ["biases-permuted", "recurrent-weights-permuted"])
def test_a_mixed_order_is_a_mistake(id):
    """Biases in another order than the weights, or a recurrent kernel in another, are no convention: it is named."""
    fault = faults_named(id)[7]
    network = FaultyNetwork(fault)
    assert not conventions_of(Implementation(id, network), WRONG)
    assert found(diagnosed(network)) == {("lstm_cell_forward", id)}


def test_the_right_network_has_no_convention():
    """A right network is not said to follow another convention."""
    assert not conventions_of(Implementation("right", RIGHT), WRONG)


@pytest.mark.waits
def test_a_mistake_under_a_convention_is_named():
    """A mistake is named under another order of the gates as it is without."""
    name = "gates-ifco"
    faulty = FaultyNetwork(next(one for one in faults_named("first-step-skipped") if one.function == "lstm_backward"))
    report, _ = judged(Converted(Implementation(name, by(name, faulty)), conventions_named(name)))
    assert report["functions"]["lstm_backward"]["faults"] == ["first-step-skipped"]
    assert report["functions"]["lstm_forward"]["verdict"] == "conforms"

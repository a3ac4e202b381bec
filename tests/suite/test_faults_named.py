"""The diagnosis names every mistake of the catalogue, and gives no mistake the name of another."""

import pytest
from names import RNN
from suite import FIRST, blamed, diagnosed, found, judged, told, wrong
from uncatalogued import UNCATALOGUED

from rnn_reference.cells.loop import backward_of
from rnn_reference.cells.registry import function_named
from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import ANY, FaultyNetwork, faults_named
from rnn_reference.implementations.implementation import Implementation

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def quick_first(faults):
    """The faults as parameters; those of the LSTM wait, except one of thirty: they take half a minute."""
    params = []
    for number, fault in enumerate(faults):
        quick = not fault.function.startswith("lstm") or number % 30 == 0
        params.append(pytest.param(fault, marks=() if quick else pytest.mark.waits, id=f"{fault.function}: {fault}"))
    return params


every_first = pytest.mark.parametrize("fault", quick_first(FIRST.values()))


def test_right_is_right():
    """A right network has no findings."""
    assert not blamed(diagnosed(FaultyNetwork()))


@every_first
def test_named(fault):
    """Each mistake is named once, in the function that makes it."""
    diagnosis = diagnosed(FaultyNetwork(fault))
    assert found(diagnosis) == {(fault.function, id) for id in fault.ids}
    assert blamed(diagnosis) == {fault.function}


@pytest.mark.parametrize("pair", [
    ("recurrent-transposed", "carry-dropped"),
    ("initial-state-every-step", "tanh-derivative-sign"),
    ("tanh-is-sigmoid", "weight-gradient-overwritten"),
    ("shared-cache", "gradient-sign"),
    ("outputs-shifted", "initial-state-gradient-zero"),
], ids=" and ".join)  # fmt: skip
def test_both_are_named(pair):
    """A mistake of the forward pass and one of the backward pass are both named."""
    faults = [faults_named(id)[0] for id in pair]
    assert found(diagnosed(FaultyNetwork(*faults))) == {(fault.function, fault.id) for fault in faults}


@pytest.mark.waits
@pytest.mark.parametrize("id", ["recurrent-transposed", "initial-state-every-step", "tanh-scaled", "batch-leak"])
def test_derivative_is_not_blamed(id):
    """A backward pass that is the derivative of a wrong forward pass is not blamed."""
    fault = faults_named(id)[0]
    assert blamed(diagnosed(FaultyNetwork(fault, consistent=True))) == {fault.function}


class Layer:
    """A framework's layer: without a cell and activations, and with opaque caches."""

    def __init__(self, network, cell):
        forward, backward = (getattr(network, function.name) for function in (cell.forward, cell.backward))

        def opaque(*arguments):
            *results, caches = forward(*arguments)
            return *results, lambda: caches

        def back(*arguments):
            given = cell.backward.named(arguments)
            return backward(*cell.backward.ordered({**given, "caches": given["caches"]()}))

        setattr(self, cell.forward.name, opaque)
        setattr(self, cell.backward.name, back)


SAME_IN_A_LAYER = ({"shared-cache", "wrong-cache"}, {"initial-cell-is-view", "previous-state-replaced"})
"""Mistakes that give the same results if the caches cannot be looked into: both are listed."""


@pytest.mark.waits
@pytest.mark.parametrize("fault", quick_first(f for f in FIRST.values() if f.stage != ANY and f.id != "caches-dropped"))
def test_named_in_a_layer(fault):
    """Without a cell, a mistake of the cell is named from the results of the whole network."""
    cell = function_named(fault.function).cell
    diagnosis = Diagnosis(Implementation("layer", Layer(FaultyNetwork(fault), cell)))
    candidates = {id for finding in diagnosis.findings.values() for id in finding.candidates}
    assert {id for _, id in found(diagnosis)} == {*fault.ids} or candidates in SAME_IN_A_LAYER


@pytest.mark.parametrize("name", UNCATALOGUED)
def test_uncatalogued_is_not_named(name):
    """A mistake that is not in the catalogue is found in one function, and given no name."""
    diagnosis = Diagnosis(Implementation(name, UNCATALOGUED[name]))
    assert not found(diagnosis)
    assert len(blamed(diagnosis)) == 1


def test_candidates_without_a_fresh_start():
    """Without a restart, randomness and state kept between calls look alike: both are candidates, neither is named."""
    network = FaultyNetwork(next(f for f in faults_named("state-between-calls") if f.function == "rnn_forward"))
    finding = Diagnosis(Implementation("network", network)).finding("rnn_forward")
    assert finding.candidates == ["state-between-calls", "not-repeatable"]


def test_truncation_is_not_a_hard_coded_size():
    """A carry cut off after four steps is right at the course's four steps, and is still no hard-coded size."""
    fault = next(f for f in faults_named("carry-truncated") if "every 4 from the start, da0 kept" in f.variant)
    assert found(diagnosed(FaultyNetwork(fault))) == {("rnn_backward", "carry-truncated")}


def changed(**functions):
    """A right network with other functions."""
    network = FaultyNetwork()
    for name, function in functions.items():
        setattr(network, name, function)
    return network


def test_stub_is_not_a_crash():
    """A function that calls a stub is not judged. Only the stub is reported, as not implemented."""

    def stub(da_next, cache):
        """To be done."""

    network = changed(rnn_cell_backward=stub, rnn_backward=backward_of(RNN, stub))
    report, _ = judged(network, "--rnn-only=protocol")
    verdicts = {name: report["functions"][name]["verdict"] for name in ("rnn_cell_backward", "rnn_backward")}
    assert verdicts == {"rnn_cell_backward": "not implemented", "rnn_backward": "not judged"}


def test_index_past_the_end():
    """An index past the last step is recognised."""

    def rnn_forward(x, a0, parameters):
        return a0 + x[0, 0, x.shape[2]]

    network = changed(rnn_forward=rnn_forward)
    lines = Diagnosis(Implementation("network", network)).finding("rnn_forward").lines
    assert lines == (("index", "6 is too large: there are T_x = 6 steps"),)


@pytest.mark.parametrize("id", ["carry-dropped", "recurrent-transposed"])
def test_the_suite_names_it(id):
    """The suite fails a wrong network, names its mistake, and calls no other function wrong."""
    fault = faults_named(id)[0]
    report, _ = judged(FaultyNetwork(fault))
    assert told(report) == {(fault.function, fault.id)}
    assert wrong(report) == {fault.function}

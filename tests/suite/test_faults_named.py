"""The catalogue and the diagnosis: every mistake is named, no mistake is given another's name."""

import numpy as np
import pytest
from names import RNN
from suite import FIRST, blamed, diagnosed, found, judged, told, wrong
from uncatalogued import UNCATALOGUED

import rnn_reference
from rnn_reference.cells.loop import backward_of
from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.faults import ANY, CATALOGUE, FaultyNetwork, named
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.problems.problem import Problem

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ids = pytest.mark.parametrize("fault", FIRST.values(), ids=lambda fault: f"{fault.function}: {fault}")


def test_pieces_are_right():
    """Without a fault, a faulty network is the reference."""
    problem, network = Problem(), FaultyNetwork()
    a, y_pred, caches = network.rnn_forward(*problem.inputs)
    right_a, right_y, right_caches = rnn_reference.rnn_forward(*problem.inputs)
    np.testing.assert_allclose(a, right_a, rtol=1e-12)
    np.testing.assert_allclose(y_pred, right_y, rtol=1e-12)
    right = rnn_reference.rnn_backward(problem.da, right_caches)
    for name, gradient in network.rnn_backward(problem.da, caches).items():
        np.testing.assert_allclose(gradient, right[name], rtol=1e-10, atol=1e-12)


def test_consistent_is_the_derivative():
    """The derivative of a right forward pass, by complex steps, is the reference's gradient."""
    problem, network = Problem(), FaultyNetwork(consistent=True)
    right = rnn_reference.rnn_backward(problem.da, rnn_reference.rnn_forward(*problem.inputs)[2])
    for name, gradient in network.rnn_backward(problem.da, network.rnn_forward(*problem.inputs)[2]).items():
        np.testing.assert_allclose(gradient, right[name], rtol=1e-10, atol=1e-12)


def test_catalogue_is_complete():
    """Every fault has a sentence and two hints, and no two are the same variant of the same function."""
    assert all(fault.sentence and fault.where and fault.change for fault in CATALOGUE)
    assert len({(fault.id, fault.function, fault.stage, fault.variant) for fault in CATALOGUE}) == len(CATALOGUE)


def test_right_is_right():
    """Nothing is found in a right network."""
    assert not blamed(diagnosed(FaultyNetwork()))


@ids
def test_named(fault):
    """Each mistake is named, and told of once, where it is made."""
    diagnosis = diagnosed(FaultyNetwork(fault))
    assert found(diagnosis) == {(fault.function, fault.id)}
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
    faults = [named(id)[0] for id in pair]
    assert found(diagnosed(FaultyNetwork(*faults))) == {(fault.function, fault.id) for fault in faults}


@pytest.mark.parametrize("id", ["recurrent-transposed", "initial-state-every-step", "tanh-scaled", "batch-leak"])
def test_derivative_is_not_blamed(id):
    """A backward pass that is the derivative of a wrong forward pass is not blamed."""
    fault = named(id)[0]
    assert blamed(diagnosed(FaultyNetwork(fault, consistent=True))) == {fault.function}


class Layer:
    """A framework's layer: no cell, no activations, caches that nobody can look into."""

    def __init__(self, network):
        self.network = network

    def rnn_forward(self, *inputs):
        a, y_pred, caches = self.network.rnn_forward(*inputs)
        return a, y_pred, lambda: caches

    def rnn_backward(self, da, caches):
        return self.network.rnn_backward(da, caches())


@pytest.mark.parametrize("fault", [f for f in FIRST.values() if f.stage != ANY and f.id != "caches-dropped"], ids=str)
def test_named_in_a_layer(fault):
    """Without a cell, a mistake of the cell is named from what the whole network gives."""
    diagnosis = Diagnosis(Implementation("layer", Layer(FaultyNetwork(fault))))
    candidates = {id for finding in diagnosis.findings.values() for id in finding.candidates}
    assert {id for _, id in found(diagnosis)} == {fault.id} or candidates == {"shared-cache", "wrong-cache"}


@pytest.mark.parametrize("name", UNCATALOGUED)
def test_uncatalogued_is_not_named(name):
    """A mistake that is not in the catalogue is found in one function, and given no name."""
    diagnosis = Diagnosis(Implementation(name, UNCATALOGUED[name]))
    assert not found(diagnosis)
    assert len(blamed(diagnosis)) == 1


def test_candidates_without_a_fresh_start():
    """What cannot be started afresh may be random or may keep something: both are candidates, neither is named."""
    network = FaultyNetwork(next(f for f in named("state-between-calls") if f.function == "rnn_forward"))
    finding = Diagnosis(Implementation("network", network)).finding("rnn_forward")
    assert finding.candidates == ["state-between-calls", "not-repeatable"]


def test_truncation_is_not_a_hard_coded_size():
    """A carry cut off after four steps is right at the course's four steps, and is still no hard-coded size."""
    fault = next(f for f in named("carry-truncated") if "every 4 from the start, da0 kept" in f.variant)
    assert found(diagnosed(FaultyNetwork(fault))) == {("rnn_backward", "carry-truncated")}


def changed(**functions):
    """A right network with other functions."""
    network = FaultyNetwork()
    for name, function in functions.items():
        setattr(network, name, function)
    return network


def test_stub_is_not_a_crash():
    """What stands on a stub is not judged: the stub alone is told of, as not implemented."""

    def stub(da_next, cache):
        """To be done."""

    network = changed(rnn_cell_backward=stub, rnn_backward=backward_of(RNN, stub))
    report, _ = judged(network, "--rnn-only=protocol")
    verdicts = {name: report["functions"][name]["verdict"] for name in ("rnn_cell_backward", "rnn_backward")}
    assert verdicts == {"rnn_cell_backward": "not implemented", "rnn_backward": "not judged"}


def test_index_past_the_end():
    """An index past the last step is said to be that."""

    def rnn_forward(x, a0, parameters):
        return a0 + x[0, 0, x.shape[2]]

    network = changed(rnn_forward=rnn_forward)
    lines = Diagnosis(Implementation("network", network)).finding("rnn_forward").lines
    assert lines == (("index", "6 is past the last of T_x = 6 steps"),)


@pytest.mark.parametrize("id", ["carry-dropped", "recurrent-transposed"])
def test_the_suite_names_it(id):
    """The suite fails a wrong network, names its mistake, and calls no other function wrong."""
    fault = named(id)[0]
    report, _ = judged(FaultyNetwork(fault))
    assert told(report) == {(fault.function, fault.id)}
    assert wrong(report) == {fault.function}

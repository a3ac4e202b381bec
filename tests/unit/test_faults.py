"""The catalogue of faults: without a fault its network is the reference, and every fault is described."""

import numpy as np

import rnn_reference
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.problems.problem import Problem


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

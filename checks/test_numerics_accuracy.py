"""Advice: right values that are much less accurate than those of the reference in the same precision."""

import pytest

from rnn_reference.judging.accuracy import judge_accuracy, judge_activation


@pytest.mark.judges("tanh_forward")
def test_tanh_accuracy(judge, function):
    """Tanh is as accurate as can be, also for small arguments."""
    judge_activation(judge, function)


@pytest.mark.judges("softmax_forward")
def test_softmax_accuracy(judge, function):
    """Softmax is as accurate as can be."""
    judge_activation(judge, function)


@pytest.mark.judges("cell_forward")
def test_cell_accuracy(judge, cell, named_problems):
    """{cell_forward} is about as accurate as the reference."""
    judge_accuracy(judge, cell.cell_forward, named_problems)


@pytest.mark.judges("forward")
def test_accuracy(judge, cell, named_problems):
    """{forward} is about as accurate as the reference."""
    judge_accuracy(judge, cell.forward, named_problems)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_backward_accuracy(judge, cell, named_problems):
    """{cell_backward} is about as accurate as the reference."""
    judge_accuracy(judge, cell.cell_backward, named_problems)


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_accuracy(judge, cell, named_problems):
    """{backward} is about as accurate as the reference."""
    judge_accuracy(judge, cell.backward, named_problems)

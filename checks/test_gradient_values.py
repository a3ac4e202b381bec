"""The gradients for numbers that random inputs do not have."""

import pytest

from rnn_reference.judging.special import judge_backward
from rnn_reference.problems.special import OF_THE_BACKWARD


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
@pytest.mark.parametrize("case", [name for name in OF_THE_BACKWARD if name != "one-step"])
def test_cell_values(judge, cell, case):
    """{cell_backward} is right where states, weights or {step_cotangents} are zero."""
    judge_backward(judge, cell, case, step=True)


@pytest.mark.judges("backward", needs=("forward",))
@pytest.mark.parametrize("case", OF_THE_BACKWARD)
def test_values(judge, cell, case):
    """{backward} is right where states, weights or {cotangents} are zero."""
    judge_backward(judge, cell, case)

"""Golden values of the LSTM: the values that the course prints, and certified values, which were computed to 50 digits
in two ways and rounded once.

The course's older printed values of ``lstm_backward`` are not the gradient. The check has the gradient of the same
problem. There ``da`` has 4 steps and ``x`` has 7: the loss depends on the first 4 outputs.
"""

import pytest

from rnn_reference.implementations.question import forward_backward
from rnn_reference.judging.golden import (
    THE_COURSE,
    WITHOUT,
    certified,
    certify_gradients,
    certify_states,
    close_at,
    close_to_gradient,
    gradients_of,
    of_a_step,
    tolerance_of,
)
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden
from rnn_reference.problems.inputs import of_step

DOCUMENT = golden.read(golden_folder("lstm") / "document.json")
CERTIFIED = golden.read_certified(golden_folder("lstm") / "certified.json")
CASES = [name for name in CERTIFIED if not name.endswith(WITHOUT)]
GRADIENTS = [tensor for function, tensor in DOCUMENT if function == "lstm_backward"]


@pytest.mark.judges("lstm_cell_forward")
def test_cell_forward(implementation, judge):
    """lstm_cell_forward gives the states and the prediction of the course."""
    cases = [DOCUMENT["lstm_cell_forward", tensor] for tensor in ("a_next", "c_next", "yt_pred")]
    results, tolerance = implementation.ask("lstm_cell_forward", *cases[0].given.step), of_a_step(cases[0], judge)
    for case in cases:
        close_at(judge, case, results[case.tensor], tolerance[case.tensor], THE_COURSE)


@pytest.mark.judges("lstm_forward")
def test_network_forward(implementation, judge):
    """lstm_forward gives the states and the prediction of the course."""
    cases = [DOCUMENT["lstm_forward", tensor] for tensor in ("a", "y", "c")]
    results, tolerance = implementation.ask("lstm_forward", *cases[0].given.forward), tolerance_of(cases[0], judge)
    for case in cases:
        close_at(judge, case, results[case.tensor], tolerance[case.tensor], THE_COURSE)


@pytest.mark.judges("lstm_cell_backward", needs=("lstm_cell_forward",))
def test_cell_backward(implementation, judge, cell):
    """lstm_cell_backward gives the 11 gradients of the course."""
    cases = [case for (function, _), case in DOCUMENT.items() if function == "lstm_cell_backward"]
    question = forward_backward(cell.cell_forward, cases[0].given.step, of_step(cases[0].cotangents))
    gradients, tolerance = implementation.answers(question)[1], of_a_step(cases[0], judge)
    for case in cases:
        close_at(judge, case, gradients[case.tensor], tolerance[case.tensor], THE_COURSE)


@pytest.mark.judges("lstm_backward", needs=("lstm_forward",))
@pytest.mark.parametrize("tensor", GRADIENTS)
def test_network_backward(judge, tensor):
    """lstm_backward gives the gradient for the course's problem; older editions of the course print other values."""
    case = DOCUMENT["lstm_backward", tensor]
    published = "these are the course's older printed values; they are not the gradient"
    close_to_gradient(judge, case, gradients_of(judge, case), published)


@pytest.mark.judges("lstm_forward")
@pytest.mark.parametrize("case", CASES)
def test_certified_states(judge, case):
    """lstm_forward gives the certified states and predictions."""
    certify_states(judge, certified(judge, CERTIFIED, case, "lstm_forward"))


@pytest.mark.judges("lstm_backward", needs=("lstm_forward",))
@pytest.mark.parametrize("case", CASES)
def test_certified_gradients(judge, case):
    """lstm_backward gives the certified gradients."""
    certify_gradients(judge, certified(judge, CERTIFIED, case, "lstm_backward"))

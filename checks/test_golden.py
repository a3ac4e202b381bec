"""Values from other sources: the document's values, with all its digits, and certified values, which were computed to
50 digits in two ways and rounded once.

The document's printed values of ``rnn_backward`` are not the gradient. The check has the gradient of the same problem.
"""

import pytest

from rnn_reference.cells.head import softmax_tolerance
from rnn_reference.cells.rounding import bounded_tolerance
from rnn_reference.implementations.question import forward_backward
from rnn_reference.judging.golden import (
    THE_DOCUMENT,
    certified,
    certify_gradients,
    certify_states,
    close_at,
    close_to_gradient,
    gradients_of,
    of_a_step,
    tolerance_of,
)
from rnn_reference.judging.judge import one_of
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden

DOCUMENT = golden.read(golden_folder() / "document.json")
CERTIFIED = golden.read_certified(golden_folder() / "certified.json")


@pytest.mark.judges("tanh_forward")
def test_tanh(implementation, judge):
    """tanh_forward gives the 12 values of section 1.1."""
    case = DOCUMENT["tanh_forward", "out"]
    got = implementation.tanh_forward(case.inputs["x"])
    judge.close({"out": got}, {"out": case.value}, {"out": bounded_tolerance(case.value, judge.u)}, THE_DOCUMENT)


@pytest.mark.judges("softmax_forward")
def test_softmax(implementation, judge):
    """softmax_forward gives the 12 values of section 1.2."""
    case = DOCUMENT["softmax_forward", "out"]
    got = implementation.softmax_forward(case.inputs["x"])
    tolerance = softmax_tolerance(case.inputs["x"], judge.u)
    judge.close({"out": got}, {"out": case.value}, {"out": tolerance}, THE_DOCUMENT)


@pytest.mark.judges("rnn_cell_forward")
def test_cell_forward(implementation, judge):
    """rnn_cell_forward gives the predictions of section 1.3."""
    case = DOCUMENT["rnn_cell_forward", "yt_pred"]
    got = implementation.ask(case.function, *case.given.step)
    judge.close(got, {"yt_pred": case.value}, of_a_step(case, judge), THE_DOCUMENT)


@pytest.mark.judges("rnn_forward")
def test_network_forward(implementation, judge):
    """rnn_forward gives the state and the prediction of section 1.4."""
    results = implementation.ask("rnn_forward", *DOCUMENT["rnn_forward", "a"].given.forward)
    for tensor in ("a", "y_pred"):
        case = DOCUMENT["rnn_forward", tensor]
        close_at(judge, case, results[tensor], tolerance_of(case, judge)[tensor], THE_DOCUMENT)


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
def test_cell_backward(implementation, judge, cell):
    """rnn_cell_backward gives the dxt of section 2.1."""
    case = DOCUMENT["rnn_cell_backward", "dxt"]
    question = forward_backward(cell.cell_forward, case.given.step, {"da_next": case.inputs["da_next"]})
    _, gradients = implementation.answers(question)
    close_at(judge, case, one_of(gradients, "dxt"), of_a_step(case, judge)["dxt"], THE_DOCUMENT)


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("tensor", ["dx", "da0"])
def test_network_backward(judge, tensor):
    """rnn_backward gives the gradient for the problem of section 2.2; the section prints other values."""
    case = DOCUMENT["rnn_backward", tensor]
    published = "these are the document's printed values; they are not the gradient"
    close_to_gradient(judge, case, gradients_of(judge, case), published)


@pytest.mark.judges("rnn_forward")
@pytest.mark.parametrize("case", CERTIFIED)
def test_certified_states(judge, case):
    """rnn_forward gives the certified states and predictions."""
    certify_states(judge, certified(judge, CERTIFIED, case, "rnn_forward"))


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("case", CERTIFIED)
def test_certified_gradients(judge, case):
    """rnn_backward gives the certified gradients."""
    certify_gradients(judge, certified(judge, CERTIFIED, case, "rnn_backward"))

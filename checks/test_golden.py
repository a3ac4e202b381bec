"""Values from other sources: the document's values, with all its digits, and certified values, which were computed to
50 digits in two ways and rounded once.

The document's printed values of ``rnn_backward`` are not the gradient. The check has the gradient of the same problem.
"""

import pytest

from rnn_reference.cells.head import softmax_tolerance
from rnn_reference.cells.rounding import bounded_tolerance
from rnn_reference.implementations.question import forward_backward
from rnn_reference.numerics.compare import agrees, require_shapes
from rnn_reference.outcomes import NotJudged, NotOffered, Wrong
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden
from rnn_reference.problems.answers import network_answers, tolerances_of
from rnn_reference.problems.inputs import of_sequence

DOCUMENT = golden.read(golden_folder() / "document.json")
CERTIFIED = golden.read_certified(golden_folder() / "certified.json")
THE_DOCUMENT = "the document gives"


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
    tolerance = _tolerance(case, implementation)["y_pred"][..., 0]
    judge.close(got, {"yt_pred": case.value}, {"yt_pred": tolerance}, THE_DOCUMENT)


@pytest.mark.judges("rnn_forward")
def test_network_forward(implementation, judge):
    """rnn_forward gives the state and the prediction of section 1.4."""
    results = implementation.ask("rnn_forward", *DOCUMENT["rnn_forward", "a"].given.forward)
    for tensor in ("a", "y_pred"):
        case = DOCUMENT["rnn_forward", tensor]
        _close_at(judge, case, results[tensor], _tolerance(case, implementation)[tensor], THE_DOCUMENT)


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
def test_cell_backward(implementation, judge, cell):
    """rnn_cell_backward gives the dxt of section 2.1."""
    case = DOCUMENT["rnn_cell_backward", "dxt"]
    question = forward_backward(cell.cell_forward, case.given.step, {"da_next": case.inputs["da_next"]})
    _, gradients = implementation.answers(question)
    _close_at(judge, case, gradients["dxt"], _tolerance(case, implementation)["dx"][..., 0], THE_DOCUMENT)


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("tensor", ["dx", "da0"])
def test_network_backward(implementation, judge, cell, tensor):
    """rnn_backward gives the gradient for the problem of section 2.2; the section prints other values."""
    case = DOCUMENT["rnn_backward", tensor]
    question = forward_backward(cell.forward, case.given.forward, {"da": case.inputs["da"]})
    _, gradients = implementation.answers(question)
    tolerance = _tolerance(case, implementation)[tensor]
    require_shapes(gradients, {tensor: tolerance.shape})
    try:
        _close_at(judge, case, gradients[tensor], tolerance, "the gradient is")
    except Wrong as wrong:
        if case.prints_like_published(gradients[tensor][case.at]):
            wrong.lines.append(("published", "these are the document's printed values; they are not the gradient"))
        raise


@pytest.mark.judges("rnn_forward")
@pytest.mark.parametrize("case", CERTIFIED)
def test_certified_states(implementation, judge, case):
    """rnn_forward gives the certified states and predictions."""
    problem, exact = _certified(judge, case, "rnn_forward")
    got = implementation.ask("rnn_forward", *problem.inputs)
    judge.certify(got, {name: exact[name] for name in problem.cell.forward.tensors}, network_answers(problem).tolerance)


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("case", CERTIFIED)
def test_certified_gradients(implementation, judge, case):
    """rnn_backward gives the certified gradients."""
    problem, exact = _certified(judge, case, "rnn_backward")
    cell, tolerance = problem.cell, network_answers(problem).tolerance
    forward = implementation.ask(cell.forward.name, *problem.inputs)
    if not agrees(forward, {s: exact[s] for s in cell.states}, tolerance):
        raise NotJudged([("", "the certified gradients belong to the right states, and these states are wrong")])
    arguments = cell.backward.ordered({**of_sequence(problem.cotangents), "caches": forward["caches"]})
    gradients = implementation.ask(cell.backward.name, *arguments)
    judge.certify(gradients, {name: exact[name] for name in cell.backward.returns}, tolerance)


def _certified(judge, case, function):
    if judge.implementation.dtype != "float64":
        raise NotOffered([("", f"the certified inputs are float64, this is {judge.implementation.dtype}")], function)
    return judge.set_problem(CERTIFIED[case].problem), CERTIFIED[case].arrays


def _tolerance(case, implementation):
    """Returns the tolerance of every tensor of a printed case."""
    return tolerances_of(case.given, implementation.dtype, case.cotangents)


def _close_at(judge, case, got, tolerance, source):
    """Compare the printed part of a tensor."""
    require_shapes({case.tensor: got}, {case.tensor: tolerance.shape})
    judge.close({case.place: got[case.at]}, {case.place: case.value}, {case.place: tolerance[case.at]}, source)

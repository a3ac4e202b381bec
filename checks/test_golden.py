"""Values from elsewhere: those that the document prints, to all the digits that can be had from it, and certified
ones, computed to 50 digits by two routes and rounded once.

The document's printed ``rnn_backward`` values are not the gradient; that check asks for the gradient of the same
problem.
"""

from pathlib import Path

import pytest

from rnn_reference.implementations.question import forward_backward
from rnn_reference.numerics.compare import agrees, require_shapes
from rnn_reference.numerics.rounding import softmax_tolerance, tanh_tolerance
from rnn_reference.outcomes import NotJudged, NotOffered, Wrong
from rnn_reference.problems import golden
from rnn_reference.problems.answers import network_answers, tolerances_of

DOCUMENT = golden.read(Path(__file__).parent / "golden" / "document.json")
CERTIFIED = golden.read_certified(Path(__file__).parent / "golden" / "certified.json")
THE_DOCUMENT = "the document gives"


@pytest.mark.judges("tanh_forward")
def test_tanh(implementation, judge):
    """tanh_forward gives the 12 values of section 1.1."""
    case = DOCUMENT["tanh_forward", "out"]
    got = implementation.tanh_forward(case.inputs["x"])
    judge.close({"out": got}, {"out": case.value}, {"out": tanh_tolerance(case.value, judge.u)}, THE_DOCUMENT)


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
    xt, a_prev = case.inputs["xt"], case.inputs["a_prev"]
    _, got, _ = implementation.rnn_cell_forward(xt, a_prev, case.parameters)
    tolerance = tolerances_of(xt[..., None], a_prev, case.parameters, implementation.dtype)["y_pred"][..., 0]
    judge.close({"yt_pred": got}, {"yt_pred": case.value}, {"yt_pred": tolerance}, THE_DOCUMENT)


@pytest.mark.judges("rnn_forward")
def test_network_forward(implementation, judge):
    """rnn_forward gives the state and the prediction of section 1.4."""
    a, y_pred, _ = implementation.rnn_forward(*_network_inputs(DOCUMENT["rnn_forward", "a"]))
    for tensor, whole in {"a": a, "y_pred": y_pred}.items():
        case = DOCUMENT["rnn_forward", tensor]
        tolerance = tolerances_of(*_network_inputs(case), implementation.dtype)[tensor]
        require_shapes({tensor: whole}, {tensor: tolerance.shape})
        place = case.place
        judge.close({place: whole[case.at]}, {place: case.value}, {place: tolerance[case.at]}, THE_DOCUMENT)


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
def test_cell_backward(implementation, judge):
    """rnn_cell_backward gives the dxt of section 2.1."""
    case = DOCUMENT["rnn_cell_backward", "dxt"]
    xt, a_prev, da_next = (case.inputs[name] for name in ("xt", "a_prev", "da_next"))
    question = forward_backward("rnn_cell", (xt, a_prev, case.parameters), da_next)
    _, gradients = implementation.answers(question)
    got = gradients["dxt"]
    inputs = (xt[..., None], a_prev, case.parameters, implementation.dtype, da_next[..., None])
    tolerance = tolerances_of(*inputs)["dx"][..., 0]
    require_shapes({"dxt": got}, {"dxt": tolerance.shape})
    place = case.place
    judge.close({place: got[case.at]}, {place: case.value}, {place: tolerance[case.at]}, THE_DOCUMENT)


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("tensor", ["dx", "da0"])
def test_network_backward(implementation, judge, tensor):
    """rnn_backward gives the gradient of section 2.2's problem, which is not what that section prints."""
    case = DOCUMENT["rnn_backward", tensor]
    _, _, caches = implementation.rnn_forward(*_network_inputs(case))
    got = implementation.rnn_backward(case.inputs["da"], caches)[tensor]
    tolerance = tolerances_of(*_network_inputs(case), implementation.dtype, case.inputs["da"])[tensor]
    require_shapes({tensor: got}, {tensor: tolerance.shape})
    place = case.place
    try:
        judge.close({place: got[case.at]}, {place: case.value}, {place: tolerance[case.at]}, "the gradient is")
    except Wrong as wrong:
        if case.prints_like_published(got[case.at]):
            wrong.lines.append(("published", "these are the document's printed values; they are not the gradient"))
        raise


@pytest.mark.judges("rnn_forward")
@pytest.mark.parametrize("case", CERTIFIED)
def test_certified_states(implementation, judge, case):
    """rnn_forward gives the certified states and predictions."""
    problem, exact = _certified(judge, case, "rnn_forward")
    a, y_pred, _ = implementation.rnn_forward(*problem.inputs)
    tolerance = network_answers(problem).tolerance
    judge.certify({"a": a, "y_pred": y_pred}, {name: exact[name] for name in ("a", "y_pred")}, tolerance)


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
@pytest.mark.parametrize("case", CERTIFIED)
def test_certified_gradients(implementation, judge, case):
    """rnn_backward gives the certified gradients."""
    problem, exact = _certified(judge, case, "rnn_backward")
    a, _, caches = implementation.rnn_forward(*problem.inputs)
    tolerance = network_answers(problem).tolerance
    if not agrees({"a": a}, {"a": exact["a"]}, tolerance):
        raise NotJudged([("", "the certified gradients are those of the right states, and these are others")])
    gradients = implementation.rnn_backward(problem.da, caches)
    judge.certify(gradients, {name: exact[name] for name in ("dx", "da0", "dWax", "dWaa", "dba")}, tolerance)


def _certified(judge, case, function):
    if judge.implementation.dtype != "float64":
        raise NotOffered([("", f"the certified inputs are float64, this is {judge.implementation.dtype}")], function)
    return judge.posed(CERTIFIED[case].problem), CERTIFIED[case].arrays


def _network_inputs(case):
    return case.inputs["x"], case.inputs["a0"], case.parameters

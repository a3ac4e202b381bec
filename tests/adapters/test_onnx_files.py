"""A model in an .onnx file is judged, or refused in one line."""

import sys

import numpy as np
import pytest
from frameworks import MODULES, require

from rnn_reference import rnn_forward
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.problems.problem import NAMED

pytestmark = pytest.mark.waits

PROBLEM = NAMED["T_x=6"]


@pytest.fixture
def model(folder):
    """Write a model of one node with the given attributes; its name."""
    require("onnx")
    import onnx

    def write(*before, kind="RNN", dtype=onnx.TensorProto.FLOAT, more=(), **attributes):
        rows = {"RNN": 2, "GRU": 6, "LSTM": 8}[kind]
        sizes = {"X": (7, 1, 3), "W": (1, rows, 3), "R": (1, rows, 2)}
        given = [onnx.helper.make_tensor_value_info(name, dtype, shape) for name, shape in sizes.items()]
        result = onnx.helper.make_tensor_value_info("Y", dtype, None)
        node = onnx.helper.make_node(kind, ["X", "W", "R", *more], ["Y"], hidden_size=2, **attributes)
        nodes = [onnx.helper.make_node(other, ["X"], [other]) for other in before]
        graph = onnx.helper.make_graph([*nodes, node], "theirs", given, [result])
        opsets = [onnx.helper.make_opsetid("", 14)]
        onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), folder / "model.onnx")
        return "model.onnx"

    return write


@pytest.fixture
def without_onnxruntime(monkeypatch):
    """Make onnxruntime look as if it were not installed."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, MODULES["onnxruntime"], raising=False)


@pytest.fixture(params=["onnxruntime", "onnx"])
def runner(request):
    """The package that runs a file: onnxruntime, or onnx's own evaluator if onnxruntime is missing."""
    if request.param == "onnxruntime":
        require("onnxruntime")
    else:
        request.getfixturevalue("without_onnxruntime")
    return request.param


def forward_of(suite, target):
    """The outcomes of the checks of the states."""
    records = suite(load(target), "--rnn-examples=1", "--rnn-only=forward.states").records
    return {record["outcome"] for record in records.values()} - {"not offered"}


@pytest.mark.parametrize(
    "attributes", [{}, {"direction": "forward"}, {"activations": ["Tanh"]}, {"layout": 1}], ids=str
)
def test_a_file_with_the_documents_network_is_right(suite, model, runner, attributes):
    """A file of the document's network conforms with other weights and sizes, in either layout."""
    assert forward_of(suite, model(**attributes)) == {"passed"}


LSTM = {"activations": ["Sigmoid", "Tanh", "Tanh"]}


@pytest.mark.parametrize("attributes", [{}, LSTM, {"direction": "forward"}, {"layout": 1}], ids=str)
def test_a_file_with_the_courses_lstm_is_right(suite, model, attributes):
    """A file of one LSTM node conforms with other weights and sizes, by the runtime that runs it."""
    require("onnxruntime")
    implementation = load(model(kind="LSTM", **attributes))
    assert (implementation.offered, implementation.predicts) == (["lstm_forward"], False)
    assert forward_of(suite, "model.onnx") == {"passed"}


@pytest.mark.parametrize("attributes", [{"direction": "reverse"}, {"clip": 0.5}, {"input_forget": 1},
                                        {"activations": ["HardSigmoid", "Tanh", "Tanh"]},
                                        {"activations": ["Sigmoid", "Tanh", "Relu"]}], ids=str)  # fmt: skip
def test_a_file_with_another_lstm_is_wrong(suite, model, attributes):
    """An LSTM node that runs backwards in time, or has other gates, is wrong."""
    require("onnxruntime")
    assert "failed" in forward_of(suite, model(kind="LSTM", **attributes))


@pytest.mark.parametrize("attributes", [{"clip": 0.5}, {"input_forget": 1},
                                        {"activations": ["HardSigmoid", "Tanh", "Tanh"]}], ids=str)  # fmt: skip
def test_an_lstm_of_onnxruntime_alone_is_refused(model, without_onnxruntime, attributes):
    """onnx's own evaluator ignores these attributes of an LSTM, or returns no c. A wrong network would pass."""
    with pytest.raises(Unusable, match=f"ignores its {next(iter(attributes))}|refuses it"):
        load(model(kind="LSTM", **attributes))


@pytest.mark.parametrize("attributes", [{"direction": "reverse"}, {"activations": ["Affine"], "activation_alpha": [1.0],
                                                                   "activation_beta": [0.0]}], ids=str)  # fmt: skip
def test_a_file_with_another_attribute_is_wrong(suite, model, runner, attributes):
    """A node that runs backwards in time, or has no tanh, is wrong."""
    assert "failed" in forward_of(suite, model(**attributes))


@pytest.mark.parametrize("attributes", [{"activations": ["Relu"]}, {"clip": 0.5}], ids=str)
def test_a_file_with_an_attribute_of_onnxruntime_alone_is_wrong(suite, model, attributes):
    """A relu, or a clip that acts, is wrong."""
    require("onnxruntime")
    assert "failed" in forward_of(suite, model(**attributes))


def test_a_file_says_how_it_is_run(model, runner):
    """A note says which package runs the node. The file has no predictions."""
    implementation = load(model())
    assert (implementation.offered, implementation.predicts) == (["rnn_forward"], False)
    assert f"its node is run by {'onnxruntime' if runner == 'onnxruntime' else 'onnx'}" in implementation.notes[-1]


def test_a_file_in_float64_is_judged_in_float64(model):
    """A file in float64 is judged in float64."""
    import onnx

    implementation = load(model(dtype=onnx.TensorProto.DOUBLE))
    assert implementation.dtype == "float64"
    a, *_ = implementation.rnn_forward(*PROBLEM.inputs)
    assert np.allclose(a, rnn_forward(*PROBLEM.inputs)[0], 0, 1e-14)


REFUSED = [
    ({"direction": "bidirectional"}, (), "model.onnx: its RNN is bidirectional, expected one direction"),
    ({"kind": "GRU"}, (), "model.onnx holds 1 nodes (GRU), expected one RNN or LSTM node and no other"),
    ({}, ("Relu", "Tanh"), "model.onnx holds 3 nodes (Relu, Tanh, RNN), expected one RNN or LSTM node and no other"),
    (
        {"kind": "LSTM", "direction": "bidirectional"},
        (),
        "model.onnx: its LSTM is bidirectional, expected one direction",
    ),
    (
        {"kind": "LSTM", "more": [""] * 4 + ["P"]},
        (),
        "model.onnx: its LSTM has peepholes, expected gates that do not read c",
    ),
]


@pytest.mark.parametrize(
    "attributes, before, said",
    REFUSED,
    ids=["bidirectional", "another kind", "several nodes", "bidirectional LSTM", "peepholes"],
)
def test_a_file_of_another_kind_is_refused(model, attributes, before, said):
    """A file that is not one RNN or LSTM of one direction is refused in one line that says what it holds."""
    with pytest.raises(Unusable) as raised:
        load(model(*before, **attributes))
    assert str(raised.value) == said


def test_a_clip_without_onnxruntime_is_refused(model, without_onnxruntime):
    """onnx's own evaluator ignores the clip. A wrong network would pass."""
    with pytest.raises(Unusable, match="ignores its clip"):
        load(model(clip=0.5))


def test_an_evaluator_that_ignores_an_attribute_is_not_used(model, without_onnxruntime, monkeypatch):
    """Older evaluators run a reversed node forwards. A wrong network would pass."""
    load("onnx")
    from rnn_reference.implementations.adapters import onnx as onnx_evaluator

    def forwards(whole):
        node = whole.graph.node[0]
        kept = [attribute for attribute in node.attribute if attribute.name != "direction"]
        del node.attribute[:]
        node.attribute.extend(kept)
        return runs(whole)

    runs = onnx_evaluator.runner
    monkeypatch.setattr(onnx_evaluator, "runner", forwards)
    with pytest.raises(Unusable, match="ignores its direction"):
        load(model(direction="reverse"))


@pytest.mark.parametrize("content", [None, b"", b"no model at all"], ids=["missing", "empty", "text"])
def test_a_file_that_holds_no_model_is_refused(folder, content):
    """A file that is missing, or holds something else, is refused in one line."""
    require("onnx")
    if content is not None:
        (folder / "model.onnx").write_bytes(content)
    with pytest.raises(Unusable, match=r"^model\.onnx.*") as raised:
        load("model.onnx")
    assert len(str(raised.value).splitlines()) == 1


def test_reading_a_model_needs_onnx(model, monkeypatch):
    """If onnx is not installed, the error names the extra that installs it."""
    target = model()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(Unusable, match=r"needs onnx: pip install 'rnn-reference\[onnx\]'"):
        load(target)

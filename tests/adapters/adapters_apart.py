"""Frameworks behind the six functions, and models in ONNX's own files (run by test_adapters.py)."""

import importlib.util
import sys

import numpy as np
import pytest

from rnn_reference import rnn_forward
from rnn_reference.implementations.adapters import names, package_of
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import ADAPTERS, parts_in
from rnn_reference.problems.problem import NAMED

FORWARD = ["tanh_forward", "softmax_forward", "rnn_forward"]
FRAMEWORKS = [name for name in names() if name not in ("reference", "stepwise")]
PROBLEM = NAMED["T_x=6"]


def adapter(name):
    """The adapter, where its framework is installed."""
    package = package_of(name)
    if importlib.util.find_spec(package) is None:  # nothing is imported here: keras is, by the adapter, with a backend
        pytest.skip(f"{package} is not installed")
    return load(name)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_framework_gives_what_the_reference_gives(name, recwarn, capfd):
    """States and predictions of one problem, in the document's layout, with nothing printed and no warning."""
    implementation = adapter(name)
    got = implementation.rnn_forward(*PROBLEM.inputs)[:2]
    atol = 1e-14 if implementation.dtype == "float64" else 1e-6
    assert all(np.allclose(own, right, 0, atol) for own, right in zip(got, rnn_forward(*PROBLEM.inputs), strict=False))
    assert (list(recwarn), capfd.readouterr()) == ([], ("", ""))


@pytest.mark.parametrize("name", ["onnxruntime", "onnx"])
def test_onnx_offers_what_it_has(name):
    """ONNX has neither a cell nor a backward pass: those are not offered."""
    assert adapter(name).offered == FORWARD


def test_jax_keeps_float64_to_itself():
    """Whoever shares the process has jax in float32 as before."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    assert adapter("jax").rnn_forward(*PROBLEM.inputs)[0].dtype == np.float64
    assert jax.config.jax_enable_x64 == before


def test_a_device_that_jax_has_not():
    """A device that is not there is a usage error in one line."""
    pytest.importorskip("jax")
    with pytest.raises(Unusable, match="--rnn-device=cpu:9: jax has"):
        load("jax", device="cpu:9")


# Models in files


@pytest.fixture
def model(folder):
    """Write a model of one RNN node with the given attributes; its name."""
    onnx = pytest.importorskip("onnx")

    def write(*before, kind="RNN", dtype=onnx.TensorProto.FLOAT, **attributes):
        sizes = {"X": (7, 1, 3), "W": (1, 2, 3), "R": (1, 2, 2)}
        given = [onnx.helper.make_tensor_value_info(name, dtype, shape) for name, shape in sizes.items()]
        result = onnx.helper.make_tensor_value_info("Y", dtype, None)
        node = onnx.helper.make_node(kind, ["X", "W", "R"], ["Y"], hidden_size=2, **attributes)
        nodes = [onnx.helper.make_node(other, ["X"], [other]) for other in before]
        graph = onnx.helper.make_graph([*nodes, node], "theirs", given, [result])
        opsets = [onnx.helper.make_opsetid("", 14)]
        onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), folder / "model.onnx")
        return "model.onnx"

    return write


@pytest.fixture(params=["onnxruntime", "onnx"])
def runner(request, monkeypatch):
    """Run files by each of the two that can."""
    if request.param == "onnxruntime":
        pytest.importorskip("onnxruntime")
    else:
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        monkeypatch.delitem(sys.modules, parts_in(ADAPTERS)["onnxruntime"], raising=False)
    return request.param


def forward_of(suite, target):
    """The outcomes of the checks of ``rnn_forward``'s states."""
    records = suite(load(target), "--rnn-examples=1", "--rnn-only=forward.states").records
    return {record["outcome"] for record in records.values()}


@pytest.mark.parametrize(
    "attributes", [{}, {"direction": "forward"}, {"activations": ["Tanh"]}, {"layout": 1}], ids=str
)
def test_a_file_with_the_documents_network_is_right(suite, model, runner, attributes):
    """A file of the document's network is right with weights and sizes that are not its own, in either layout."""
    assert forward_of(suite, model(**attributes)) == {"passed"}


@pytest.mark.parametrize("attributes", [{"direction": "reverse"}, {"activations": ["Affine"], "activation_alpha": [1.0],
                                                                   "activation_beta": [0.0]}], ids=str)  # fmt: skip
def test_a_file_with_another_attribute_is_wrong(suite, model, runner, attributes):
    """A node that runs backwards in time, or has no tanh, is not the document's network."""
    assert "failed" in forward_of(suite, model(**attributes))


@pytest.mark.parametrize("attributes", [{"activations": ["Relu"]}, {"clip": 0.5}], ids=str)
def test_a_file_with_an_attribute_that_onnxruntime_alone_has_is_wrong(suite, model, attributes):
    """A relu, or a clip that acts, is seen where it is run."""
    pytest.importorskip("onnxruntime")
    assert "failed" in forward_of(suite, model(**attributes))


def test_a_file_says_how_it_is_run(model, runner):
    """The report says which of the two ran the node; predictions are not asked for."""
    implementation = load(model())
    assert (implementation.offered, implementation.predicts) == (["rnn_forward"], False)
    assert f"its node is run by {'onnxruntime' if runner == 'onnxruntime' else 'onnx'}" in implementation.notes[-1]


def test_a_file_in_float64_is_judged_in_float64(model):
    """A file's own precision is that in which it is judged, by whoever has it."""
    import onnx

    implementation = load(model(dtype=onnx.TensorProto.DOUBLE))
    assert implementation.dtype == "float64"
    a, *_ = implementation.rnn_forward(*PROBLEM.inputs)
    assert np.allclose(a, rnn_forward(*PROBLEM.inputs)[0], 0, 1e-14)


REFUSED = [
    ({"direction": "bidirectional"}, (), "model.onnx: its RNN is bidirectional, expected one direction"),
    ({"kind": "GRU"}, (), "model.onnx holds 1 nodes (GRU), expected one RNN node and no other"),
    ({}, ("Relu", "Tanh"), "model.onnx holds 3 nodes (Relu, Tanh, RNN), expected one RNN node and no other"),
]


@pytest.mark.parametrize("attributes, before, said", REFUSED, ids=["bidirectional", "another kind", "several nodes"])
def test_a_file_of_another_kind_is_refused(model, attributes, before, said):
    """What is no RNN of one direction is refused in one line that says what it is."""
    with pytest.raises(Unusable) as raised:
        load(model(*before, **attributes))
    assert str(raised.value) == said


def test_a_clip_without_onnxruntime_is_refused(model, monkeypatch):
    """onnx's evaluator would leave the clip out, and a wrong network would pass."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, parts_in(ADAPTERS)["onnxruntime"], raising=False)
    with pytest.raises(Unusable, match="leaves its clip out"):
        load(model(clip=0.5))


def test_a_runtime_that_ignores_an_attribute_is_not_asked(model, monkeypatch):
    """An evaluator that runs forwards what is to run backwards, as older ones did, would let a wrong network pass."""
    adapter("onnx")
    from rnn_reference.implementations.adapters import onnx as onnx_evaluator

    def forwards(whole):
        node = whole.graph.node[0]
        kept = [attribute for attribute in node.attribute if attribute.name != "direction"]
        del node.attribute[:]
        node.attribute.extend(kept)
        return runs(whole)

    runs = onnx_evaluator.runner
    monkeypatch.setattr(onnx_evaluator, "runner", forwards)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.delitem(sys.modules, parts_in(ADAPTERS)["onnxruntime"], raising=False)
    with pytest.raises(Unusable, match="leaves its direction out"):
        load(model(direction="reverse"))


@pytest.mark.parametrize("content", [None, b"", b"no model at all"], ids=["missing", "empty", "text"])
def test_what_is_no_model_is_refused(folder, content):
    """A file that is not there, or holds something else, is refused in one line."""
    pytest.importorskip("onnx")
    if content is not None:
        (folder / "model.onnx").write_bytes(content)
    with pytest.raises(Unusable, match=r"^model\.onnx.*") as raised:
        load("model.onnx")
    assert len(str(raised.value).splitlines()) == 1


def test_reading_a_model_needs_onnx(model, monkeypatch):
    """Where onnx is not installed, the extra that brings it is named."""
    target = model()
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(Unusable, match=r"needs onnx: pip install 'rnn-reference\[onnx\]'"):
        load(target)

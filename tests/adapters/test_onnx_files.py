"""A model in an .onnx file is judged, or refused in one line."""

import sys
import warnings

import numpy as np
import pytest
from frameworks import MODULES, require

from rnn_reference import rnn_forward
from rnn_reference.cells.lstm.signature import CELL
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
    assert f"its graph is run by {'onnxruntime' if runner == 'onnxruntime' else 'onnx'}" in implementation.notes[-2]


def test_a_file_in_float64_is_judged_in_float64(model):
    """A file in float64 is judged in float64."""
    import onnx

    implementation = load(model(dtype=onnx.TensorProto.DOUBLE))
    assert implementation.dtype == "float64"
    a, *_ = implementation.rnn_forward(*PROBLEM.inputs)
    assert np.allclose(a, rnn_forward(*PROBLEM.inputs)[0], 0, 1e-14)


REFUSED = [
    ({"direction": "bidirectional"}, (), "model.onnx: its RNN is bidirectional, expected one direction"),
    ({"kind": "GRU"}, (), "model.onnx holds GRU, expected one RNN or LSTM node, and no other recurrent one"),
    ({}, ("GRU",), "model.onnx holds GRU, RNN, expected one RNN or LSTM node, and no other recurrent one"),
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


# A node with others around it, as exporters write them


@pytest.fixture
def graph(folder):
    """Write a model of given nodes, inputs and arrays; its name."""
    require("onnx")
    import onnx
    from onnx import helper, numpy_helper

    def write(nodes, given, arrays, outputs=("out",), opset=17):
        kind = onnx.TensorProto.FLOAT
        inputs = [helper.make_tensor_value_info(name, kind, shape) for name, shape in given.items()]
        results = [helper.make_tensor_value_info(name, kind, None) for name in outputs]
        constants = [numpy_helper.from_array(np.asarray(array), name) for name, array in arrays.items()]
        made = [helper.make_node(*inner, **attributes) for *inner, attributes in nodes]
        model = helper.make_model(
            helper.make_graph(made, "theirs", inputs, results, constants),
            opset_imports=[helper.make_opsetid("", opset)],
            ir_version=8,
        )
        onnx.save(model, folder / "model.onnx")
        return "model.onnx"

    return write


def weights(rows, n_x=3, n_a=2, n_y=4):
    """Weights of a node and of a linear layer, of the sizes that an exported file has."""
    random = np.random.default_rng(0)
    shapes = {
        "W": (1, rows * n_a, n_x),
        "R": (1, rows * n_a, n_a),
        "B": (1, 2 * rows * n_a),
        "Wy": (n_a, n_y),
        "by": (n_y,),
    }
    return {name: random.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()} | {
        "one": np.int64([1])
    }


def recurrent(kind, x="x", outputs=("Y",), initial=("", "")):
    """The node itself."""
    return (kind, [x, "W", "R", "B", "", *initial[: 1 + (kind == "LSTM")]], list(outputs), {"hidden_size": 2})


def squeezed(axes="one"):
    """The axis of directions goes."""
    return ("Squeeze", ["Y", axes], ["states"], {})


def linear(source="states", out="out"):
    """A linear layer as torch's exporter writes it."""
    return [("MatMul", [source, "Wy"], ["product"], {}), ("Add", ["by", "product"], [out], {})]


TIME_FIRST, BATCH_FIRST = {"x": [5, 7, 3]}, {"x": [7, 5, 3]}


def exported(kind):
    """Graphs that are right, by name: nodes, inputs, whether predictions can be judged."""
    turn = ("Transpose", ["x"], ["turned"], {"perm": [1, 0, 2]})
    back = ("Transpose", ["states"], ["back"], {"perm": [1, 0, 2]})
    soft = ("Softmax", ["scores"], ["out"], {"axis": -1})
    return {
        "states": ([recurrent(kind), ("Squeeze", ["Y", "one"], ["out"], {})], TIME_FIRST, False),
        "linear": ([recurrent(kind), squeezed(), *linear()], TIME_FIRST, True),
        "batch first": (
            [turn, recurrent(kind, "turned"), squeezed(), back, *linear("back", "scores"), soft], BATCH_FIRST, True),
        "gemm on the last": (
            [turn, recurrent(kind, "turned", ("", "last")), ("Squeeze", ["last", "zero"], ["states"], {}),
             ("Gemm", ["states", "Wy", "by"], ["scores"], {}), ("LogSoftmax", ["scores"], ["out"], {"axis": -1})],
            BATCH_FIRST, True),
        "last of all": (
            [recurrent(kind), squeezed(), ("Gather", ["states", "minus"], ["end"], {"axis": 0}),
             ("Gemm", ["end", "Wyt", "by"], ["out"], {"transB": 1})], TIME_FIRST, True),
        "merged directions": (
            [recurrent(kind), ("Transpose", ["Y"], ["moved"], {"perm": [0, 2, 1, 3]}),
             ("Reshape", ["moved", "merge"], ["states"], {}), *linear()], TIME_FIRST, True),
        "initial states": (
            [("Unsqueeze", ["h0", "zero"], ["h"], {}), ("Unsqueeze", ["c0", "zero"], ["c"], {}),
             recurrent(kind, initial=("h", "c")), squeezed(), *linear()],
            TIME_FIRST | {"h0": [7, 2]} | ({"c0": [7, 2]} if kind == "LSTM" else {}), True),
        "casts": (
            [("Cast", ["x"], ["cast"], {"to": 1}), ("Identity", ["cast"], ["same"], {}), recurrent(kind, "same"),
             squeezed(), ("Dropout", ["states"], ["dropped"], {}), *linear("dropped")], TIME_FIRST, True),
    }  # fmt: skip


MORE = {"zero": np.int64([0]), "minus": np.int64(-1), "merge": np.int64([0, 0, -1])}


def written(graph, kind, nodes, given, **other):
    """The name of a file with a graph."""
    arrays = weights({"RNN": 1, "LSTM": 4}[kind]) | MORE
    arrays["Wyt"] = arrays["Wy"].T.copy()
    if kind == "RNN":
        nodes = [node for node in nodes if node[1][:1] != ["c0"]]
    return graph(nodes, given, arrays, **other)


def answers(target, kind, problem=PROBLEM):
    """The states and predictions of a file, and the right ones."""
    import rnn_reference

    implementation = load(target)
    if kind == "LSTM":
        problem = problem.of(CELL)
    name = f"{kind.lower()}_forward"
    right = getattr(rnn_reference, name)(*problem.inputs)
    return implementation, implementation.ask(name, *problem.inputs), right


@pytest.mark.parametrize("kind", ["RNN", "LSTM"])
@pytest.mark.parametrize("name", exported("RNN"))
def test_a_graph_as_exporters_write_it_is_judged(graph, kind, name):
    """A graph around one node gives the states and the predictions of the document, with our weights and sizes."""
    require("onnxruntime")
    nodes, given, predicts = exported(kind)[name]
    implementation, found, right = answers(written(graph, kind, nodes, given), kind)
    assert implementation.predicts == predicts
    assert np.allclose(found["a"], right[0], 0, 1e-5)
    if predicts:
        assert np.allclose(found["y_pred" if kind == "RNN" else "y"], right[1], 0, 1e-5)
    assert any(note.startswith("read as: x is 'x' (") for note in implementation.notes)


WRONG_GRAPHS = {
    "softmax over the batch": lambda nodes: [*nodes[:-1], ("Softmax", ["scores"], ["out"], {"axis": 1})],
    "softmax twice": lambda nodes: [*nodes[:-1], ("Softmax", ["scores"], ["s"], {}), ("Softmax", ["s"], ["out"], {})],
    "softmax of all": lambda nodes: [*nodes[:-1], ("Softmax", ["scores"], ["out"], {"axis": 0})],
}


@pytest.mark.parametrize("name", WRONG_GRAPHS)
def test_a_mistake_around_the_node_is_seen(graph, name):
    """A graph with a softmax over another axis gives wrong predictions; one that is not followed is not judged."""
    require("onnxruntime")
    nodes = [recurrent("RNN"), squeezed(), *linear("states", "scores"), None]
    implementation, found, right = answers(written(graph, "RNN", WRONG_GRAPHS[name](nodes), TIME_FIRST), "RNN")
    assert np.allclose(found["a"], right[0], 0, 1e-5)
    assert not implementation.predicts or not np.allclose(found["y_pred"], right[1], 0, 1e-2)
    assert implementation.predicts == (name != "softmax twice")


def test_what_cannot_be_followed_is_said(graph):
    """A node between other layers is judged alone, and notes say what is not judged."""
    require("onnxruntime")
    nodes = [("Relu", ["x"], ["before"], {}), recurrent("RNN", "before"), ("Relu", ["Y"], ["out"], {})]
    implementation, found, right = answers(written(graph, "RNN", nodes, TIME_FIRST), "RNN")
    assert np.allclose(found["a"], right[0], 0, 1e-5)
    assert "what comes before its node is not judged" in implementation.notes
    assert any(note.startswith("its output out is not judged") for note in implementation.notes)


def test_a_graph_with_fixed_sizes_is_judged_by_its_node(graph):
    """If a size is written into the graph, its node alone is judged, and a note says why."""
    require("onnxruntime")
    nodes = [recurrent("RNN", "fixed"), squeezed(), *linear()]
    nodes.insert(0, ("Identity", ["x"], ["fixed"], {}))
    nodes.insert(1, ("Reshape", ["states", "shape"], ["flat"], {}))
    arrays = weights(1) | {"shape": np.int64([35, 2])}
    order = [nodes[0], nodes[2], nodes[3], nodes[1], ("Gemm", ["flat", "Wy", "by"], ["out"], {})]
    implementation, found, right = answers(graph(order, TIME_FIRST, arrays), "RNN")
    assert not implementation.predicts and np.allclose(found["a"], right[0], 0, 1e-5)


@pytest.mark.parametrize("kind, batch_first", [("RNN", True), ("LSTM", False)])
def test_an_export_of_torch_is_judged(folder, suite, kind, batch_first):
    """A model that torch's own exporter wrote is judged, and conforms."""
    require("onnxruntime")
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'rnn-reference[torch]'")

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = getattr(torch.nn, kind)(3, 2, batch_first=batch_first)
            self.out = torch.nn.Linear(2, 4)

        def forward(self, x):
            return self.out(self.rnn(x)[0])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter that needs no other package is deprecated
        torch.onnx.export(Model(), (torch.randn(5, 7, 3),), "model.onnx", input_names=["x"], dynamo=False)
    assert forward_of(suite, "model.onnx") == {"passed"}


BACKEND = """
import onnx.reference
from onnx.backend.base import Backend, BackendRep

class Prepared(BackendRep):
    def __init__(self, model):
        self.evaluator = onnx.reference.ReferenceEvaluator(model)
    def run(self, inputs, **settings):
        return tuple(FACTOR * one for one in self.evaluator.run(None, dict(zip(self.evaluator.input_names, inputs))))

class Mine(Backend):
    @classmethod
    def prepare(cls, model, device="CPU", **settings):
        return Prepared(model)

backend = Mine
instance = Mine()
"""


@pytest.mark.parametrize("name", ["backend", "Mine", "instance"])
def test_a_backend_of_onnx_is_recognised(script, name):
    """An object with the interface of ``onnx.backend`` may be a class or an instance."""
    require("onnx")
    implementation = load(f"{script('import numpy as np' + BACKEND.replace('FACTOR', '1'))}:{name}")
    assert "rnn_forward" in implementation.offered
    assert implementation.notes[0] == "it is a backend of onnx: it runs our models of one node"


@pytest.mark.parametrize("factor, outcome", [("1", "passed"), ("np.float32(1.01)", "failed")])
def test_a_backend_of_onnx_is_judged(script, suite, factor, outcome):
    """A backend is judged on our models of a node, and one that is off by a hundredth is wrong."""
    require("onnx")
    target = f"{script('import numpy as np' + BACKEND.replace('FACTOR', factor))}:backend"
    assert outcome in forward_of(suite, target)


def test_the_backend_of_onnxruntime_is_recognised():
    """A module with the interface is a backend too: onnxruntime's own."""
    require("onnxruntime")
    assert load("onnxruntime.backend").offered == ["rnn_forward", "lstm_forward"]


def test_a_backend_that_runs_no_node_is_refused(script):
    """A backend that refuses both nodes is refused, with its own words."""
    require("onnx")
    source = "def prepare(model, device):\n    raise ValueError('no RNN')\n\n\ndef run_model(model, inputs): ...\n"
    with pytest.raises(Unusable, match="runs neither an RNN nor an LSTM node: it cannot run the RNN node: no RNN"):
        load(script(source))

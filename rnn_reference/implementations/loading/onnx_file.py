"""A user's ``.onnx`` file with one RNN or LSTM node: its graph, run with our weights and sizes.

It is run by onnxruntime if that is installed and accepts the node, otherwise by onnx's own evaluator. Nodes that only
move axes are run around it, as exporters write them, and a linear layer after it gives the predictions.
"""

import functools
import importlib
from pathlib import Path
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import ADAPTERS, parts_in

DEFAULTS = {"RNN": [b"tanh"], "LSTM": [b"sigmoid", b"tanh", b"tanh"]}
"""The kinds of nodes, with their activations if the file names none."""

RECURRENT = ("RNN", "LSTM", "GRU", "Loop", "Scan")
"""The nodes with a state."""

PEEPHOLES = 7
"""The place of the peephole weights among the inputs of an LSTM node."""


def read(path: Path) -> tuple[Any, list[str]]:
    """Returns an object with the forward function, and notes on the runtime. Raises Unusable for other models."""
    if not path.is_file():
        raise Unusable(f"{path}: no such file")
    try:
        import onnx
    except ModuleNotFoundError:
        raise Unusable(f"{path}: reading a model needs onnx: pip install 'rnn-reference[onnx]'") from None
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception as error:
        raise Unusable(f"{path} is not an ONNX model: {_first_line(error)}") from None
    return _network(path, model, _only_node(path, model))


def _only_node(path: Path, model: Any) -> Any:
    """Returns the only recurrent node of the graph."""
    nodes = [node for node in model.graph.node if node.op_type in RECURRENT]
    kinds = ", ".join(node.op_type for node in nodes) or _kinds(model.graph.node)
    if len(nodes) != 1 or kinds not in DEFAULTS:
        raise Unusable(f"{path} holds {kinds}, expected one RNN or LSTM node, and no other recurrent one")
    directions = [attribute.s.decode() for attribute in nodes[0].attribute if attribute.name == "direction"]
    if "bidirectional" in directions:
        raise Unusable(f"{path}: its {kinds} is bidirectional, expected one direction")
    if any(nodes[0].input[PEEPHOLES:]):
        raise Unusable(f"{path}: its LSTM has peepholes, expected gates that do not read c")
    return nodes[0]


def _network(path: Path, model: Any, node: Any) -> tuple[Any, list[str]]:
    from rnn_reference.implementations.adapters.shared.onnx_exported import exported
    from rnn_reference.implementations.adapters.shared.onnx_model import NETWORKS

    opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    dtype, notes = _dtype(model, node), []
    for name, runtime in (("onnxruntime", "onnxruntime"), ("onnx's evaluator", "onnx")):
        try:
            runner = importlib.import_module(parts_in(ADAPTERS)[runtime]).runner
            having = functools.partial(NETWORKS[node.op_type], runner, dtype, opset=opset, head=False)
            ignored = _ignored(having, dtype, node)
        except ModuleNotFoundError as error:
            notes.append(f"{error.name} is not installed")
        except Exception as error:
            notes.append(f"{name} refuses it: {_first_line(error)}")
        else:
            if not ignored:
                network, found = exported(model, node, having(node.attribute), runner)
                return network, [*notes, f"its graph is run by {name}, with our weights and sizes", *found]
            notes.append(f"{name} ignores its {ignored[0]}")
    raise Unusable(f"{path} cannot be run: {'; '.join(notes)}")


def _kinds(nodes: Any) -> str:
    """Returns the kinds of nodes, for a message."""
    kinds = list(dict.fromkeys(node.op_type for node in nodes if node.op_type != "Constant"))
    return ", ".join([*kinds[:6], *["..."][: len(kinds) > 6]]) or "nothing"


def _ignored(network: Any, dtype: str, node: Any) -> list[str]:
    """Returns the names of the attributes that a runtime ignores: they should change the result, but do not.

    Without them, a wrong network could pass.
    """
    whole, found = _probed(network(node.attribute), dtype), []
    for attribute in filter(lambda attribute: _matters(attribute, dtype, node.op_type), node.attribute):
        others = [other for other in node.attribute if other is not attribute]
        if np.array_equal(whole, _probed(network(others), dtype)):
            found.append(attribute.name)
    return found


def _probed(network: Any, dtype: str) -> Array:
    """Returns the states for one unit, and an input large enough for any clip that no activation hides."""
    one = np.ones((1, 1), dtype)
    x = np.array([[[0.25, -1000, 0.5]]], dtype)
    axes = {"n_x": 1, "n_a": 1, "n_y": 1}
    parameters = {name: np.full(network.cell.shape(name, axes), 1, dtype) for name in network.cell.parameters}
    parameters |= {name: parameters[name] / (2 * (1 + k)) for k, name in enumerate(network.cell.trained)}
    with np.errstate(over="ignore"):  # onnx's evaluator computes exp(1000) for sigmoid
        states: Array = network.run(x, (one / 2,) * len(network.cell.states), parameters)[0]
    return states


def _matters(attribute: Any, dtype: str, op: str) -> bool:
    if attribute.name == "clip":
        slowest = attribute.f / 2 if op == "LSTM" else attribute.f  # sigmoid(z) = (1 + tanh(z / 2)) / 2
        return bool(0 < np.tanh(np.asarray(slowest, dtype)) < 1)
    return (
        (attribute.name == "direction" and attribute.s == b"reverse")
        or (attribute.name == "input_forget" and attribute.i != 0)
        or (attribute.name == "activations" and [kind.lower() for kind in attribute.strings] != DEFAULTS[op])
    )


def _dtype(model: Any, node: Any) -> str:
    """Returns the dtype of the node's first input or of its weights in the file; float32 if there is none."""
    from onnx import helper

    kinds = {value.name: value.type.tensor_type.elem_type for value in model.graph.input}
    kinds |= {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    kind = next((kinds[name] for name in node.input[:2] if kinds.get(name)), None)
    return "float32" if kind is None else str(helper.tensor_dtype_to_np_dtype(kind))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]

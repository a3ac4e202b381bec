"""An ONNX graph with arrays from outside instead of those in the file, and with another number of units."""

from collections.abc import Iterable, Mapping
from typing import Any

import onnx
from onnx import helper

from rnn_reference.implementations.adapters.shared.onnx_graph import INITIAL_C, LENGTHS, Around, B, constants_of

OURS = "suite."
"""The beginning of the names of arrays that the file does not have."""

RESULTS = {"RNN": ("Y", "Y_h"), "LSTM": ("Y", "Y_h", "Y_c")}


def with_inputs(
    model: Any, around: Around, replaced: Mapping[int, str], given: Iterable[str], outputs: Iterable[str], size: int
) -> Any:
    """Returns the model with arrays from outside instead of those in the file, and with ``size`` units.

    ``replaced`` has new names for inputs of the node by place, ``given`` are all names that come from outside, and
    ``outputs`` are the names of the results.
    """
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    graph, given = changed.graph, list(given)
    node = next(one for one in graph.node if one.output == around.node.output and one.op_type == around.node.op_type)
    own = [*node.output, *[""] * (3 - len(node.output))]
    del node.output[:]
    node.output.extend(name or OURS + result for name, result in zip(own, RESULTS[node.op_type], strict=False))
    inputs = [*node.input, *[""] * (INITIAL_C + 1 - len(node.input))]
    inputs[LENGTHS] = ""
    for place, name in replaced.items():
        inputs[place] = name
    del node.input[:]
    node.input.extend(inputs[: INITIAL_C + 1 if node.op_type == "LSTM" else INITIAL_C])
    _set(node, "hidden_size", size)
    kind = _kind(changed, around)
    for items, names in ((graph.input, given), (graph.output, list(outputs))):
        del items[:]
        items.extend(helper.make_tensor_value_info(name, kind, None) for name in names)
    kept = [one for one in graph.initializer if one.name not in given]
    needed = list(_needed(graph, outputs, given))
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(needed)
    read = {name for one in needed for name in one.input}
    graph.initializer.extend(one for one in kept if one.name in read)
    return changed


def _needed(graph: Any, outputs: Iterable[str], given: Iterable[str]) -> list[Any]:
    """Returns copies of the nodes that the outputs need, in their order."""
    wanted, nodes = set(outputs) - set(given), []
    for node in reversed(graph.node):
        if wanted & set(node.output) - set(given):
            wanted |= {name for name in node.input if name}
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            nodes.append(copy)
    return nodes[::-1]


def _set(node: Any, name: str, value: int) -> None:
    kept = [one for one in node.attribute if one.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])


def _kind(model: Any, around: Around) -> int:
    """Returns the type of the numbers in a model: that of the weights in the file, or of an input."""
    kinds = {one.name: one.data_type for one in constants_of(model.graph).values()} | {
        one.name: one.type.tensor_type.elem_type for one in model.graph.input
    }
    return next((kinds[name] for name in around.node.input[: B + 1] if kinds.get(name)), onnx.TensorProto.FLOAT)

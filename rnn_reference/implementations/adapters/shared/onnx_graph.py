"""The nodes around the recurrent node of an ONNX graph, as exporters write them.

The axes of an array are followed through Transpose, Squeeze and others, from the node to the ends of the graph. Here
the axis of the predictions has a letter of its own, ``y``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import helper, numpy_helper

from rnn_reference.implementations.adapters.shared.onnx_model import Named

X, W, R, B, LENGTHS, INITIAL_H, INITIAL_C = range(7)
"""The places of a node's inputs."""

SAME = ("Identity", "Cast", "Dropout")
"""Nodes that change no number and no axis; Dropout changes nothing when a model is not trained."""

ENDS = {"Softmax": "probabilities", "LogSoftmax": "logarithms"}


@dataclass(frozen=True)
class Head:
    """The linear layer after the states: its weights, how they lie, and its predictions.

    ``weight`` is ``(n_a, n_y)``, or the other way round if ``turned``. ``kind`` is scores, probabilities or logarithms.
    """

    weight: str
    turned: bool
    bias: str
    predictions: Named
    kind: str


@dataclass(frozen=True)
class Around:
    """What lies around the recurrent node. ``states`` is None if no output has the states of all steps.

    ``initial`` are the initial states that come from outside. ``notes`` are about parts that cannot be followed.
    """

    node: Any
    x: Named | None
    initial: Mapping[int, Named]
    states: Named | None
    head: Head | None
    notes: list[str] = field(default_factory=list)


def around(model: Any, node: Any) -> Around:
    """Returns what lies around the node in the graph of a model."""
    first = any(attribute.name == "layout" and attribute.i == 1 for attribute in node.attribute)
    constants = constants_of(model.graph)
    notes: list[str] = []
    x = _back(model.graph, node.input[X], "mtn" if first else "tmn", constants)
    if x is None:
        notes.append("what comes before its node is not judged")
    initial = {
        place: found
        for place in (INITIAL_H, INITIAL_C)
        if len(node.input) > place
        and (found := _back(model.graph, node.input[place], "mdn" if first else "dmn", constants))
    }
    begin = dict(zip(node.output, ("mtdn" if first else "tdmn", *["mdn" if first else "dmn"] * 2), strict=False))
    begin = {name: axes for name, axes in list(begin.items())[:2] if name}  # nothing reads the last c
    ends = list(_forward(model.graph, begin, constants))
    states = next(
        (end.predictions for end in ends if "n" in end.predictions.axes and "t" in end.predictions.axes), None
    )
    head = next((end for end in ends if end.weight and end.bias), None)
    reached = {end.predictions.name for end in ends if end.bias or not end.weight}
    left = [one.name for one in model.graph.output if one.name not in {*reached, *node.output}]
    if left:
        notes.append(f"its output {' and '.join(left)} is not judged: it is no linear layer with a bias on the states")
    return Around(node, x, initial, states, head, notes)


def constants_of(graph: Any) -> dict[str, Any]:
    """Returns the arrays in the file by name: initializers and Constant nodes."""
    found = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        values = [one.t for one in node.attribute if one.name == "value"] if node.op_type == "Constant" else []
        found |= dict(zip(node.output, values, strict=False))
    return found


def _back(graph: Any, name: str, axes: str, constants: Mapping[str, Any]) -> Named | None:
    """Returns the graph's input behind an input of the node, with its axes; None if something is computed between."""
    made = {output: node for node in graph.node for output in node.output}
    outside = {one.name for one in graph.input} - set(constants)
    while name not in outside:
        node = made.get(name)
        if node is None:
            return None
        if node.op_type == "Transpose":
            given = dict(zip(_permutation(node, axes), axes, strict=False))
            axes = "".join(given[place] for place in sorted(given))
        elif node.op_type == "Unsqueeze":
            added = _axes_of(node, constants, len(axes))
            if [axes[place] for place in added] != ["d"] * len(added):
                return None
            axes = axes.replace("d", "")
        elif node.op_type not in SAME:
            return None
        name = node.input[0]
    return Named(name, axes)


def _forward(graph: Any, begin: Mapping[str, str], constants: Mapping[str, Any]) -> Iterator[Head]:
    """Yields each output of the graph that is reached, as a head. The states of the node are a head without weights."""
    known = {name: Head("", False, "", Named(name, axes), "states") for name, axes in begin.items()}
    for node in graph.node:  # which are in the order in which they run
        source = next((name for name in node.input if name in known), None)
        after = _after(node, known[source], constants) if source else None
        if after:
            known[node.output[0]] = after
    yield from (known[one.name] for one in graph.output if one.name in known)


def _after(node: Any, head: Head, constants: Mapping[str, Any]) -> Head | None:
    """Returns what a node makes of the states or the predictions; None if that cannot be followed."""
    axes = _axes_after(node, head.predictions.axes, constants)
    name = node.output[0]
    others = [one for one in node.input if one != head.predictions.name]
    if axes is not None:
        return Head(head.weight, head.turned, head.bias, Named(name, axes), head.kind)
    axes = head.predictions.axes
    if node.op_type in ("MatMul", "Gemm") and not head.weight and axes.endswith("n") and others[0] in constants:
        settings = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        plain = all(settings.get(one, 1) == 1 for one in ("alpha", "beta")) and not settings.get("transA", 0)
        bias = others[1] if len(others) > 1 else ""
        if plain and node.input[0] == head.predictions.name:
            return Head(others[0], bool(settings.get("transB", 0)), bias, Named(name, f"{axes[:-1]}y"), "scores")
    if node.op_type == "Add" and head.kind == "scores" and not head.bias and others and others[0] in constants:
        return Head(head.weight, head.turned, others[0], Named(name, axes), head.kind)
    if node.op_type in ENDS and head.kind == "scores":
        return Head(head.weight, head.turned, head.bias, Named(name, axes), ENDS[node.op_type])
    return None


def _axes_after(node: Any, axes: str, constants: Mapping[str, Any]) -> str | None:
    """Returns the axes after a node that changes no number; None for another node."""
    if node.op_type in SAME:
        return axes
    if node.op_type == "Transpose":
        return "".join(axes[place] for place in _permutation(node, axes))
    if node.op_type == "Squeeze":
        dropped = _axes_of(node, constants, len(axes)) or [axes.find("d")]
        return axes.replace("d", "") if [axes[place] for place in dropped] == ["d"] else None
    if node.op_type == "Reshape":
        shape = constants.get(node.input[1])
        merges = shape is not None and numpy_helper.to_array(shape).tolist() == [0, 0, -1]
        return axes.replace("d", "") if merges and axes[2:] == "dn" else None
    if node.op_type == "Gather":
        index, (axis, *_) = constants.get(node.input[1]), [*(one.i for one in node.attribute if one.name == "axis"), 0]
        last = index is not None and np.array_equal(numpy_helper.to_array(index), -1)
        return axes.replace("t", "") if last and axes[axis] == "t" else None
    return None


def _permutation(node: Any, axes: str) -> list[int]:
    given = [list(one.ints) for one in node.attribute if one.name == "perm"]
    return given[0] if given else list(range(len(axes)))[::-1]


def _axes_of(node: Any, constants: Mapping[str, Any], rank: int) -> list[int]:
    """Returns the axes of Squeeze and Unsqueeze: an attribute until opset 12, then an input."""
    given = [list(one.ints) for one in node.attribute if one.name == "axes"]
    if not given and len(node.input) > 1 and node.input[1] in constants:
        given = [numpy_helper.to_array(constants[node.input[1]]).reshape(-1).tolist()]
    return [axis % rank for axis in given[0]] if given else []

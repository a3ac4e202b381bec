"""ONNX models with one node and with every array as an input, and functions that run such models.

All code that runs a model uses this module. Needs onnx to make the models.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
import onnx
from onnx import helper

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters

Run: TypeAlias = Callable[[Mapping[str, Array]], list[Any]]
Runner: TypeAlias = Callable[[onnx.ModelProto], Run]

OPSET, IR = 14, 8
"""The operator version that introduced ``layout``, and a file format that runtimes of 2022 can read."""

_SIZED = ("hidden_size",)


class Network:
    """``rnn_forward`` made from an RNN node. ``runner`` returns a function that runs a model.

    ``attributes`` are those of the node, except its size. With ``head``, MatMul, Add and Softmax after the node compute
    the predictions. Without it there are only states, and predictions are not judged.
    """

    def __init__(
        self,
        runner: Runner,
        dtype: str,
        attributes: Iterable[onnx.AttributeProto] = (),
        opset: int = OPSET,
        head: bool = True,
    ) -> None:
        self.dtype = dtype
        self.predicts = head
        self._attributes = [attribute for attribute in attributes if attribute.name not in _SIZED]
        self._batch_first = any(a.name == "layout" and a.i == 1 for a in self._attributes)
        self._opset = opset
        self._made = functools.lru_cache(maxsize=512)(lambda n_a, kind: runner(self.model(n_a, kind)))

    def model(self, n_a: int, dtype: str) -> onnx.ModelProto:
        """Returns the model for one number of units, which is the only size in the node."""
        node = helper.make_node("RNN", ["X", "W", "R", "B", "", "initial_h"], ["Y"], hidden_size=n_a)
        node.attribute.extend(self._attributes)
        given = {"X": 3, "W": 3, "R": 3, "B": 2, "initial_h": 3}
        if not self.predicts:
            return _model([node], given, {"Y": 4}, dtype, self._opset)
        head = [
            helper.make_node("MatMul", ["Y", "Wya"], ["product"]),
            helper.make_node("Add", ["product", "by"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["predictions"], axis=-1),
        ]
        return _model([node, *head], {**given, "Wya": 2, "by": 1}, {"Y": 4, "predictions": 4}, dtype, self._opset)

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, None]:
        """The node over the whole sequence. The cache is None, because there is no backward pass."""
        p = parameters
        given = {"X": x.transpose(2, 1, 0), "W": p["Wax"][None], "R": p["Waa"][None], "initial_h": a0.T[None]}
        given["B"] = np.concatenate([p["ba"], 0 * p["ba"]])[:, 0][None]  # two biases: ba and zero
        if self._batch_first:
            given |= {name: np.swapaxes(given[name], 0, 1) for name in ("X", "initial_h")}
        if self.predicts:
            given |= {"Wya": p["Wya"].T, "by": p["by"][:, 0]}
        a, *predictions = map(self._as_documented, self._made(len(a0), x.dtype.name)(_contiguous(given)))
        y_pred = predictions[0] if predictions else np.zeros((len(p["by"]), *x.shape[1:]), a.dtype)
        return a, y_pred, None

    def _as_documented(self, states: Array) -> Array:
        """Returns an array ``(T_x, 1, m, n)`` or ``(m, T_x, 1, n)`` as ``(n, m, T_x)``."""
        return states[:, :, 0].transpose(2, 0, 1) if self._batch_first else states[:, 0].transpose(2, 1, 0)


def function(runner: Runner, op: str, **attributes: Any) -> Callable[[Array], Array]:
    """Returns a function of one array that runs one node."""

    @functools.cache
    def made(rank: int, dtype: str) -> Run:
        node = helper.make_node(op, ["x"], ["out"], **attributes)
        return runner(_model([node], {"x": rank}, {"out": rank}, dtype, OPSET))

    return lambda x: np.asarray(made(x.ndim, x.dtype.name)(_contiguous({"x": x}))[0])


def _contiguous(given: Mapping[str, Array]) -> dict[str, Array]:
    return {name: np.ascontiguousarray(array) for name, array in given.items()}


def _model(
    nodes: list[onnx.NodeProto], given: Mapping[str, int], results: Mapping[str, int], dtype: str, opset: int
) -> onnx.ModelProto:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    inputs, outputs = (
        [helper.make_tensor_value_info(name, kind, [None] * rank) for name, rank in arrays.items()]
        for arrays in (given, results)
    )
    graph = helper.make_graph(nodes, "suite", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=IR)

"""ONNX models with one node and with every array as an input, and functions that run such models.

All code that runs a model uses this module. Needs onnx to make the models.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import onnx
from onnx import helper

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.adapters.shared.weights import LSTM, RNN, Parameters, head_of, weights_of
from rnn_reference.implementations.gate_orders import ORDERS

Run: TypeAlias = Callable[[Mapping[str, Array]], list[Any]]
Runner: TypeAlias = Callable[[onnx.ModelProto], Run]

OPSET, IR = 14, 8
"""The operator version that introduced ``layout``, and a file format that runtimes of 2022 can read."""

INITIAL = ("initial_h", "initial_c")
OUTPUTS = {"RNN": {"Y": 4}, "LSTM": {"Y": 4, "Y_h": 3, "Y_c": 3}}
"""The outputs of a node, each with its number of axes."""

_SIZED = ("hidden_size",)


class Network:
    """A function of a sequence made from a node. ``runner`` returns a function that runs a model.

    ``attributes`` are those of the node, except its size. With ``head``, MatMul, Add and Softmax after the node compute
    the predictions. Without it there are only states, and predictions are not judged.
    """

    cell: Cell
    op: str

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
        initial, outputs = INITIAL[: len(self.cell.states)], OUTPUTS[self.op]
        node = helper.make_node(self.op, ["X", "W", "R", "B", "", *initial], list(outputs), hidden_size=n_a)
        node.attribute.extend(self._attributes)
        given = {"X": 3, "W": 3, "R": 3, "B": 2, **dict.fromkeys(initial, 3)}
        if not self.predicts:
            return _model([node], given, outputs, dtype, self._opset)
        head = [
            helper.make_node("MatMul", ["Y", "Wy"], ["product"]),
            helper.make_node("Add", ["product", "by"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["predictions"], axis=-1),
        ]
        given |= {"Wy": 2, "by": 1}
        return _model([node, *head], given, {**outputs, "predictions": 4}, dtype, self._opset)

    def run(
        self, x: Array, initial: Sequence[Array], parameters: Parameters
    ) -> tuple[Array, Array, Callable[[], Array]]:
        """Returns ``a`` and the predictions of the whole sequence, and a function that returns ``c`` of every step."""
        given = self._inputs(x, initial, parameters)
        run = self._made(len(initial[0]), x.dtype.name)
        n_y, names = len(head_of(self.cell, parameters)[1]), [*OUTPUTS[self.op], "predictions"]

        def outputs(steps: int) -> dict[str, Array]:
            beginning = given["X"][:, :steps] if self._batch_first else given["X"][:steps]
            return dict(zip(names, run(_contiguous({**given, "X": beginning})), strict=False))

        found = outputs(x.shape[2])
        a = self._as_documented(found["Y"])
        y = self._as_documented(found["predictions"]) if self.predicts else np.zeros((n_y, *x.shape[1:]), a.dtype)

        def every_c() -> Array:
            last = [one["Y_c"] for one in (*map(outputs, range(1, x.shape[2])), found)]
            return np.stack([(c[:, 0] if self._batch_first else c[0]).T for c in last], axis=2)

        return a, y, every_c

    def _inputs(self, x: Array, initial: Sequence[Array], parameters: Parameters) -> dict[str, Array]:
        """Returns the inputs of the model. ONNX has two biases: those of the RNN are ``ba`` and zero."""
        weights = weights_of(self.cell, parameters, ORDERS["onnx"])
        first = weights.bias / 2 if self.cell is LSTM else weights.bias
        states = {name: state.T[None] for name, state in zip(INITIAL, initial, strict=False)}
        given = {"X": x.transpose(2, 1, 0), "W": weights.input[None], "R": weights.state[None], **states}
        given["B"] = np.concatenate([first, weights.bias - first])[None]
        if self._batch_first:
            given |= {name: np.swapaxes(given[name], 0, 1) for name in ("X", *states)}
        if self.predicts:
            W, b = head_of(self.cell, parameters)
            given |= {"Wy": W.T, "by": b}
        return given

    def _as_documented(self, states: Array) -> Array:
        """Returns an array ``(T_x, 1, m, n)`` or ``(m, T_x, 1, n)`` as ``(n, m, T_x)``."""
        return states[:, :, 0].transpose(2, 0, 1) if self._batch_first else states[:, 0].transpose(2, 1, 0)


class RNNNetwork(Network):
    """``rnn_forward`` made from an RNN node."""

    cell, op = RNN, "RNN"

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, None]:
        """The node over the whole sequence. The cache is None, because there is no backward pass."""
        a, y_pred, _ = self.run(x, (a0,), parameters)
        return a, y_pred, None


class LSTMNetwork(Network):
    """``lstm_forward`` made from an LSTM node."""

    cell, op = LSTM, "LSTM"

    def lstm_forward(
        self, x: Array, a0: Array, parameters: Parameters, c0: Array | None = None
    ) -> tuple[Array, Array, Array, None]:
        """The node over the whole sequence. ``c`` of a step is its ``Y_c`` over the beginning that ends there."""
        a, y, every_c = self.run(x, (a0, np.zeros_like(a0) if c0 is None else c0), parameters)
        return a, y, every_c(), None


NETWORKS: Mapping[str, type[RNNNetwork] | type[LSTMNetwork]] = {"RNN": RNNNetwork, "LSTM": LSTMNetwork}


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

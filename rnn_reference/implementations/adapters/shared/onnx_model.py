"""ONNX models with one node and with every array as an input, and functions that run such models.

All code that runs a model uses this module. Needs onnx to make the models.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

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


class Named(NamedTuple):
    """An input or an output of a model: its name and its axes.

    An axis is one letter: ``t`` steps, ``m`` columns, ``d`` directions (one), ``n`` features, units or classes.
    """

    name: str
    axes: str


def arranged(array: Array, have: str, want: str) -> Array:
    """Returns the array with its axes ``have`` in the order ``want``. The axis of directions has length 1."""
    array = np.squeeze(array, have.index("d")) if "d" in have else array
    have = have.replace("d", "")
    array = array.transpose([have.index(axis) for axis in want if axis != "d"])
    return np.expand_dims(array, want.index("d")) if "d" in want else array


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
        first = any(a.name == "layout" and a.i == 1 for a in self._attributes)
        self.x = Named("X", "mtn" if first else "tmn")
        self.initial = tuple(Named(name, "mdn" if first else "dmn") for name in INITIAL[: len(self.cell.states)])
        self.states = Named("Y", "mtdn" if first else "tdmn")
        self.last_c = Named("Y_c", "mdn" if first else "dmn")
        self.predictions = Named("predictions", self.states.axes)
        self._opset = opset
        self._made = functools.lru_cache(maxsize=512)(lambda n_a, kind: runner(self.model(n_a, kind)))

    def model(self, n_a: int, dtype: str) -> onnx.ModelProto:
        """Returns the model for one number of units, which is the only size in the node."""
        outputs, names = OUTPUTS[self.op], [one.name for one in self.initial]
        node = helper.make_node(self.op, ["X", "W", "R", "B", "", *names], list(outputs), hidden_size=n_a)
        node.attribute.extend(self._attributes)
        given = {"X": 3, "W": 3, "R": 3, "B": 2, **dict.fromkeys(names, 3)}
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
        given = self.weights(parameters)
        given |= {
            named.name: arranged(state, "nm", named.axes) for named, state in zip(self.initial, initial, strict=False)
        }
        run = self._made(len(initial[0]), x.dtype.name)

        @functools.cache
        def outputs(steps: int) -> dict[str, Array]:
            beginning = arranged(x[:, :, :steps], "nmt", self.x.axes)
            return dict(zip(self.outputs(), run(_contiguous({**given, self.x.name: beginning})), strict=False))

        def of_every_step(named: Named) -> Array:
            """Returns an array with time; one without is that of the last step, for each beginning of the sequence."""
            if "t" in named.axes:
                return arranged(outputs(x.shape[2])[named.name], named.axes, "nmt")
            ends = [outputs(steps)[named.name] for steps in range(1, x.shape[2] + 1)]
            return np.stack([arranged(end, named.axes, "nm") for end in ends], axis=2)

        a = of_every_step(self.states)
        n_y = len(head_of(self.cell, parameters)[1])
        y = (
            self.probabilities(of_every_step(self.predictions))
            if self.predicts
            else np.zeros((n_y, *x.shape[1:]), a.dtype)
        )
        return a, y, lambda: of_every_step(self.last_c)

    def outputs(self) -> list[str]:
        """Returns the names of the model's outputs, in their order."""
        return [*OUTPUTS[self.op], "predictions"]

    def probabilities(self, predictions: Array) -> Array:
        """Returns the predictions ``(n_y, m, T_x)`` as probabilities, which those of this model are."""
        return predictions

    def weights(self, parameters: Parameters) -> dict[str, Array]:
        """Returns the weights of the model. ONNX has two biases: those of the RNN are ``ba`` and zero."""
        weights = weights_of(self.cell, parameters, ORDERS["onnx"])
        first = weights.bias / 2 if self.cell is LSTM else weights.bias
        given = {"W": weights.input[None], "R": weights.state[None]}
        given["B"] = np.concatenate([first, weights.bias - first])[None]
        if self.predicts:
            W, b = head_of(self.cell, parameters)
            given |= {"Wy": W.T, "by": b}
        return given


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

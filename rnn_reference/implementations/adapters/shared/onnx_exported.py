"""A network made from the whole graph of a file, not only from its recurrent node."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.adapters.shared.onnx_graph import (
    INITIAL_C,
    INITIAL_H,
    Around,
    B,
    R,
    W,
    X,
    around,
)
from rnn_reference.implementations.adapters.shared.onnx_model import LSTMNetwork, Named, Network, RNNNetwork, Runner
from rnn_reference.implementations.adapters.shared.onnx_resized import OURS, RESULTS, with_inputs
from rnn_reference.implementations.adapters.shared.weights import Parameters, head_of

PROBED = {"n_x": 2, "n_a": 3, "n_y": 4, "m": 5, "T_x": 6}
"""Sizes of a trial run. A graph with fixed sizes in it cannot be run at all of them."""


def exported(model: Any, node: Any, alone: Any, runner: Runner) -> tuple[Any, list[str]]:
    """Returns the network of the graph around a node, and notes. ``alone`` is the network of the node alone."""
    found = around(model, node)
    if found.x is None and found.states is None and found.head is None and not found.initial:
        return alone, found.notes
    network = {"RNN": RNNGraph, "LSTM": LSTMGraph}[node.op_type](model, found, alone.dtype, runner)
    try:
        run_once(network)
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        return alone, [f"its node alone is judged: its graph cannot be run with other sizes ({reason})"]
    return network, [*network.described(), *found.notes]


def run_once(network: Any) -> None:
    """Run a network once. Raises whatever the runtime raises, and ValueError for states of another shape."""
    cell, shape = network.cell, (PROBED["n_a"], PROBED["m"], PROBED["T_x"])
    parameters = {name: np.full(cell.shape(name, PROBED), 0.5, network.dtype) for name in cell.parameters}
    x = np.full((PROBED["n_x"], *shape[1:]), 0.5, network.dtype)
    initial = [np.full(shape[:2], 0.5, network.dtype)] * len(cell.states)
    a, _, every_c = network.run(x, initial, parameters)
    if a.shape != shape:
        raise ValueError(f"its states have the shape {a.shape}, expected {shape}")
    if len(cell.states) > 1:
        every_c()


class Graph(Network):
    """A network made from a graph: its own inputs, if they can be followed to the node, and its outputs."""

    def __init__(self, model: Any, found: Around, dtype: str, runner: Runner) -> None:
        super().__init__(runner, dtype, found.node.attribute, head=found.head is not None)
        self._file, self._around = model, found
        self._replaced = {W: f"{OURS}W", R: f"{OURS}R", B: f"{OURS}B"}
        self.x = found.x or self._from_outside(X, self.x)
        self.initial = tuple(
            found.initial.get(place) or self._from_outside(place, named)
            for place, named in zip((INITIAL_H, INITIAL_C), self.initial, strict=False)
        )
        own = dict(zip(RESULTS[self.op], found.node.output, strict=False))
        self.states = found.states or Named(own.get("Y") or f"{OURS}Y", self.states.axes)
        self.last_c = Named(own.get("Y_c") or f"{OURS}Y_c", self.last_c.axes)
        if found.head:
            self.predictions = Named(found.head.predictions.name, found.head.predictions.axes.replace("y", "n"))

    def _from_outside(self, place: int, named: Named) -> Named:
        self._replaced[place] = f"{OURS}{named.name}"
        return Named(self._replaced[place], named.axes)

    def described(self) -> list[str]:
        """Returns notes that say how the inputs and the outputs of the graph are read."""
        head = self._around.head
        arrays = {"x": self._around.x, "a": self._around.states, "y": head and head.predictions}
        axes = {"t": "T_x", "m": "m", "d": "1"}
        shapes = [
            f"{name} is {one.name!r} ({', '.join(axes.get(axis, f'n_{name}') for axis in one.axes)})"
            for name, one in arrays.items()
            if one
        ]
        ours = "; softmax of its scores is ours" if head and head.kind == "scores" else ""
        return [f"read as: {', '.join(shapes)}{ours}"] if shapes else []

    def model(self, n_a: int, dtype: str) -> Any:
        """Returns the graph for one number of units. Its weights come from outside."""
        given = [self.x.name, *self._replaced.values(), *(one.name for one in self.initial)]
        head = self._around.head
        given += [name for name in (head.weight, head.bias) if name] if head else []
        return with_inputs(self._file, self._around, self._replaced, dict.fromkeys(given), self.outputs(), n_a)

    def outputs(self) -> list[str]:
        """Returns the names of the outputs that are read."""
        read = [self.states.name, *([self.predictions.name] if self.predicts else [])]
        return list(dict.fromkeys([*read, *([self.last_c.name] if len(self.initial) > 1 else [])]))

    def probabilities(self, predictions: Array) -> Array:
        """Returns the predictions ``(n_y, m, T_x)`` as probabilities."""
        kind = self._around.head.kind if self._around.head else ""
        if kind == "probabilities":
            return predictions
        values = np.exp(predictions if kind == "logarithms" else predictions - predictions.max(axis=0))
        return values if kind == "logarithms" else values / values.sum(axis=0)

    def weights(self, parameters: Parameters) -> dict[str, Array]:
        """Returns the weights by the names in the graph."""
        ours: Mapping[str, Array] = super().weights(parameters)
        given = {name: ours[name.removeprefix(OURS)] for place, name in self._replaced.items() if place in (W, R, B)}
        if head := self._around.head:
            weight, bias = head_of(self.cell, parameters)
            given[head.weight] = weight if head.turned else weight.T
            given |= {head.bias: bias} if head.bias else {}
        return given


class RNNGraph(Graph, RNNNetwork):
    """``rnn_forward`` made from a graph around an RNN node."""


class LSTMGraph(Graph, LSTMNetwork):
    """``lstm_forward`` made from a graph around an LSTM node."""

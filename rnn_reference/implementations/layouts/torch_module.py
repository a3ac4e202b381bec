"""A user's layer with the interface of ``torch.nn.RNN`` or ``torch.nn.LSTM``, given as ``model.py:MyLayer``.

The target is a class or an instance. The class is called with other sizes: ``MyLayer(input_size, hidden_size)``. The
layer takes ``x (T_x, m, n_x)`` and ``h0 (1, m, n_a)``, an LSTM ``(h0, c0)``; with ``batch_first`` the batch of ``x`` is
before time. It returns all states ``h`` and the last state, an LSTM ``(h_n, c_n)``. Its weights are found by torch's
names, at any depth: ``weight_ih``, ``weight_hh``, ``bias_ih``, ``bias_hh``; an LSTM's have four blocks of rows.
"""

from __future__ import annotations

import inspect
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.adapters.shared.weights import LSTM, RNN, Parameters, parameter_gradients
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.problems.problem import Problem

if TYPE_CHECKING:
    import torch

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
BLOCKS = {5: RNN, 20: LSTM}
"""The cell, by the number of rows of ``weight_ih`` for five units."""


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the two network functions for a layer of torch or its class; None for anything else.

    Torch is not imported here: a file with a layer has imported it.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    module: type = torch.nn.Module
    is_layer = isinstance(found, module) or (inspect.isclass(found) and issubclass(found, module))
    return (_adapted(found, target), []) if is_layer else None


def _adapted(found: Any, target: str) -> TorchModule:
    """Returns the network functions of the cell that the shape of ``weight_ih`` shows. Raises Unusable."""
    make: Any = found if inspect.isclass(found) else type(found)
    try:
        if found is not make:
            _weights(found)
        rows, columns = _weights(make(3, 5))["weight_ih"].shape
        if rows not in BLOCKS or columns != 3:
            raise ValueError(f"its weight_ih has shape {(rows, columns)}, not (5, 3) or (20, 3)")
    except (Exception, SystemExit) as error:
        expected = "torch.nn.RNN(3, 5) or torch.nn.LSTM(3, 5)"
        raise Unusable(f"{target}: {make.__name__}(3, 5) is not a layer like {expected}: {error}") from None
    network = TorchLSTM(make) if BLOCKS[rows] is LSTM else TorchRNN(make)
    network.lacks = network.not_given()
    return network


def _weights(layer: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
    """Returns the parameters of a layer by torch's names, without prefixes and the suffix ``_l0``."""
    found = {}
    for name, value in layer.named_parameters():
        role = name.rpartition(".")[2].removesuffix("_l0")
        if role in found or role not in NAMES:
            raise ValueError(f"its parameter {name} has no place in one layer of torch.nn.RNN or torch.nn.LSTM")
        found[role] = value
    missing = [role for role in NAMES[:3] if role not in found]
    if missing:
        raise ValueError(f"it has no {' and no '.join(missing)}")
    return found


class TorchModule:
    """The two network functions. The predictions, a linear layer and a softmax of torch, are not judged."""

    predicts = False
    dtype = "float64"
    cell: Cell
    lacks: tuple[str, ...] = ()

    def __init__(self, make: Any) -> None:
        from rnn_reference.implementations.adapters.shared import torch_graph

        self._make, self._graph = make, torch_graph

    def _run(self, x: Array, initial: tuple[Array, ...], parameters: Parameters) -> Any:
        """Returns the states, the predictions and the graph."""

        @cache
        def run(start: bool) -> Any:
            layer = self._make(len(x), len(initial[0])).to(self._graph.tensor(x).dtype).train(False)
            states = self._graph.states_of(self.cell, layer, time_axis=int(getattr(layer, "batch_first", False)))
            return self._graph.run(self.cell, states, _weights(layer), x, initial, parameters, start)

        found, predictions, asking = run(start=True)
        return found, predictions, (asking, lambda: run(start=False)[2])

    def _run_back(self, cotangents: tuple[Array | None, ...], caches: Any) -> Gradients:
        """Returns the gradients, from ``torch.autograd.grad`` of the layer's graph.

        Those of the weights and of the input are from a graph whose initial states ask for no gradient: a layer that
        looks at this must give the same.
        """
        asking, training = caches
        start, _ = self._graph.run_back(cotangents, asking)
        inputs, weights = self._graph.run_back(cotangents, training())
        named = dict(zip(self.cell.backward.returns, [inputs[0], *start[1:]], strict=False))
        return named | parameter_gradients(self.cell, weights, self._graph.ORDER)

    def not_given(self) -> tuple[str, ...]:
        """Returns the gradients of the initial states, if the layer detaches them from its graph."""
        small = Problem(n_x=3, n_a=5, n_y=2, m=2, T_x=2).of(self.cell)
        try:
            *_, (asking, _) = self._run(small.x, tuple(small.given.start.values()), small.parameters)
        except Exception:  # the checks tell it
            return ()
        return () if self._graph.reaches_start(asking) else tuple(f"d{s}0" for s in self.cell.states)


class TorchRNN(TorchModule):
    """The functions of a layer like ``torch.nn.RNN``."""

    cell = RNN

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
        """Returns ``a, y_pred, caches``. The cache is the graph: its ends and its leaves."""
        (a,), y_pred, caches = self._run(x, (a0,), parameters)
        return a, y_pred, caches

    def rnn_backward(self, da: Array, caches: Any) -> Gradients:
        """Returns the gradients of the layer."""
        return self._run_back((da,), caches)


class TorchLSTM(TorchModule):
    """The functions of a layer like ``torch.nn.LSTM``."""

    cell = LSTM

    def lstm_forward(
        self, x: Array, a0: Array, parameters: Parameters, c0: Array | None = None
    ) -> tuple[Array, Array, Array, Any]:
        """Returns ``a, y, c, caches``. The cache is the graph: its ends and its leaves."""
        initial = (a0, np.zeros_like(a0) if c0 is None else c0)
        (a, c), y, caches = self._run(x, initial, parameters)
        return a, y, c, caches

    def lstm_backward(self, da: Array, caches: Any, dc: Array | None = None) -> Gradients:
        """Returns the gradients of the layer."""
        return self._run_back((da, dc), caches)

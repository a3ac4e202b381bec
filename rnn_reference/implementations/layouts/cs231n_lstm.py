"""CS231n's LSTM: ``lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b)``, ``lstm_forward(x, h0, Wx, Wh, b)``, backwards.

Batch and transposes are as in CS231n's RNN. The gates are stacked; their order is found by calls. The sequence starts
from c = 0, and ``lstm_forward`` does not return c: it is what ``lstm_step_forward`` returns inside the loop.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.lstm.arguments import Parameters
from rnn_reference.cells.lstm.cell import lstm_cell_forward
from rnn_reference.implementations.gate_orders import ORDERS, stacked
from rnn_reference.implementations.gate_probing import Orders, gate_orders_of, gate_orders_of_sequence, settled
from rnn_reference.implementations.layouts.shared.predictions import predictions_of
from rnn_reference.implementations.layouts.shared.results import several
from rnn_reference.implementations.layouts.shared.signature import takes
from rnn_reference.implementations.layouts.shared.stacked_gates import gradients_of_gates, write_back

STEP = "lstm_step_forward"
WEIGHTS = ("dWx", "dWh", "db")


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the document's functions, made from CS231n's LSTM; None for anything else."""
    sequence, step = takes(found, "lstm_forward", 5, needs=4), takes(found, STEP, 6)
    if not sequence and not step:
        return None
    order, notes = settled(_orders(found, step), ORDERS["CS231n"], "CS231n")
    first = f"{'lstm_forward(x, h0' if sequence else STEP + '(x, prev_h, prev_c'}, Wx, Wh, b)"
    notes = [f"recognised as CS231n's layout: {first}, arrays (N, T, D)", *notes]
    if sequence:
        origin = f"what its {STEP} returns" if step else "computed from its h by the equations, and not judged"
        notes.append(f"lstm_forward does not return c: c is {origin}")
    return Cs231nLstm(found, order, step), notes


class Cs231nLstm:
    """The document's functions, each made from one of theirs. A missing function is not offered."""

    predicts = False

    def __init__(self, theirs: Any, order: str, has_step: bool) -> None:
        self._theirs, self._order, self._has_step = theirs, order, has_step
        for attribute in ("dtype", "tolerance", "tanh_forward", "softmax_forward"):
            if hasattr(theirs, attribute):
                setattr(self, attribute, getattr(theirs, attribute))
        ours: dict[str, tuple[str, Callable[..., Any]]] = {
            STEP: ("lstm_cell_forward", self._step_forward),
            "lstm_forward": ("lstm_forward", self._forward),
            "lstm_step_backward": ("lstm_cell_backward", self._step_backward),
            "lstm_backward": ("lstm_backward", self._backward),
        }
        for own, (name, function) in ours.items():
            if callable(getattr(theirs, own, None)):
                setattr(self, name, function)

    def _step_forward(self, xt: Array, a_prev: Array, c_prev: Array, parameters: Parameters) -> Any:
        found = self._called(STEP, parameters, xt.T, a_prev.T, c_prev.T)
        found = several(STEP, found, ("next_h", "next_c", "cache"))
        if found is None:
            return None
        a, c = (np.asarray(part).T for part in found[:2])
        return a, c, predictions_of(a, parameters, "Wy"), found[2]

    def _forward(self, x: Array, a0: Array, parameters: Parameters) -> Any:
        with _recorded(self._theirs.lstm_forward) as recorded:
            found = self._called("lstm_forward", parameters, x.transpose(1, 2, 0), a0.T)
        found = several("lstm_forward", found, ("h", "cache"))
        if found is None:
            return None
        a = np.asarray(found[0]).transpose(2, 0, 1)
        c = np.zeros((*a0.shape, x.shape[2]), x.dtype)
        if [np.shape(one) for one in recorded] == [a0.T.shape] * x.shape[2]:
            c = np.stack(recorded).transpose(2, 1, 0)
        elif a.shape == c.shape:  # if not, a is wrong, whatever c is
            step = self._step_forward if self._has_step else lstm_cell_forward
            a_prev, c_prev = a0, np.zeros_like(a0)
            for t in range(x.shape[2]):
                c[:, :, t] = c_prev = step(x[:, :, t], a_prev, c_prev, parameters)[1]
                a_prev = a[:, :, t]
        return a, predictions_of(a, parameters, "Wy"), c, found[1]

    def _step_backward(self, da_next: Array, dc_next: Array, cache: Any) -> Any:
        result = self._theirs.lstm_step_backward(da_next.T, dc_next.T, cache)
        axes = {"dxt": (1, 0), "da_prev": (1, 0), "dc_prev": (1, 0)}
        found = several("lstm_step_backward", result, ("dx", "dprev_h", "dprev_c", *WEIGHTS))
        return found and self._gradients(found, axes, len(da_next))

    def _backward(self, da: Array, caches: Any) -> Any:
        result = self._theirs.lstm_backward(da.transpose(1, 2, 0), caches)
        found = several("lstm_backward", result, ("dx", "dh0", *WEIGHTS))
        return found and self._gradients(found, {"dx": (2, 0, 1), "da0": (1, 0)}, len(da))

    def _called(self, function: str, parameters: Parameters, *inputs: Array) -> Any:
        W_x, W_a, b = stacked(parameters, self._order)
        result = getattr(self._theirs, function)(*inputs, W_x.T, W_a.T, b[:, 0])
        write_back(parameters, self._order, W_x, W_a, b)
        return result

    def _gradients(self, found: list[Any], axes: Mapping[str, tuple[int, ...]], n_a: int) -> dict[str, Array]:
        arrays = [np.asarray(part) for part in found]
        named = {name: value.transpose(turn) for (name, turn), value in zip(axes.items(), arrays, strict=False)}
        return named | gradients_of_gates(self._order, (arrays[0].shape[-1], n_a), *arrays[-3:])


@contextmanager
def _recorded(forward: Callable[..., Any]) -> Iterator[list[Array]]:
    """Inside this block the list gets next_c of each call of ``lstm_step_forward`` by this function's module."""
    names = getattr(inspect.unwrap(forward), "__globals__", {})
    cells: list[Array] = []
    step = names.get(STEP)
    if not callable(step):
        yield cells
        return

    def recording(*arguments: Any, **by_name: Any) -> Any:
        result = step(*arguments, **by_name)
        if isinstance(result, tuple | list) and len(result) == 3:
            cells.append(np.array(result[1]))
        return result

    names[STEP] = recording
    try:
        yield cells
    finally:
        names[STEP] = step


def _orders(found: Any, has_step: bool) -> Orders:
    def step(W_x: Array, W_a: Array, b: Array, x: Array, a: Array, c: Array) -> list[Array]:
        results = found.lstm_step_forward(x.T, a.T, c.T, W_x.T, W_a.T, b[:, 0])
        return [np.asarray(part).T for part in results[:2]]

    def forward(W_x: Array, W_a: Array, b: Array, x: Array, a0: Array) -> Array:
        result = found.lstm_forward(x.transpose(1, 2, 0), a0.T, W_x.T, W_a.T, b[:, 0])
        return np.asarray(result[0]).transpose(2, 0, 1)

    return gate_orders_of(step) if has_step else gate_orders_of_sequence(forward)

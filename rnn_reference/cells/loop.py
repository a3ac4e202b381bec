"""A network made of any cell, one call a step: the document's structure.

It is how a loop is judged with the implementation's own cell, and what the reference must agree with.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients, at_least_one_step
from rnn_reference.cells.rnn.cell import rnn_cell_backward, rnn_cell_forward


def forward_of(cell_forward: Callable[..., Any]) -> Callable[..., tuple[Array, Array, Any]]:
    """An ``rnn_forward`` that calls ``cell_forward(xt, a_prev, parameters)`` once a step.

    The cell returns ``(a_next, yt_pred, cache)``; its caches may be anything. The network's signature and
    shapes are those of ``rnn_reference.rnn_forward``. Source: document, section 1.4.
    """

    def rnn_forward(x: Array, a0: Array, parameters: Any) -> tuple[Array, Array, Any]:
        """Every step forward through the cell: ``(a, y_pred, (list of the cell's caches, x))``."""
        at_least_one_step("rnn_forward", "x", x.shape[2])
        states, predictions, caches = [], [], []
        a_next = a0
        for t in range(x.shape[2]):
            a_next, yt_pred, cache = cell_forward(x[:, :, t], a_next, parameters)
            states.append(a_next)
            predictions.append(yt_pred)
            caches.append(cache)
        return np.stack(states, axis=-1), np.stack(predictions, axis=-1), (caches, x)

    return rnn_forward


def backward_of(cell_backward: Callable[..., Any]) -> Callable[..., Gradients]:
    """An ``rnn_backward`` that calls ``cell_backward(da_next, cache)`` once a step, from the last to the first.

    The cell returns the dict of ``rnn_reference.rnn_cell_backward``; the network's signature and shapes are
    those of ``rnn_reference.rnn_backward``. Source: the chain rule over section 1.4 of the document.
    """

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        """Every step backward through the cell: a dict of ``dx, da0, dWax, dWaa, dba``."""
        at_least_one_step("rnn_backward", "caches", len(caches[0]))
        dx = []
        da_prev = np.zeros_like(da[:, :, 0])
        for t in reversed(range(da.shape[2])):
            step = cell_backward(da[:, :, t] + da_prev, caches[0][t])
            dx.append(step["dxt"])
            da_prev = step["da_prev"]
            if len(dx) == 1:
                total = {name: np.array(step[name]) for name in ("dWax", "dWaa", "dba")}
            else:
                total = {name: value + step[name] for name, value in total.items()}
        return {"dx": np.stack(dx[::-1], axis=-1), "da0": da_prev, **total}

    return rnn_backward


rnn_forward = forward_of(rnn_cell_forward)
rnn_backward = backward_of(rnn_cell_backward)

"""Mistakes that are not in the catalogue. Each must be caught, and none may be given a name."""

from typing import Any

import numpy as np

from rnn_reference.cells.loop import backward_of, forward_of, gathered, stepped
from rnn_reference.cells.rnn import building_blocks as pieces
from rnn_reference.cells.rnn.signature import CELL

Function = Any


class Changed:
    """A right network, but for the functions given."""

    def __init__(self, **functions: Function) -> None:
        self.tanh_forward = pieces.tanh
        self.softmax_forward = functions.get("softmax_forward", pieces.softmax)
        cell = pieces.cell_forward(softmax=self.softmax_forward)
        self.rnn_cell_forward = functions.get("rnn_cell_forward", cell)
        self.rnn_forward = functions.get("rnn_forward", forward_of(CELL, self.rnn_cell_forward))
        self.rnn_cell_backward = functions.get("rnn_cell_backward", pieces.cell_backward())
        self.rnn_backward = functions.get("rnn_backward", backward_of(CELL, self.rnn_cell_backward))


def _cell(z: Function) -> Function:
    return pieces.cell_forward(z=z)


def _steps(change: Function) -> Function:
    """A right loop over a cell whose results are changed: ``change(t, a_next)``."""

    def rnn_forward(x: Any, a0: Any, p: Any) -> Any:
        cell, t = pieces.cell_forward(), iter(range(x.shape[2]))

        def step(xt: Any, a_prev: Any, p: Any) -> Any:
            a_next, yt_pred, cache = cell(xt, a_prev, p)
            a_next = change(next(t), a_next)
            return a_next, yt_pred, (a_next, *cache[1:])

        return forward_of(CELL, step)(x, a0, p)

    return rnn_forward


def _after(**changes: Function) -> Function:
    """A right ``rnn_backward`` with some gradients changed afterwards."""

    def rnn_backward(da: Any, caches: Any) -> Any:
        gradients = backward_of(CELL, pieces.cell_backward())(da, caches)
        return gradients | {name: change(gradients[name]) for name, change in changes.items()}

    return rnn_backward


def _carry(change: Function) -> Function:
    """A right loop backward, with its carry changed."""

    def rnn_backward(da: Any, caches: Any) -> Any:
        def enters(t: int, steps: Any) -> Any:
            return [da[:, :, t] + (change(t, steps[t + 1]["da_prev"]) if steps else 0)]

        return gathered(CELL, stepped(CELL, pieces.cell_backward(), [da], caches, enters))

    return rnn_backward


def _inputs(change: Function) -> Function:
    return lambda x, a0, p: forward_of(CELL, pieces.cell_forward())(change(x), a0, p)


def _by_twos(x: Any, a0: Any, p: Any) -> Any:
    """A loop unrolled by two: the last of an odd number of steps is lost."""
    a, y, caches = forward_of(CELL, pieces.cell_forward())(x, a0, p)
    done = np.arange(x.shape[2]) < x.shape[2] // 2 * 2
    return a * done, y * done, caches


UNCATALOGUED = {
    "a softmax with a temperature": Changed(softmax_forward=lambda x: pieces.softmax(1.1 * x)),
    "the diagonal of Waa left out": Changed(rnn_cell_forward=_cell(
        lambda xt, a, p: p["Wax"] @ xt + (p["Waa"] - np.diag(np.diag(p["Waa"]))) @ a + p["ba"])),
    "a_prev squared": Changed(rnn_cell_forward=_cell(lambda xt, a, p: p["Wax"] @ xt + p["Waa"] @ a**2 + p["ba"])),
    "the input's sign lost": Changed(rnn_cell_forward=_cell(
        lambda xt, a, p: p["Wax"] @ abs(xt) + p["Waa"] @ a + p["ba"])),
    "a leaky state": Changed(rnn_cell_forward=_cell(lambda xt, a, p: pieces.preactivation(xt, a, p) + 0.1 * a)),
    "a state that drifts": Changed(rnn_forward=_steps(lambda t, a: a + 0.01 * t)),
    "a unit that is always off": Changed(rnn_forward=_steps(lambda t, a: np.vstack([0 * a[:1], a[1:]]))),
    "states rounded to three digits": Changed(rnn_forward=_steps(lambda t, a: np.round(a.real, 3))),
    "inputs centred over the batch": Changed(rnn_forward=_inputs(lambda x: x - x.mean(axis=1, keepdims=True))),
    "every second input left out": Changed(rnn_forward=_inputs(lambda x: x * (np.arange(x.shape[2]) % 2))),
    "the last of an odd number of steps lost": Changed(rnn_forward=_by_twos),
    "a slope of 1 - |a|": Changed(rnn_cell_backward=pieces.cell_backward(lambda a_next, a_prev: 1 - abs(a_next))),
    "a slope of (1 - a**2)**2": Changed(rnn_cell_backward=pieces.cell_backward(lambda a, _: (1 - a**2) ** 2)),
    "a carry that is damped": Changed(rnn_backward=_carry(lambda t, carry: 0.9 * carry)),
    "a carry dropped once": Changed(rnn_backward=_carry(lambda t, carry: carry * (t != 1))),
    "dWaa made symmetric": Changed(rnn_backward=_after(dWaa=lambda g: (g + g.T) / 2)),
    "dx without its last step": Changed(rnn_backward=_after(dx=lambda g: g * (np.arange(g.shape[2]) < g.shape[2] - 1))),
    "da0 doubled": Changed(rnn_backward=_after(da0=lambda g: 2 * g)),
    "dWax off by a millionth": Changed(rnn_backward=_after(dWax=lambda g: g * (1 + 1e-6))),
    "dba centred": Changed(rnn_backward=_after(dba=lambda g: g - g.mean())),
}  # fmt: skip

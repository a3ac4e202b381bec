"""Mistakes in ``rnn_forward``: each takes a cell's forward step and makes a wrong loop of it."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Parameters
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.loop import forward_of
from rnn_reference.cells.rnn.building_blocks import looped, shifted, softmax

THE_STATE = "the state that the loop hands to the cell"
HANDED_ON = "hand the cell's a_next to the next step; the first starts from a0"
THE_CACHES = "what the loop keeps for the backward pass"
KEPT = "append the cell's own cache at every step, and return (caches, x)"


@fault("rnn_forward", where=THE_STATE, change=HANDED_ON, seen="karpathy/makemore#3; a public notebook")
def initial_state_every_step(cell: Function) -> Function:
    """Every step starts from a0 instead of the state before it."""
    return lambda x, a0, parameters: looped(cell, x, parameters, lambda t, states: a0)


@fault("rnn_forward", where=f"{THE_STATE} at t = 0", change="start from a0", seen="pytorch/pytorch#95137; a notebook")
def initial_state_ignored(cell: Function) -> Function:
    """The first step starts from zeros instead of a0."""
    return lambda x, a0, parameters: forward_of(cell)(x, 0 * a0, parameters)


@fault("rnn_forward", where=THE_STATE, change=HANDED_ON, seen="sdobber/FluxArchitectures.jl#9")
def state_one_late(cell: Function) -> Function:
    """Step t starts from the state of step t-2 instead of t-1."""
    return lambda x, a0, parameters: looped(cell, x, parameters, lambda t, states: states[t - 2] if t > 1 else a0)


@fault("rnn_forward", where="the input that the loop hands to the cell", change="hand x[:, :, t] to step t")
def first_input_every_step(cell: Function) -> Function:
    """Every step reads x[:, :, 0]."""
    return lambda x, a0, parameters: forward_of(cell)(np.repeat(x[:, :, :1], x.shape[2], axis=2), a0, parameters)


@fault("rnn_forward", where="the order of the loop", change="run from t = 0 up", seen="microsoft/onnxruntime#4187",
       variants={"stored as read": {"back": 1}, "stored at its step": {"back": -1}})  # fmt: skip
def time_reversed(cell: Function, back: int) -> Function:
    """The sequence is read from its last step to its first."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, (caches, _) = forward_of(cell)(x[:, :, ::-1], a0, parameters)
        return a[:, :, ::back], y_pred[:, :, ::back], (caches[::back], x)

    return rnn_forward


@fault(
    "rnn_forward",
    where="the index under which the loop stores a and y_pred",
    change="store step t's results at t",
    variants={
        f"{tensor}, {by:+d}, {'round' if wraps else 'zero'}": {"tensor": tensor, "by": by, "wraps": wraps}
        for tensor in ("a", "y_pred", "both") for by in (1, -1) for wraps in (False, True)
    },
)  # fmt: skip
def outputs_shifted(cell: Function, tensor: str, by: int, wraps: bool) -> Function:
    """What is returned is stored one step off."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, caches = forward_of(cell)(x, a0, parameters)
        moved = shifted(a, by, wraps), shifted(y_pred, by, wraps)
        return moved[0] if tensor != "y_pred" else a, moved[1] if tensor != "a" else y_pred, caches

    return rnn_forward


@fault("rnn_forward", where="the index under which the loop stores a", change="a[:, :, t] is the state after step t")
def states_before(cell: Function) -> Function:
    """The state before each step is returned instead of the one after it: a[:, :, 0] is a0."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, caches = forward_of(cell)(x, a0, parameters)
        return np.concatenate([a0[:, :, None], a[:, :, :-1]], axis=2), y_pred, caches

    return rnn_forward


@fault("rnn_forward", where="the range of the loop", change="for t in range(T_x)",
       variants={"left zero": {"zeros": 1}, "cut off": {"zeros": 0}})  # fmt: skip
def last_step_missing(cell: Function, zeros: int) -> Function:
    """The loop stops one step before the last."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, (caches, _) = forward_of(cell)(x[:, :, :-1], a0, parameters)
        rest = ((0, 0), (0, 0), (0, zeros))
        return np.pad(a, rest), np.pad(y_pred, rest), (caches, x)

    return rnn_forward


@fault("rnn_forward", where="whether the columns of the batch stay apart", change=HANDED_ON,
       seen="nntrainer/nntrainer#1038",
       variants={"column to column": {"run_on": False}, "runs on": {"run_on": True}})  # fmt: skip
def batch_leak(cell: Function, run_on: bool) -> Function:
    """The state passes from one column of the batch to the next."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        if not run_on:
            return looped(cell, x, parameters, lambda t, states: np.roll(states[-1], 1, axis=1) if t else a0)
        start = np.array(a0)
        for column in range(1, x.shape[1]):
            a = forward_of(cell)(x, start, parameters)[0]
            start[:, column] = a[:, column - 1, -1]
        return forward_of(cell)(x, start, parameters)

    return rnn_forward


@fault("rnn_forward", where=f"{THE_STATE} at t = 0", change="start from the whole of a0")
def first_row_state(cell: Function) -> Function:
    """Every column of the batch starts from column 0 of a0."""
    return lambda x, a0, parameters: forward_of(cell)(x, np.repeat(a0[:, :1], a0.shape[1], axis=1), parameters)


@fault("rnn_forward", where="what the first step does otherwise than the rest", change="hand every step the same cell",
       seen="ml-explore/mlx#3249", variants={"ba": {"bias": "ba"}, "by": {"bias": "by"}})  # fmt: skip
def bias_first_step_missing(cell: Function, bias: str) -> Function:
    """A bias is left out at t = 0."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        def forgetful(xt: Array, a_prev: Array, p: Parameters) -> Any:
            return cell(xt, a_prev, {**p, bias: 0 * p[bias]} if a_prev is a0 else p)

        return forward_of(forgetful)(x, a0, parameters)

    return rnn_forward


@fault(
    "rnn_forward",
    where="np.clip, or limits of the activation",
    change="leave the state as it is: tanh bounds it",
    seen="microsoft/onnxruntime#27224",
    variants={
        f"{name}, {'before' if first else 'after'} predicting": {"limit": limit, "first": first}
        for name, limit in {"state to 1/2": 0.5, "z to 1": float(np.tanh(1.0))}.items() for first in (True, False)
    },
)  # fmt: skip
def state_clipped(cell: Function, limit: float, first: bool) -> Function:
    """The state, or what tanh is applied to, is clipped."""

    def clipped(xt: Array, a_prev: Array, p: Parameters) -> Any:
        a_next, yt_pred, _ = cell(xt, a_prev, p)
        a_next = np.clip(a_next, -limit, limit)
        return a_next, softmax(p["Wya"] @ a_next + p["by"]) if first else yt_pred, (a_next, a_prev, xt, p)

    return forward_of(clipped)


@fault("rnn_forward", where=THE_CACHES, change=f"{KEPT}; keep copies of what later steps write over",
       seen="microsoft/onnxruntime#16862",
       variants={"the last": {"whole": True}, "its states overwritten": {"whole": False}})  # fmt: skip
def shared_cache(cell: Function, whole: bool) -> Function:
    """All steps share one cache, which holds what the last step left in it."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, (caches, _) = forward_of(cell)(x, a0, parameters)
        last = a[:, :, -1]
        shared = [caches[-1] if whole else (last, last, *cache[2:]) for cache in caches]
        return a, y_pred, (shared, x)

    return rnn_forward


@fault("rnn_forward", where=THE_CACHES, change=KEPT, seen="public notebooks",
       variants={"none kept": {"flat": False}, "flattened": {"flat": True}})  # fmt: skip
def caches_dropped(cell: Function, flat: bool) -> Function:
    """The caches do not reach the list that is returned: np.append's result thrown away, or the list flattened."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, (caches, _) = forward_of(cell)(x, a0, parameters)
        return a, y_pred, ([part for cache in caches for part in cache] if flat else [], x)

    return rnn_forward

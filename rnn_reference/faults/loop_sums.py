"""Mistakes in what ``rnn_backward`` makes of its steps: each makes a wrong loop of a cell's backward step."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Cache, Gradients
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.loop import backward_of
from rnn_reference.cells.rnn.building_blocks import (
    WEIGHTS,
    carried,
    gathered,
    scaled,
    shifted,
    signs,
    stepped,
    subsets,
)

NETWORK = ("dx", "da0", *WEIGHTS)
THE_SUMS = "how the loop adds up dWax, dWaa and dba"
SUMMED = "dWax += what the cell returned, from zero, at every step; likewise dWaa and dba"
THE_CACHE = "which cache the loop hands to the cell"


@fault("rnn_backward", where=THE_SUMS, change=SUMMED, seen="tensorflow/swift-apis#518, apache/mxnet#4057",
       variants=subsets(WEIGHTS))  # fmt: skip
def weight_gradient_overwritten(cell: Function, names: tuple[str, ...]) -> Function:
    """A weight gradient is replaced at every step instead of added to: = for +=."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        steps = stepped(cell, da, caches, carried(da))
        return {**gathered(steps), **{name: steps[0][name] for name in names}}

    return rnn_backward


@fault("rnn_backward", where=THE_SUMS, change=SUMMED, variants=subsets(WEIGHTS),
       seen="javaidnabi31/RNN-from-scratch#2; a public notebook")  # fmt: skip
def weight_gradient_self_added(cell: Function, names: tuple[str, ...]) -> Function:
    """A weight gradient is added to itself, as in dWax += dWax, and stays zero."""
    return scaled(backward_of(cell), names, lambda da: 0)


@fault("rnn_backward", where=THE_SUMS, change=f"{SUMMED}; do not divide by T_x", variants=subsets(WEIGHTS),
       seen="datascience.stackexchange 30850")  # fmt: skip
def weight_gradient_over_time(cell: Function, names: tuple[str, ...]) -> Function:
    """A weight gradient is averaged over the time steps instead of summed."""
    return scaled(backward_of(cell), names, lambda da: 1 / da.shape[2])


@fault("rnn_backward", where="whether da0 is set after the loop", change="da0 = da_prev of step 0")
def initial_state_gradient_zero(cell: Function) -> Function:
    """da0 is left at zero."""
    return scaled(backward_of(cell), ("da0",), lambda da: 0)


DA0 = {
    "carry of step 1": lambda da, steps: steps[min(1, max(steps))]["da_prev"],
    "carry of the last step": lambda da, steps: steps[max(steps)]["da_prev"],
    "sum of carries": lambda da, steps: sum(step["da_prev"] for step in steps.values()),
    "all of da": lambda da, steps: np.array(da),
    "da at 0": lambda da, steps: np.array(da[:, :, 0]),
    "da at the last step": lambda da, steps: np.array(da[:, :, -1]),
}


@fault("rnn_backward", where="what da0 is set to", change="da0 = da_prev of step 0, after the loop",
       seen="a public notebook", variants={name: {"da0": value} for name, value in DA0.items()})  # fmt: skip
def initial_state_gradient_last(cell: Function, da0: Function) -> Function:
    """da0 is taken from elsewhere than the carry of step 0: from another step, or from da."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        steps = stepped(cell, da, caches, carried(da))
        return {**gathered(steps), "da0": da0(da, steps)}

    return rnn_backward


@fault(
    "rnn_backward",
    where="the index under which the loop stores dx",
    change="store step t's dxt at t",
    variants={f"{by:+d}, {'round' if wraps else 'zero'}": {"by": by, "wraps": wraps}
              for by in (1, -1) for wraps in (False, True)},
)  # fmt: skip
def input_gradient_shifted(cell: Function, by: int, wraps: bool) -> Function:
    """dx is stored one step off."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        gradients = backward_of(cell)(da, caches)
        return {**gradients, "dx": shifted(gradients["dx"], by, wraps)}

    return rnn_backward


CACHE_AT = {
    "t-1": lambda t, last: (t - 1) % (last + 1),
    "t+1": lambda t, last: min(t + 1, last),
    "0": lambda t, last: 0,
    "T_x-1": lambda t, last: last,
    "T_x-1-t": lambda t, last: last - t,
}


@fault("rnn_backward", where=THE_CACHE, change="hand caches[0][t] to step t", seen="public notebooks",
       variants={name: {"at": at} for name, at in CACHE_AT.items()})  # fmt: skip
def wrong_cache(cell: Function, at: Function) -> Function:
    """A step is handed the cache of another step."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        return gathered(stepped(cell, da, caches, carried(da), lambda t: at(t, da.shape[2] - 1)))

    return rnn_backward


@fault("rnn_backward", where="the state before t = 0", change="use a0 there: an index of -1 is the last step",
       seen="a public script")  # fmt: skip
def last_state_as_first(cell: Function) -> Function:
    """The state before t = 0 is taken from the end of the sequence instead of a0."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        steps: list[Cache] = list(caches[0])
        a_next, _, xt, parameters = steps[0]
        return backward_of(cell)(da, ([(a_next, steps[-1][0], xt, parameters), *steps[1:]], caches[1]))

    return rnn_backward


@fault("rnn_backward", where="da[:, :, t] += ...", change="add to a copy: da_next = da[:, :, t] + da_prev",
       seen="Burton2000/CS231n-2017#7")  # fmt: skip
def cotangent_overwritten(cell: Function) -> Function:
    """da itself is changed, by adding the carry to it in place."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        gradients = backward_of(cell)(da, caches)
        for t in range(da.shape[2] - 1):
            da[:, :, t] += gradients["da0"]
        return gradients

    return rnn_backward


@fault("rnn_backward", where="the sign of what is returned", change="add what the cell returns, do not subtract it",
       variants=signs(NETWORK))  # fmt: skip
def gradient_sign(cell: Function, names: tuple[str, ...]) -> Function:
    """The sign of one gradient, or of all, is the wrong one."""
    return scaled(backward_of(cell), names, lambda da: -1)


@fault("rnn_backward", where="whether gradients are averaged over the batch",
       change="sum over the batch: the loss decides whether to average",
       variants=subsets(WEIGHTS, without=("dba",)))  # fmt: skip
def gradient_over_batch(cell: Function, names: tuple[str, ...]) -> Function:
    """The weight gradients are divided by m."""
    return scaled(backward_of(cell), names, lambda da: 1 / da.shape[1])

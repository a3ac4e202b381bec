"""Mistakes in the sums and results of the backward loop of any cell.

Each factory takes the cell and a step, and returns a wrong loop.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import backward_loop
from rnn_reference.cells.edits import around
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.faults.building_blocks import (
    SHIFTS,
    each_and_all,
    each_changed,
    each_state,
    scaled,
    shifted,
    subsets,
)

THE_SUMS = "the sums of {weights} in the loop"
SUMMED = "start {weight} at zero and add the cell's result at every step; the same for {other_weights}"
THE_CACHE = "the cache that the loop passes to the cell"


def _weights(cell: Cell) -> Variants:
    return subsets(cell.weight_gradients)


@fault_of_any_cell("backward", where=THE_SUMS, change=SUMMED, variants=_weights,
                   seen="tensorflow/swift-apis#518, apache/mxnet#4057")  # fmt: skip
def weight_gradient_overwritten(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """A weight gradient is replaced at every step instead of summed: = instead of +=."""

    def last(name: str) -> Function:
        return lambda da, steps, kept: steps[0][name]

    return backward_loop(cell, step, **{f"sum:{name}": last(name) for name in names})


@fault_of_any_cell("backward", where=THE_SUMS, change=SUMMED, variants=_weights,
                   seen="javaidnabi31/RNN-from-scratch#2; a public notebook")  # fmt: skip
def weight_gradient_self_added(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """A weight gradient is added to itself, {weight} += {weight}, and stays zero."""
    return scaled(backward_loop(cell, step), names, lambda da: 0)


@fault_of_any_cell("backward", where=THE_SUMS, change=f"{SUMMED}; do not divide by T_x", variants=_weights,
                   seen="datascience.stackexchange 30850")  # fmt: skip
def weight_gradient_over_time(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """A weight gradient is averaged over the time steps instead of summed."""
    return scaled(backward_loop(cell, step), names, lambda da: 1 / da.shape[2])


@fault_of_any_cell("backward", where="the line after the loop that sets {initial_gradients}",
                   change="{da0} = {da_prev} of step 0", variants=each_state)  # fmt: skip
def initial_state_gradient_zero(cell: Cell, step: Function, states: tuple[str, ...]) -> Function:
    """{initial_gradients} {stay} zero."""
    return scaled(backward_loop(cell, step), [f"d{s}0" for s in states], lambda da: 0)


def _initial_gradients(cell: Cell) -> Variants:
    da = f"d{cell.states[0]}"
    found: dict[str, Any] = {
        "carry of step 1": lambda d, s, steps: steps[min(1, max(steps))][f"d{s}_prev"],
        "carry of the last step": lambda d, s, steps: steps[max(steps)][f"d{s}_prev"],
        "sum of carries": lambda d, s, steps: sum(step[f"d{s}_prev"] for step in steps.values()),
        f"all of {da}": lambda d, s, steps: np.array(d),
        f"{da} at 0": lambda d, s, steps: np.array(d[:, :, 0]),
        f"{da} at the last step": lambda d, s, steps: np.array(d[:, :, -1]),
    }
    return {name: {"value": value} for name, value in found.items()}


@fault_of_any_cell("backward", where="the line that sets {da0}", change="{da0} = {da_prev} of step 0, after the loop",
                   seen="a public notebook", variants=_initial_gradients)  # fmt: skip
def initial_state_gradient_last(cell: Cell, step: Function, value: Function) -> Function:
    """{da0} is not the carry of step 0: it is taken from another step, or from {da}."""
    first = cell.states[0]
    return backward_loop(cell, step, **{f"sum:d{first}0": lambda da, steps, kept: value(da[0], first, steps)})


@fault_of_any_cell(
    "backward",
    where="the index under which the loop stores dx",
    change="store step t's dxt at t",
    variants=SHIFTS,
)
def input_gradient_shifted(cell: Cell, step: Function, by: int, wraps: bool) -> Function:
    """dx is stored one step too early or too late."""
    return each_changed(backward_loop(cell, step), ("dx",), lambda da, dx: shifted(dx, by, wraps))


CACHE_AT = {
    "t-1": lambda t, last: (t - 1) % (last + 1),
    "t+1": lambda t, last: min(t + 1, last),
    "0": lambda t, last: 0,
    "T_x-1": lambda t, last: last,
    "T_x-1-t": lambda t, last: last - t,
}


@fault_of_any_cell("backward", where=THE_CACHE, change="pass caches[0][t] to step t", seen="public notebooks",
                   variants={name: {"at": at} for name, at in CACHE_AT.items()})  # fmt: skip
def wrong_cache(cell: Cell, step: Function, at: Function) -> Function:
    """A step gets the cache of another step."""
    return backward_loop(cell, step, at=at)


@fault_of_any_cell("backward", where="the state before t = 0", seen="a public script",
                   change="use {a0} there: an index of -1 is the last step")  # fmt: skip
def last_state_as_first(cell: Cell, step: Function) -> Function:
    """The state before t = 0 is the last state of the sequence instead of {initial}."""

    def changed(steps: Sequence[Any]) -> list[Any]:
        first, last = (dict(zip(cell.cache, steps[t], strict=True)) for t in (0, -1))
        first |= {f"{s}_prev": last[f"{s}_next"] for s in cell.states}
        return [tuple(first[name] for name in cell.cache), *steps[1:]]

    return backward_loop(cell, step, caches=(changed,))


@fault_of_any_cell("backward", where="{da}[:, :, t] += ...", seen="Burton2000/CS231n-2017#7",
                   variants=each_state, change="add to a copy: da_next = {da}[:, :, t] + {da_prev}")  # fmt: skip
def cotangent_overwritten(cell: Cell, step: Function, states: tuple[str, ...]) -> Function:
    """{da} itself is modified: the carry is added to it in place."""

    def spoiling(right: Function) -> Function:
        def backward(*arguments: Any) -> Gradients:
            gradients: Gradients = right(*arguments)
            given = cell.backward.named(arguments)
            for s in states:
                for t in range(given[f"d{s}"].shape[2] - 1 if f"d{s}" in given else 0):
                    given[f"d{s}"][:, :, t] += gradients[f"d{s}0"]
            return gradients

        return backward

    return around(backward_loop(cell, step), spoiling)


@fault_of_any_cell("backward", where="the sign of the results",
                   change="add the results of the cell, do not subtract them",
                   variants=lambda cell: each_and_all(cell.backward.returns))  # fmt: skip
def gradient_sign(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """The sign of one gradient, or of all gradients, is wrong."""
    return scaled(backward_loop(cell, step), names, lambda da: -1)


def _over_batch(cell: Cell) -> Variants:
    """Returns all subsets of the weights, except those with biases only: these are ``bias-gradient-mean``."""
    return subsets(cell.weight_gradients, without=tuple(f"d{of.bias}" for of in cell.maps.values()))


@fault_of_any_cell("backward", where="the sums of {dbias} in the loop", seen="a public notebook",
                   change="sum the results of the cell over the steps",
                   variants=lambda cell: subsets([f"d{of.bias}" for of in cell.maps.values()]))  # fmt: skip
def bias_gradient_of_cotangent(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """{dbias} is the sum of {da}: neither the derivative of the step nor the carry is in it."""

    def total(da: Sequence[Array], *_: Any) -> Array:
        return np.asarray(da[0].sum(axis=(1, 2))[:, None])

    return backward_loop(cell, step, **{f"sum:{name}": total for name in names})


@fault_of_any_cell("backward", where="what is done with {state_weights} after the loop",
                   variants=lambda cell: subsets([n for n in cell.weight_gradients if cell.axes[n][1] != 1]),
                   change="the gradient of a weight has the weight's shape, and its order of axes")  # fmt: skip
def weight_gradient_transposed(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """The gradient of a weight is transposed."""
    return each_changed(backward_loop(cell, step), names, lambda da, gradient: gradient.T)


@fault_of_any_cell("backward", where="a division by the batch size", variants=_over_batch,
                   change="sum over the batch: the loss decides whether to average")  # fmt: skip
def gradient_over_batch(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """The weight gradients are divided by m."""
    return scaled(backward_loop(cell, step), names, lambda da: 1 / da.shape[1])

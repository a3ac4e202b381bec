"""Mistakes in the forward loop of any cell. Each factory takes the cell and a step, and returns a wrong loop."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import forward_loop
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.faults.building_blocks import SHIFTS, each_state, shifted

THE_STATE = "the state that the loop passes to the cell"
HANDED_ON = "pass the cell's {a_next} to the next step; start the first step from {a0}"

States = Sequence[Array]


@fault_of_any_cell("forward", where=THE_STATE, change=HANDED_ON, seen="karpathy/makemore#3; a public notebook",
                   variants=each_state)  # fmt: skip
def initial_state_every_step(cell: Cell, step: Function, states: tuple[str, ...]) -> Function:
    """Every step starts from {initial} instead of the previous state."""

    def before(t: int, done: list[Any], initial: States) -> list[Any]:
        pairs = zip(cell.states, initial, done[-1] if t else initial, strict=True)
        return [first if s in states else last for s, first, last in pairs]

    return forward_loop(cell, step, before=before)


@fault_of_any_cell("forward", where=f"{THE_STATE} at t = 0", change="start from {a0}",
                   seen="pytorch/pytorch#95137; a notebook", variants=each_state)  # fmt: skip
def initial_state_ignored(cell: Cell, step: Function, states: tuple[str, ...]) -> Function:
    """The first step starts from zeros instead of {initial}."""

    def start(initial: States, *_: Any) -> list[Array]:
        return [0 * first if s in states else first for s, first in zip(cell.states, initial, strict=True)]

    return forward_loop(cell, step, initial=(start,))


@fault_of_any_cell("forward", where=THE_STATE, change=HANDED_ON, seen="sdobber/FluxArchitectures.jl#9")
def state_one_late(cell: Cell, step: Function) -> Function:
    """Step t starts from the state of step t-2 instead of t-1."""
    return forward_loop(cell, step, before=lambda t, done, states: done[t - 2] if t > 1 else states)


@fault_of_any_cell("forward", where="the input that the loop passes to the cell", change="pass x[:, :, t] to step t")
def first_input_every_step(cell: Cell, step: Function) -> Function:
    """Every step reads x[:, :, 0]."""
    return forward_loop(cell, step, inputs=(lambda x: np.repeat(x[:, :, :1], x.shape[2], axis=2),))


@fault_of_any_cell(
    "forward",
    where="the input that the loop passes to the cell",
    change="pass x[:, :, t] to step t",
    variants=SHIFTS,
)
def inputs_shifted(cell: Cell, step: Function, by: int, wraps: bool) -> Function:
    """Each step reads the input of the step before or after it."""
    return forward_loop(cell, step, inputs=(lambda x: shifted(x, by, wraps),))


@fault_of_any_cell("forward", where="the order of the loop", change="run from t = 0 up",
                   seen="microsoft/onnxruntime#4187",
                   variants={"stored as read": {"back": 1}, "stored at its step": {"back": -1}})  # fmt: skip
def time_reversed(cell: Cell, step: Function, back: int) -> Function:
    """The sequence is read from its last step to its first."""

    def turned(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        steps, x = results["caches"]
        return {name: results[name][:, :, ::back] for name in cell.forward.tensors} | {"caches": (steps[::back], x)}

    return forward_loop(cell, step, inputs=(lambda x: x[:, :, ::-1],), results=(turned,))


def _shifts(cell: Cell) -> Variants:
    a, y, others = cell.states[0], cell.head.of_sequence, cell.states[1:]
    return {
        f"{tensor}, {way}": {"tensors": tensors, **shift}
        for tensor, tensors in {a: (a,), y: (y,), "both": (a, y), **{s: (s,) for s in others}}.items()
        for way, shift in SHIFTS.items()
    }


@fault_of_any_cell("forward", where="the index under which the loop stores {a} and {prediction}",
                   change="store step t's results at t", variants=_shifts)  # fmt: skip
def outputs_shifted(cell: Cell, step: Function, tensors: tuple[str, ...], by: int, wraps: bool) -> Function:
    """The results of each step are stored one step too early or too late."""

    def stored(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        return {**results, **{name: shifted(results[name], by, wraps) for name in tensors}}

    return forward_loop(cell, step, results=(stored,))


@fault_of_any_cell("forward", where="the index under which the loop stores {a}",
                   change="{a}[:, :, t] is the state after step t")  # fmt: skip
def states_before(cell: Cell, step: Function) -> Function:
    """The states before the steps are returned instead of those after them: {a}[:, :, 0] is {a0}."""

    def stored(results: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
        a = cell.states[0]
        before = np.concatenate([given[f"{a}0"][:, :, None], results[a][:, :, :-1]], axis=2)
        return {**results, a: before}

    return forward_loop(cell, step, results=(stored,))


@fault_of_any_cell("forward", where="the range of the loop", change="for t in range(T_x)",
                   variants={"left zero": {"zeros": 1}, "cut off": {"zeros": 0}})  # fmt: skip
def last_step_missing(cell: Cell, step: Function, zeros: int) -> Function:
    """The loop stops one step before the last."""

    def padded(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        rest = ((0, 0), (0, 0), (0, zeros))
        return {**results, **{name: np.pad(results[name], rest) for name in cell.forward.tensors}}

    return forward_loop(cell, step, inputs=(lambda x: x[:, :, :-1],), results=(padded,))


@fault_of_any_cell("forward", where="operations that mix columns of the batch", change=HANDED_ON,
                   seen="nntrainer/nntrainer#1038",
                   variants={"column to column": {"run_on": False}, "runs on": {"run_on": True}})  # fmt: skip
def batch_leak(cell: Cell, step: Function, run_on: bool) -> Function:
    """The state passes from one column of the batch to the next."""

    def before(t: int, done: list[Any], states: States) -> Any:
        return [np.roll(state, 1, axis=1) for state in done[-1]] if t else states

    def start(states: States, x: Array, loop: Function) -> list[Array]:
        begun = [np.array(state) for state in states]
        for column in range(1, x.shape[1]):
            results = loop(begun)
            for state, name in zip(begun, cell.states, strict=True):
                state[:, column] = results[name][:, column - 1, -1]
        return begun

    return forward_loop(cell, step, initial=(start,)) if run_on else forward_loop(cell, step, before=before)


@fault_of_any_cell("forward", where=f"{THE_STATE} at t = 0", change="start from the whole of {a0}")
def first_row_state(cell: Cell, step: Function) -> Function:
    """Every column of the batch starts from column 0 of {initial}."""

    def start(states: States, *_: Any) -> list[Array]:
        return [np.repeat(state[:, :1], state.shape[1], axis=1) for state in states]

    return forward_loop(cell, step, initial=(start,))


def _biases(cell: Cell) -> Variants:
    return {name: {"bias": name} for name in (*(of.bias for of in cell.maps.values()), cell.head.bias)}


@fault_of_any_cell("forward", where="special code for the first step",
                   change="call the same cell at every step", seen="ml-explore/mlx#3249", variants=_biases)  # fmt: skip
def bias_first_step_missing(cell: Cell, step: Function, bias: str) -> Function:
    """A bias is not added at t = 0."""

    def forgetful(step: Function) -> Function:
        first = iter([True])

        def at_first(*arguments: Any) -> Any:
            *given, p = arguments
            return step(*given, {**p, bias: 0 * p[bias]} if next(first, False) else p)

        return at_first

    return forward_loop(cell, step, each=(forgetful,))

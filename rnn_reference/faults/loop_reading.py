"""Mistakes in what the backward loop of any cell reads: the cotangents, and the parts of the caches.

Each factory takes the cell and a step, and returns a wrong loop.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import backward_loop
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.cells.loop import Steps
from rnn_reference.faults.building_blocks import SHIFTS, each_state, shifted
from rnn_reference.faults.loop_backward import CARRIED

THE_COTANGENTS = "which step of {da} the loop reads"
THE_CACHES = "what the loop reads from caches[0][t]"

Parts = dict[str, Any]
"""The parts of a step's cache, by name."""


@fault_of_any_cell("backward", where=THE_COTANGENTS, change=CARRIED, variants=SHIFTS)
def cotangents_shifted(cell: Cell, step: Function, by: int, wraps: bool) -> Function:
    """{cotangents} {are} read one step too early or too late."""
    return backward_loop(cell, step, cotangents=(lambda da: [shifted(one, by, wraps) for one in da],))


@fault_of_any_cell("backward", where="the range of the loop, and the first and last step of {da}",
                   change="for t in reversed(range(T_x)), with {da}[:, :, t] at every step",
                   variants={"last": {"which": -1}, "first": {"which": 0}})  # fmt: skip
def cotangent_step_dropped(cell: Cell, step: Function, which: int) -> Function:
    """{cotangents} of the first or the last step {are} not used."""

    def dropped(da: Sequence[Array]) -> list[Array]:
        return [one * (np.arange(one.shape[2]) != which % one.shape[2]) for one in da]

    return backward_loop(cell, step, cotangents=(dropped,))


@fault_of_any_cell("backward", where="the range of the loop", change="for t in reversed(range(T_x))",
                   seen="two public notebooks",
                   variants={"": {"zero": False}, "nothing carried to the start": {"zero": True}})  # fmt: skip
def first_step_skipped(cell: Cell, step: Function, zero: bool) -> Function:
    """The loop stops before step 0: range(1, T_x)."""

    def skipped(steps: Steps) -> Steps:
        left = {name: 0 * value for name, value in steps[0].items()}
        carried = {} if zero else {f"d{s}_prev": steps[min(1, max(steps))][f"d{s}_prev"] for s in cell.states}
        return {**steps, 0: left | carried}

    return backward_loop(cell, step, steps=(skipped,))


def _with_parts(cell: Cell, step: Function, change: Callable[[list[Parts], int], Parts]) -> Function:
    """Returns a loop that reads other parts of the caches: ``change(all steps, t)`` returns those that differ."""

    def changed(caches: Sequence[Any]) -> list[Any]:
        steps = [dict(zip(cell.cache, cache, strict=True)) for cache in caches]
        read = [{**parts, **change(steps, t)} for t, parts in enumerate(steps)]
        return [tuple(parts[name] for name in cell.cache) for parts in read]

    return backward_loop(cell, step, caches=(changed,))


def _shared(cell: Cell) -> Variants:
    """Returns the parts that may be one array for all steps: the states after a step, what it keeps, and both."""
    after = tuple(f"{s}_next" for s in cell.states)
    if not cell.kept:
        return {"": {"names": after}}
    return {"states": {"names": after}, "gates": {"names": cell.kept}, "both": {"names": (*after, *cell.kept)}}


@fault_of_any_cell("backward", where="arrays that the forward pass writes again at every step", variants=_shared,
                   change="keep each step's own activation, or compute it again from the cache of the step",
                   seen="a framework's issue: one activation object for all steps")  # fmt: skip
def activation_shared(cell: Cell, step: Function, names: tuple[str, ...]) -> Function:
    """Every step uses the activation of the last step: one array serves all steps."""
    return _with_parts(cell, step, lambda steps, t: {name: steps[-1][name] for name in names})


@fault_of_any_cell("backward", where=THE_CACHES, change="the gradient of {input} at step t uses x[:, :, t]",
                   variants=SHIFTS)  # fmt: skip
def input_of_another_step(cell: Cell, step: Function, by: int, wraps: bool) -> Function:
    """The gradients of the weights use the input of the step before or after."""

    def other(steps: list[Parts], t: int) -> Parts:
        inside = 0 <= t - by < len(steps)
        return {"xt": steps[(t - by) % len(steps)]["xt"] * (inside or wraps)}

    return _with_parts(cell, step, other)


BEFORE: dict[str, Callable[[list[Parts], int, str], Array]] = {
    "its own at step 0": lambda steps, t, s: steps[t][f"{s}_prev" if t else f"{s}_next"],
    "zeros at step 0": lambda steps, t, s: steps[t][f"{s}_prev"] * (t > 0),
    "its own at the last step": lambda steps, t, s: steps[t][f"{s}_prev" if t + 1 < len(steps) else f"{s}_next"],
    "the initial one at every step": lambda steps, t, s: steps[0][f"{s}_prev"],
    "two steps before": lambda steps, t, s: steps[max(t - 1, 0)][f"{s}_prev"],
}


def _befores(cell: Cell) -> Variants:
    return {
        ", ".join(filter(None, (name, which))): {**states, "before": before}
        for name, before in BEFORE.items() for which, states in each_state(cell).items()
    }  # fmt: skip


@fault_of_any_cell("backward", where=THE_CACHES, variants=_befores,
                   change="the state before step t is {a}[:, :, t-1], and {a0} before step 0")  # fmt: skip
def previous_state_replaced(
    cell: Cell, step: Function, states: tuple[str, ...], before: Callable[[list[Parts], int, str], Array]
) -> Function:
    """The state before a step is replaced: by its own state after the step, zeros, or the state of another step."""
    return _with_parts(cell, step, lambda steps, t: {f"{s}_prev": before(steps, t, s) for s in states})

"""Mistakes in the gradient that the backward loop of any cell carries from step to step.

Each factory takes the cell and a step, and returns a wrong loop.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import backward_loop
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.cells.loop import Enters, Steps, carried, stepped
from rnn_reference.cells.loop import Gradients as Step
from rnn_reference.faults.building_blocks import added, each_changed, each_state, with_results

THE_CARRY = "the gradient that the loop carries from step t+1 to step t"
CARRIED = "call the cell with {da}[:, :, t] + {da_prev}, where {da_prev} is its result at step t+1"

Cotangents = Sequence[Array]


def at(cotangents: Cotangents, t: int) -> list[Array]:
    """Returns the cotangents of one step."""
    return [cotangent[:, :, t] for cotangent in cotangents]


def carry(cell: Cell, step: Step) -> list[Array]:
    """Returns the gradients that a step carries to the step before it."""
    return [step[f"d{s}_prev"] for s in cell.states]


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED,
                   seen="the document, section 2.2; qixianbiao/RNN#2; sagarnildass/andrew_ng_deep_learning#1; "
                   "4 of 46 public ones", variants=each_state)  # fmt: skip
def carry_dropped(cell: Cell, step: Function, states: tuple[str, ...]) -> Function:
    """{carries} {are} not carried from step t+1 to step t."""

    def enters(_: Cell, da: Cotangents) -> Enters:
        def of_step(t: int, steps: Steps) -> list[Array]:
            pairs = zip(cell.states, at(da, t), carried(cell, da)(t, steps), strict=True)
            return [alone if s in states else both for s, alone, both in pairs]

        return of_step

    return backward_loop(cell, step, enters=enters)


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED, seen="Burton2000/CS231n-2017#7")
def carry_replaces(cell: Cell, step: Function) -> Function:
    """The loop uses {carries} only: {cotangents} counts at the last step, but not at the others."""

    def enters(_: Cell, da: Cotangents) -> Enters:
        return lambda t, steps: carry(cell, steps[t + 1]) if steps else at(da, t)

    return backward_loop(cell, step, enters=enters)


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED, seen="rsokl/MyGrad#4",
                   variants={f"sliding, k={k}": {"k": k} for k in (2, 3, 4, 5)})  # fmt: skip
def carry_truncated(cell: Cell, step: Function, k: int) -> Function:
    """The gradient is cut off a few steps back: it does not reach the first step from the last."""

    def run(_: Cell, step: Function, da: Cotangents, caches: Any, enters: Enters, of: Function) -> Steps:
        T_x = da[0].shape[2]
        near: dict[int, list[Step]] = {t: [] for t in range(T_x)}
        for source in range(T_x):
            first = max(source - k + 1, 0)
            only = [np.where(np.arange(T_x) == source, one, 0)[:, :, first : source + 1] for one in da]
            some = [caches[0][of(t)] for t in range(first, source + 1)]
            for t, found in stepped(cell, step, only, (some, caches[1]), carried(cell, only)).items():
                near[first + t].append(found)
        return {t: {name: np.asarray(sum(one[name] for one in some)) for name in some[0]} for t, some in near.items()}

    return backward_loop(cell, step, run=run, enters=carried)


@fault_of_any_cell(
    "backward",
    id="carry-truncated",
    where=THE_CARRY,
    change=CARRIED,
    variants=lambda cell: {
        f"every {k} from the {end}, d{cell.states[0]}0 {'zero' if zero else 'kept'}":
            {"k": k, "from_end": end == "end", "zero": zero}
        for k in (2, 3, 4) for end in ("start", "end") for zero in (False, True)
    },
)  # fmt: skip
def carry_chunked(cell: Cell, step: Function, k: int, from_end: bool, zero: bool) -> Function:
    """The gradient is cut off a few steps back: the carry is set to zero every few steps."""

    def cut(t: int, T_x: int) -> bool:  # between step t and step t - 1
        return (T_x - t if from_end else t) % k == 0

    def enters(_: Cell, da: Cotangents) -> Enters:
        T_x = da[0].shape[2]

        def of_step(t: int, steps: Steps) -> list[Array]:
            return at(da, t) if t + 1 == T_x or cut(t + 1, T_x) else added(at(da, t), carry(cell, steps[t + 1]))

        return of_step

    def first(s: str) -> Function:
        return lambda da, steps, kept: steps[0][f"d{s}_prev"] * (not cut(0, da[0].shape[2]))

    sums = {f"sum:d{s}0": first(s) for s in cell.states} if zero else {}
    return backward_loop(cell, step, enters=enters, **sums)


def _clipped(cell: Cell) -> Variants:
    initial = f"d{cell.states[0]}0"
    places = {"carry": "carry", f"carry and {initial}": "both", f"with d{cell.states[0]}": "sum"}
    return {f"to {limit}, {place}": {"limit": limit, "place": at} for limit in (1, 5) for place, at in places.items()}


@fault_of_any_cell("backward", where="np.clip inside the loop",
                   change="clip, if at all, the finished gradients when the weights are updated",
                   seen="min-char-rnn clips after the loop", variants=_clipped)  # fmt: skip
def carry_clipped(cell: Cell, step: Function, limit: float, place: str) -> Function:
    """The carried gradient is clipped at each step."""

    def clip(arrays: Sequence[Array]) -> list[Array]:
        return [np.clip(array, -limit, limit) for array in arrays]

    def enters(_: Cell, da: Cotangents) -> Enters:
        def of_step(t: int, steps: Steps) -> list[Array]:
            if place == "sum":
                return clip(carried(cell, da)(t, steps))
            return added(at(da, t), clip(carry(cell, steps[t + 1]))) if steps else at(da, t)

        return of_step

    def first(s: str) -> Function:
        return lambda da, steps, kept: clip([steps[0][f"d{s}_prev"]])[0]

    sums = {f"sum:d{s}0": first(s) for s in cell.states} if place == "both" else {}
    return backward_loop(cell, step, enters=enters, **sums)


def _finished(cell: Cell) -> Variants:
    weights = cell.weight_gradients
    sets = {"weights": weights, "all": cell.backward.returns}
    return {f"{what}, to {k}": {"names": names, "limit": k} for k in (1, 5) for what, names in sets.items()}


@fault_of_any_cell("backward", where="np.clip after the loop", change="return the gradients as they are",
                   seen="min-char-rnn, where it belongs to the update", variants=_finished)  # fmt: skip
def gradient_clipped(cell: Cell, step: Function, names: tuple[str, ...], limit: float) -> Function:
    """The finished gradients are clipped."""
    return each_changed(backward_loop(cell, step), names, lambda da, gradient: np.clip(gradient, -limit, limit))


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED,
                   variants=lambda cell: {f"d{cell.states[0]}0 of step 0": {"t0": 0}, "of 1": {"t0": 1}})  # fmt: skip
def carry_late(cell: Cell, step: Function, t0: int) -> Function:
    """Step t receives the carry of step t+2 instead of t+1."""

    def enters(_: Cell, da: Cotangents) -> Enters:
        return lambda t, steps: added(at(da, t), carry(cell, steps[t + 2])) if t + 2 in steps else at(da, t)

    def first(s: str) -> Function:
        return lambda da, steps, kept: steps[min(t0, max(steps))][f"d{s}_prev"]

    return backward_loop(cell, step, enters=enters, **{f"sum:d{s}0": first(s) for s in cell.states})


@fault_of_any_cell("backward", where="the order of the loop", change="for t in reversed(range(T_x))")
def forward_order(cell: Cell, step: Function) -> Function:
    """The loop runs from t = 0 up instead of from the last step down."""

    def turned(da: Cotangents) -> list[Array]:
        return [one[:, :, ::-1] for one in da]

    upward = backward_loop(cell, step, cotangents=(turned,), caches=(lambda steps: steps[::-1],))
    return with_results(upward, lambda da, found: {**found, "dx": found["dx"][:, :, ::-1]})


@fault_of_any_cell("backward", where="which step of {da} the loop reads", change=CARRIED, seen="a public notebook")
def first_cotangent_every_step(cell: Cell, step: Function) -> Function:
    """{da}[:, :, 0] is used at every step."""

    def first(da: Cotangents) -> list[Array]:
        return [np.repeat(one[:, :, :1], one.shape[2], axis=2) for one in da]

    return backward_loop(cell, step, cotangents=(first,))

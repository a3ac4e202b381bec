"""Mistakes in the gradient that the backward loop of any cell carries from step to step.

Each factory takes the cell and a step, and returns a wrong loop.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.cells.loop import Gradients as Step
from rnn_reference.cells.loop import Steps, backward_function, backward_of, carried, gathered, stepped
from rnn_reference.faults.building_blocks import added, each_state

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

    def body(da: Cotangents, caches: Any) -> Gradients:
        def enters(t: int, steps: Steps) -> list[Array]:
            pairs = zip(cell.states, at(da, t), carried(cell, da)(t, steps), strict=True)
            return [alone if s in states else both for s, alone, both in pairs]

        return gathered(cell, stepped(cell, step, da, caches, enters))

    return backward_function(cell, body)


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED, seen="Burton2000/CS231n-2017#7")
def carry_replaces(cell: Cell, step: Function) -> Function:
    """The loop uses {carries} only: {cotangents} counts at the last step, but not at the others."""

    def body(da: Cotangents, caches: Any) -> Gradients:
        def enters(t: int, steps: Steps) -> list[Array]:
            return carry(cell, steps[t + 1]) if steps else at(da, t)

        return gathered(cell, stepped(cell, step, da, caches, enters))

    return backward_function(cell, body)


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED, seen="rsokl/MyGrad#4",
                   variants={f"sliding, k={k}": {"k": k} for k in (2, 3, 4, 5)})  # fmt: skip
def carry_truncated(cell: Cell, step: Function, k: int) -> Function:
    """The gradient is cut off a few steps back: it does not reach the first step from the last."""

    def body(da: Cotangents, caches: Any) -> Gradients:
        T_x = da[0].shape[2]
        only = [[np.where(np.arange(T_x) == t, one, 0) for one in da] for t in range(T_x)]
        whole = [stepped(cell, step, one, caches, carried(cell, one)) for one in only]
        near = [{t: _of(found, 0 <= source - t < k) for t, found in whole[source].items()} for source in range(T_x)]
        summed = [gathered(cell, steps) for steps in near]
        return {name: np.asarray(sum(one[name] for one in summed)) for name in summed[0]}

    return backward_function(cell, body)


def _of(step: Step, counts: bool) -> Step:
    return {name: value if counts else 0 * value for name, value in step.items()}


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

    def body(da: Cotangents, caches: Any) -> Gradients:
        T_x = da[0].shape[2]

        def cut(t: int) -> bool:  # between step t and step t - 1
            return (T_x - t if from_end else t) % k == 0

        def enters(t: int, steps: Steps) -> list[Array]:
            return at(da, t) if t + 1 == T_x or cut(t + 1) else added(at(da, t), carry(cell, steps[t + 1]))

        gradients = gathered(cell, stepped(cell, step, da, caches, enters))
        kept = not (zero and cut(0))
        return {**gradients, **{f"d{s}0": gradients[f"d{s}0"] * kept for s in cell.states}}

    return backward_function(cell, body)


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

    def body(da: Cotangents, caches: Any) -> Gradients:
        def enters(t: int, steps: Steps) -> list[Array]:
            if place == "sum":
                return clip(carried(cell, da)(t, steps))
            return added(at(da, t), clip(carry(cell, steps[t + 1]))) if steps else at(da, t)

        gradients = gathered(cell, stepped(cell, step, da, caches, enters))
        initial = {f"d{s}0": gradients[f"d{s}0"] for s in cell.states}
        clipped = dict(zip(initial, clip(list(initial.values())), strict=True))
        return {**gradients, **clipped} if place == "both" else gradients

    return backward_function(cell, body)


def _finished(cell: Cell) -> Variants:
    weights = cell.weight_gradients
    sets = {"weights": weights, "all": cell.backward.returns}
    return {f"{what}, to {k}": {"names": names, "limit": k} for k in (1, 5) for what, names in sets.items()}


@fault_of_any_cell("backward", where="np.clip after the loop", change="return the gradients as they are",
                   seen="min-char-rnn, where it belongs to the update", variants=_finished)  # fmt: skip
def gradient_clipped(cell: Cell, step: Function, names: tuple[str, ...], limit: float) -> Function:
    """The finished gradients are clipped."""

    def backward(*arguments: Any) -> Gradients:
        gradients = backward_of(cell, step)(*arguments)
        return {name: np.clip(g, -limit, limit) if name in names else g for name, g in gradients.items()}

    return backward


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED,
                   variants=lambda cell: {f"d{cell.states[0]}0 of step 0": {"t0": 0}, "of 1": {"t0": 1}})  # fmt: skip
def carry_late(cell: Cell, step: Function, t0: int) -> Function:
    """Step t receives the carry of step t+2 instead of t+1."""

    def body(da: Cotangents, caches: Any) -> Gradients:
        def enters(t: int, steps: Steps) -> list[Array]:
            return added(at(da, t), carry(cell, steps[t + 2])) if t + 2 in steps else at(da, t)

        steps = stepped(cell, step, da, caches, enters)
        first = steps[min(t0, max(steps))]
        return {**gathered(cell, steps), **{f"d{s}0": first[f"d{s}_prev"] for s in cell.states}}

    return backward_function(cell, body)


@fault_of_any_cell("backward", where="the order of the loop", change="for t in reversed(range(T_x))")
def forward_order(cell: Cell, step: Function) -> Function:
    """The loop runs from t = 0 up instead of from the last step down."""

    def body(da: Cotangents, caches: Any) -> Gradients:
        turned = [one[:, :, ::-1] for one in da]
        steps = stepped(cell, step, turned, (caches[0][::-1], caches[1]), carried(cell, turned))
        upward = gathered(cell, steps)
        return {**upward, "dx": upward["dx"][:, :, ::-1]}

    return backward_function(cell, body)


@fault_of_any_cell("backward", where="which step of {da} the loop reads", change=CARRIED, seen="a public notebook")
def first_cotangent_every_step(cell: Cell, step: Function) -> Function:
    """{da}[:, :, 0] is used at every step."""

    def body(da: Cotangents, caches: Any) -> Gradients:
        first = [np.repeat(one[:, :, :1], one.shape[2], axis=2) for one in da]
        return gathered(cell, stepped(cell, step, first, caches, carried(cell, first)))

    return backward_function(cell, body)

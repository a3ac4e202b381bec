"""Mistakes in what ``rnn_backward`` carries from step to step: each makes a wrong loop of a cell's backward step."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.loop import backward_of
from rnn_reference.cells.rnn.building_blocks import WEIGHTS, Steps, carried, gathered, stepped

THE_CARRY = "what the loop hands from step t+1 to step t"
CARRIED = "call the cell with da[:, :, t] + da_prev, where da_prev is what it returned for step t+1"


@fault("rnn_backward", where=THE_CARRY, change=CARRIED,
       seen="the document, section 2.2; qixianbiao/RNN#2; sagarnildass/andrew_ng_deep_learning#1; 4 of 46 public ones",
       )  # fmt: skip
def carry_dropped(cell: Function) -> Function:
    """da_prev is not carried from step t+1 to step t."""
    return lambda da, caches: gathered(stepped(cell, da, caches, lambda t, steps: da[:, :, t]))


@fault("rnn_backward", where=THE_CARRY, change=CARRIED, seen="Burton2000/CS231n-2017#7")
def carry_replaces(cell: Function) -> Function:
    """da_prev alone is carried on, so that da counts at the last step only."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        return gathered(stepped(cell, da, caches, lambda t, steps: steps[t + 1]["da_prev"] if steps else da[:, :, t]))

    return rnn_backward


@fault("rnn_backward", where=THE_CARRY, change=CARRIED, seen="rsokl/MyGrad#4",
       variants={f"sliding, k={k}": {"k": k} for k in (2, 3)})  # fmt: skip
def carry_truncated(cell: Function, k: int) -> Function:
    """The gradient is cut off a few steps back: it does not reach the first step from the last."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        only = [np.where(np.arange(da.shape[2]) == t, da, 0) for t in range(da.shape[2])]
        whole = [stepped(cell, one, caches, carried(one)) for one in only]
        near = [{t: _of(step, 0 <= source - t < k) for t, step in whole[source].items()} for source in range(len(only))]
        summed = [gathered(steps) for steps in near]
        return {name: np.asarray(sum(one[name] for one in summed)) for name in summed[0]}

    return rnn_backward


def _of(step: Gradients, counts: bool) -> Gradients:
    return {name: value if counts else 0 * value for name, value in step.items()}


@fault(
    "rnn_backward",
    id="carry-truncated",
    where=THE_CARRY,
    change=CARRIED,
    variants={
        f"every {k} from the {end}, da0 {'zero' if zero else 'kept'}": {"k": k, "from_end": end == "end", "zero": zero}
        for k in (2, 3, 4) for end in ("start", "end") for zero in (False, True)
    },
)  # fmt: skip
def carry_chunked(cell: Function, k: int, from_end: bool, zero: bool) -> Function:
    """The gradient is cut off a few steps back: the carry is set to zero every few steps."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        T_x = da.shape[2]

        def cut(t: int) -> bool:  # between step t and step t - 1
            return (T_x - t if from_end else t) % k == 0

        def enters(t: int, steps: Steps) -> Array:
            return np.asarray(da[:, :, t] + (0 if t + 1 == T_x or cut(t + 1) else steps[t + 1]["da_prev"]))

        gradients = gathered(stepped(cell, da, caches, enters))
        return {**gradients, "da0": gradients["da0"] * (not (zero and cut(0)))}

    return rnn_backward


@fault(
    "rnn_backward",
    where="np.clip inside the loop",
    change="clip, if at all, the finished gradients when the weights are updated",
    seen="min-char-rnn clips after the loop",
    variants={
        f"to {limit}, {place}": {"limit": limit, "place": place}
        for limit in (1, 5) for place in ("carry", "carry and da0", "with da")
    },
)  # fmt: skip
def carry_clipped(cell: Function, limit: float, place: str) -> Function:
    """What is carried from step to step is clipped."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        def enters(t: int, steps: Steps) -> Array:
            if place == "with da":
                return np.clip(carried(da)(t, steps), -limit, limit)
            return da[:, :, t] + (np.clip(steps[t + 1]["da_prev"], -limit, limit) if steps else 0)

        gradients = gathered(stepped(cell, da, caches, enters))
        da0 = gradients["da0"]
        return {**gradients, "da0": np.clip(da0, -limit, limit) if place == "carry and da0" else da0}

    return rnn_backward


@fault("rnn_backward", where="np.clip after the loop", change="return the gradients as they are",
       seen="min-char-rnn, where it belongs to the update",
       variants={f"{what}, to {k}": {"names": names, "limit": k} for k in (1, 5) for what, names in
                 {"weights": WEIGHTS, "all": ("dx", "da0", *WEIGHTS)}.items()})  # fmt: skip
def gradient_clipped(cell: Function, names: tuple[str, ...], limit: float) -> Function:
    """The finished gradients are clipped."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        gradients = backward_of(cell)(da, caches)
        return {name: np.clip(g, -limit, limit) if name in names else g for name, g in gradients.items()}

    return rnn_backward


@fault("rnn_backward", where=THE_CARRY, change=CARRIED, variants={"da0 of step 0": {"t0": 0}, "of 1": {"t0": 1}})
def carry_late(cell: Function, t0: int) -> Function:
    """Step t receives the carry of step t+2 instead of t+1."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        def enters(t: int, steps: Steps) -> Array:
            return np.asarray(da[:, :, t] + (steps[t + 2]["da_prev"] if t + 2 in steps else 0))

        steps = stepped(cell, da, caches, enters)
        return {**gathered(steps), "da0": steps[min(t0, max(steps))]["da_prev"]}

    return rnn_backward


@fault("rnn_backward", where="the order of the loop", change="for t in reversed(range(T_x))")
def forward_order(cell: Function) -> Function:
    """The loop runs from t = 0 up instead of from the last step down."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        upward = backward_of(cell)(da[:, :, ::-1], (caches[0][::-1], caches[1]))
        return {**upward, "dx": upward["dx"][:, :, ::-1]}

    return rnn_backward


@fault("rnn_backward", where="which step of da the loop reads", change=CARRIED, seen="a public notebook")
def first_cotangent_every_step(cell: Function) -> Function:
    """da[:, :, 0] is used at every step."""
    return lambda da, caches: backward_of(cell)(np.repeat(da[:, :, :1], da.shape[2], axis=2), caches)

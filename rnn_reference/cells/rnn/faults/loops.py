"""Mistakes in ``rnn_backward`` of this cell only. Mistakes of any cell are in ``rnn_reference.faults``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.edited_loops import backward_loop
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.loop import Steps, carried
from rnn_reference.cells.rnn.signature import CELL


def _dz(da: Sequence[Array], steps: Steps, kept: Sequence[Any], t: int) -> Array:
    """Returns the gradient of z at a step, from the gradient that enters it."""
    after = {t + 1: steps[t + 1]} if t + 1 in steps else {}
    (entering,) = carried(CELL, da)(t, after)
    return np.asarray((1 - kept[t][0] ** 2) * entering)


def _sums(of: int) -> dict[str, Function]:
    """Returns the results of the loop with the dz of one step for all steps."""

    def dz(da: Sequence[Array], steps: Steps, kept: Sequence[Any]) -> Array:
        return _dz(da, steps, kept, of % len(kept))

    def weight(part: int) -> Function:
        return lambda da, steps, kept: sum(dz(da, steps, kept) @ cache[part].T for cache in kept)

    def dx(da: Sequence[Array], steps: Steps, kept: Sequence[Any]) -> Array:
        return np.stack([cache[-1]["Wax"].T @ dz(da, steps, kept) for cache in kept], axis=-1)

    def dba(da: Sequence[Array], steps: Steps, kept: Sequence[Any]) -> Array:
        return np.asarray(len(kept) * dz(da, steps, kept).sum(axis=1, keepdims=True))

    return {"sum:dWax": weight(2), "sum:dWaa": weight(1), "sum:dba": dba, "sum:dx": dx}


@fault("rnn_backward", where="the lines that use dz after the loop, or outside of it",
       change="keep dz of every step, or use it inside the loop",
       variants={f"of {name}, {what}": {"of": of, "names": names}
                 for name, of in {"step 0": 0, "the last step": -1}.items()
                 for what, names in {"weights": ("dWax", "dWaa", "dba"),
                                     "weights and dx": ("dWax", "dWaa", "dba", "dx")}.items()})  # fmt: skip
def one_dz_for_all_steps(step: Function, of: int, names: tuple[str, ...]) -> Function:
    """The gradient of z of one step is used for all steps."""
    sums = _sums(of)
    return backward_loop(CELL, step, **{f"sum:{name}": sums[f"sum:{name}"] for name in names})

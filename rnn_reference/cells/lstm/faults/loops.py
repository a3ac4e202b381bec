"""Mistakes in ``lstm_forward`` and ``lstm_backward`` that only two states, or four gates, make possible."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.cells.edited_loops import backward_loop, forward_loop
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.loop import Enters
from rnn_reference.cells.lstm.signature import CELL

THE_CELL_STATE = "the line before the loop that sets the first c_next"


@fault("lstm_forward", where=THE_CELL_STATE, change="c_next = np.zeros((n_a, m)), or a copy of c0: not c[:, :, 0]",
       seen="13 public notebooks; omerbsezer#2")  # fmt: skip
def initial_cell_is_view(step: Function) -> Function:
    """The first c_prev is a view, c_next = c[:, :, 0], which the loop writes over: its cache holds c of step 0."""

    def spoilt(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        (first, *rest), x = results["caches"]
        place = CELL.cache.index("c_prev")
        over = (*first[:place], np.array(results["c"][:, :, 0]), *first[place + 1 :])
        return {**results, "caches": ([over, *rest], x)}

    return forward_loop(CELL, step, results=(spoilt,))


@fault("lstm_forward", where="the lines before the loop that make a and c", change="c = np.zeros(...), not c = a",
       seen="6 public notebooks; parser#48",
       variants={"a holds c": {"kept": "c"}, "c holds a": {"kept": "a"}})  # fmt: skip
def states_aliased(step: Function, kept: str) -> Function:
    """a and c are one array: both hold the same states."""

    def aliased(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        return {**results, **dict.fromkeys(("a", "c"), results[kept])}

    return forward_loop(CELL, step, results=(aliased,))


@fault("lstm_forward", where=THE_CELL_STATE, change="c_next = np.zeros((n_a, m)), or c0", seen="a public notebook")
def initial_cell_from_a0(step: Function) -> Function:
    """The first cell state is a0."""
    return forward_loop(CELL, step, initial=(lambda states, *_: [states[0], states[0]],))


@fault("lstm_forward", where="the two states that the loop passes to the cell",
       change="lstm_cell_forward(xt, a_next, c_next, parameters)",
       variants={"after step 0": {"from_start": False}, "always": {"from_start": True}})  # fmt: skip
def states_exchanged(step: Function, from_start: bool) -> Function:
    """The loop passes c for a and a for c to the cell."""

    def exchanging(step: Function) -> Function:
        first = iter([not from_start])

        def exchanged(xt: Any, a: Any, c: Any, p: Any) -> Any:
            return step(xt, a, c, p) if next(first, False) else step(xt, c, a, p)

        return exchanged

    return forward_loop(CELL, step, each=(exchanging,))


@fault("lstm_forward", where="special code for the first step", change="call the same cell at every step",
       seen="coremltools#309")  # fmt: skip
def forget_bias_added(step: Function) -> Function:
    """1 is added to the argument of the forget gate at step 0 only."""

    def raising(step: Function) -> Function:
        first = iter([True])

        def raised(xt: Any, a: Any, c: Any, p: Any) -> Any:
            return step(xt, a, c, {**p, "bf": p["bf"] + 1} if next(first, False) else p)

        return raised

    return forward_loop(CELL, step, each=(raising,))


@fault("lstm_backward", where="whether the loop adds dc[:, :, t]", change="add dc[:, :, t] to the carried dc_prev",
       seen="pytorch/pytorch#96416, pytorch/rl#3738")  # fmt: skip
def state_gradient_ignored(step: Function) -> Function:
    """dc, the gradient that reaches c from outside, is not used."""
    return backward_loop(CELL, step, cotangents=(lambda given: [given[0], 0 * given[1]],))


OTHERS = ("dbi", "dbc", "dbo")


@fault("lstm_backward", where="the sums of dbi, dbc and dbo in the loop", change="add each bias's own gradient to it",
       seen="the course's older printed values; three public files",
       variants={"": {"carried": True}, "nothing carried": {"carried": False}},
       beside={"nothing carried": "carry-dropped"})  # fmt: skip
def bias_sums_from_another(step: Function, carried: bool) -> Function:
    """dbi, dbc and dbo are each added to the sum of dbf: they end as dbf plus their own term of step 0."""

    def spoilt(name: str) -> Function:
        return lambda da, steps, kept: sum(one["dbf"] for one in steps.values()) + steps[0][name]

    def nothing(_: Any, da: Any) -> Enters:
        return lambda t, steps: [one[:, :, t] for one in da]

    enters = {} if carried else {"enters": nothing}
    return backward_loop(CELL, step, **enters, **{f"sum:{name}": spoilt(name) for name in OTHERS})

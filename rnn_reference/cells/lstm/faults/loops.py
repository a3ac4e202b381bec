"""Mistakes in ``lstm_forward`` and ``lstm_backward`` that only two states, or four gates, make possible."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Gradients
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.loop import backward_of, forward_of
from rnn_reference.cells.lstm.building_blocks import in_order, results_of
from rnn_reference.cells.lstm.signature import CELL

THE_CELL_STATE = "the line before the loop that sets the first c_next"


@fault("lstm_forward", where=THE_CELL_STATE, change="c_next = np.zeros((n_a, m)), or a copy of c0: not c[:, :, 0]",
       seen="13 public notebooks; omerbsezer#2")  # fmt: skip
def initial_cell_is_view(step: Function) -> Function:
    """The first c_prev is a view, c_next = c[:, :, 0], which the loop writes over: its cache holds c of step 0."""

    def lstm_forward(*arguments: Any) -> Any:
        results = results_of(step, *arguments)
        (first, *rest), x = results["caches"]
        place = CELL.cache.index("c_prev")
        spoilt = (*first[:place], np.array(results["c"][:, :, 0]), *first[place + 1 :])
        return in_order(results | {"caches": ([spoilt, *rest], x)})

    return lstm_forward


@fault("lstm_forward", where="the lines before the loop that make a and c", change="c = np.zeros(...), not c = a",
       seen="6 public notebooks; parser#48",
       variants={"a holds c": {"kept": "c"}, "c holds a": {"kept": "a"}})  # fmt: skip
def states_aliased(step: Function, kept: str) -> Function:
    """a and c are one array: both hold the same states."""

    def lstm_forward(*arguments: Any) -> Any:
        results = results_of(step, *arguments)
        return in_order(results | dict.fromkeys(("a", "c"), results[kept]))

    return lstm_forward


@fault("lstm_forward", where=THE_CELL_STATE, change="c_next = np.zeros((n_a, m)), or c0", seen="a public notebook")
def initial_cell_from_a0(step: Function) -> Function:
    """The first cell state is a0."""

    def lstm_forward(x: Any, a0: Any, parameters: Any, *c0: Any) -> Any:
        return forward_of(CELL, step)(x, a0, parameters, a0)

    return lstm_forward


@fault("lstm_forward", where="the two states that the loop passes to the cell",
       change="lstm_cell_forward(xt, a_next, c_next, parameters)",
       variants={"after step 0": {"from_start": False}, "always": {"from_start": True}})  # fmt: skip
def states_exchanged(step: Function, from_start: bool) -> Function:
    """The loop passes c for a and a for c to the cell."""

    def lstm_forward(x: Any, a0: Any, parameters: Any, *c0: Any) -> Any:
        zero = c0[0] if c0 else np.zeros_like(a0)
        first = iter([not from_start])

        def exchanged(xt: Any, a: Any, c: Any, p: Any) -> Any:
            return step(xt, a, c, p) if next(first, False) else step(xt, c, a, p)

        return forward_of(CELL, exchanged)(x, a0, parameters, zero)

    return lstm_forward


@fault("lstm_forward", where="special code for the first step", change="call the same cell at every step",
       seen="coremltools#309")  # fmt: skip
def forget_bias_added(step: Function) -> Function:
    """1 is added to the argument of the forget gate at step 0 only."""

    def lstm_forward(x: Any, a0: Any, parameters: Any, *c0: Any) -> Any:
        first = iter([True])

        def raised(xt: Any, a: Any, c: Any, p: Any) -> Any:
            return step(xt, a, c, {**p, "bf": p["bf"] + 1} if next(first, False) else p)

        return forward_of(CELL, raised)(x, a0, parameters, *c0)

    return lstm_forward


@fault("lstm_backward", where="whether the loop adds dc[:, :, t]", change="add dc[:, :, t] to the carried dc_prev",
       seen="pytorch/pytorch#96416, pytorch/rl#3738")  # fmt: skip
def state_gradient_ignored(step: Function) -> Function:
    """dc, the gradient that reaches c from outside, is not used."""

    def lstm_backward(da: Any, caches: Any, dc: Any = None) -> Gradients:
        found: Gradients = backward_of(CELL, step)(da, caches)
        return found

    return lstm_backward


@fault("lstm_backward", where="the range of the loop", change="for t in reversed(range(T_x))",
       seen="two public notebooks")  # fmt: skip
def first_step_skipped(step: Function) -> Function:
    """The loop stops before step 0: range(1, T_x)."""

    def lstm_backward(da: Any, caches: Any, *dc: Any) -> Gradients:
        steps, x = caches
        after = slice(1, da.shape[2])
        rest = backward_of(CELL, step)(da[:, :, after], (steps[after], x), *(one[:, :, after] for one in dc))
        whole: Gradients = {**rest, "dx": np.pad(rest["dx"], ((0, 0), (0, 0), (1, 0)))}
        return whole

    return lstm_backward


OTHERS = ("dbi", "dbc", "dbo")


@fault("lstm_backward", where="the sums of dbi, dbc and dbo in the loop", change="add each bias's own gradient to it",
       seen="the course's older printed values; three public files",
       variants={"": {"carried": True}, "nothing carried": {"carried": False}},
       beside={"nothing carried": "carry-dropped"})  # fmt: skip
def bias_sums_from_another(step: Function, carried: bool) -> Function:
    """dbi, dbc and dbo are each added to the sum of dbf: they end as dbf plus their own term of step 0."""

    def lstm_backward(da: Any, caches: Any, *dc: Any) -> Gradients:
        steps: list[Gradients] = []

        def noted(da_next: Any, dc_next: Any, cache: Any) -> Gradients:
            found: Gradients = step(da_next, dc_next, cache)
            steps.append(dict(found))
            return found if carried else found | {name: 0 * found[name] for name in ("da_prev", "dc_prev")}

        total: Gradients = backward_of(CELL, noted)(da, caches, *dc)
        first = steps[-1]
        initial = {"da0": first["da_prev"], "dc0": first["dc_prev"]}
        spoilt: Gradients = {name: total["dbf"] + first[name] for name in OTHERS}
        whole: Gradients = {**total, **initial, **spoilt}
        return whole

    return lstm_backward

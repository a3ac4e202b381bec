"""More mistakes in the gradient that the backward loop of any cell carries: its size, its sign, and its order."""

from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import backward_loop
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.cells.loop import Enters, Steps
from rnn_reference.faults.building_blocks import added
from rnn_reference.faults.loop_backward import CARRIED, THE_CARRY, Cotangents, at, carry


def _factors(cell: Cell) -> Variants:
    """Returns factors of the carry inside the loop, and of the gradients of the initial states too.

    Negated everywhere, it is the sign of the step's result.
    """
    initial = f"d{cell.states[0]}0"
    factors = {"negated": -1.0, "halved": 0.5, "doubled": 2.0}
    return {
        f"{name}, {initial} {'too' if first else 'right'}": {"factor": factor, "first": first}
        for name, factor in factors.items() for first in (False, True) if factor > 0 or not first
    }  # fmt: skip


@fault_of_any_cell("backward", where=THE_CARRY, change=CARRIED, variants=_factors)
def carry_scaled(cell: Cell, step: Function, factor: float, first: bool) -> Function:
    """{carries} {are} multiplied by a number, or subtracted, on the way from step t+1 to step t."""

    def enters(_: Cell, da: Cotangents) -> Enters:
        def of_step(t: int, steps: Steps) -> list[Array]:
            return added(at(da, t), [factor * one for one in carry(cell, steps[t + 1])]) if steps else at(da, t)

        return of_step

    def initial(s: str) -> Function:
        return lambda da, steps, kept: factor * steps[0][f"d{s}_prev"]

    return backward_loop(
        cell, step, enters=enters, **({f"sum:d{s}0": initial(s) for s in cell.states} if first else {})
    )


@fault_of_any_cell("backward", where="the order of the products from step to step", change=CARRIED,
                   seen="a compiler's reverse rule for loops")  # fmt: skip
def jacobians_in_forward_order(cell: Cell, step: Function) -> Function:
    """The derivatives of the steps are multiplied in the order of time: the chain from t to a later step is turned."""

    def through(flow: list[Array], caches: Any, between: range) -> list[Array]:
        for t in between:
            flow = carry(cell, step(*flow, caches[0][t]))
        return flow

    def run(_: Cell, step: Function, da: Cotangents, caches: Any, enters: Enters, of: Function) -> Steps:
        T_x = da[0].shape[2]
        return {
            t: _sum([step(*through(at(da, last), caches, range(t + 1, last + 1)), caches[0][t])
                     for last in range(t, T_x)])
            for t in range(T_x)
        }  # fmt: skip

    def initial(k: int) -> Function:
        def value(da: Cotangents, steps: Steps, kept: Any) -> Array:
            found = [through(at(da, last), (kept, None), range(last + 1))[k] for last in range(da[0].shape[2])]
            total: Array = sum(found)  # type: ignore[assignment]
            return total

        return value

    sums = {f"sum:d{s}0": initial(k) for k, s in enumerate(cell.states)}
    return backward_loop(cell, step, run=run, enters=_with_nothing, **sums)


def _with_nothing(cell: Cell, da: Cotangents) -> Enters:
    return lambda t, steps: at(da, t)


def _sum(steps: list[Any]) -> dict[str, Any]:
    return {name: sum(step[name] for step in steps) for name in steps[0]}

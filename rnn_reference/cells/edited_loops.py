"""The loop over the steps of any cell, forward and backward, with points that mistakes can change."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

from rnn_reference.arrays import Array, at_least_one_step
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edits import Edited, Function, Points, under
from rnn_reference.cells.loop import backward_function, carried, forward_function, gathered, looped, stepped

States = Sequence[Array]


def forward_loop(cell: Cell, step: Function, **points: Any) -> Edited:
    """Returns the loop forward over a step.

    Its points, of which only ``before`` is no chain: ``inputs(x)``; ``initial(states, x, loop)``;
    ``before(t, states after each step so far, initial states)``; ``each(step)``, made anew in every call; and
    ``results(results by name, arguments by name)``.
    """
    return Edited(_forward_loop, (cell,), {"step": step, **points})


def _forward_loop(cell: Cell, points: Points) -> Function:
    before = points.get("before", lambda t, done, states: done[-1] if t else states)

    def body(given: Array, states: States, parameters: Any) -> tuple[Any, ...]:
        at_least_one_step(cell.forward.name, "x", given.shape[2])
        x = _in_turn(points.get("inputs", ()), given)

        def loop(states: States) -> dict[str, Any]:
            step = _in_turn(points.get("each", ()), points["step"])
            return cell.forward.results(looped(cell, step, x, parameters, lambda t, done: before(t, done, states)))

        for change in points.get("initial", ()):
            states = change(states, x, loop)
        found = loop(states)
        found |= {"caches": (found["caches"][0], given)}
        arguments = {
            "x": given,
            "parameters": parameters,
            **{f"{s}0": v for s, v in zip(cell.states, states, strict=True)},
        }
        for change in points.get("results", ()):
            found = change(found, arguments)
        return tuple(found[name] for name in cell.forward.returns)

    return forward_function(cell, body)


def backward_loop(cell: Cell, step: Function, **points: Any) -> Edited:
    """Returns the loop backward over a step.

    Its points: the chains ``cotangents(those of each state)``, ``caches(list)`` and ``steps(results of each step)``;
    ``at(t, the last step)``, the step whose cache is used at t; ``enters(cell, cotangents)``, which returns the
    cotangents of a step; ``run``, in place of ``stepped``; and ``sum:dWf(cotangents, results of each step, caches)``,
    for each result of the loop.
    """
    return Edited(_backward_loop, (cell,), {"step": step, **points})


def _backward_loop(cell: Cell, points: Points) -> Function:
    enters, run, sums = points.get("enters", carried), points.get("run", stepped), under(points, "sum")
    at = points.get("at", lambda t, last: t)

    def body(cotangents: Sequence[Array], caches: Any) -> dict[str, Array]:
        at_least_one_step(cell.backward.name, "caches", len(caches[0]))
        da, kept = _in_turn(points.get("cotangents", ()), cotangents), _in_turn(points.get("caches", ()), caches[0])
        last = da[0].shape[2] - 1
        steps = run(cell, points["step"], da, (kept, caches[1]), enters(cell, da), lambda t: int(at(t, last)))
        steps = _in_turn(points.get("steps", ()), steps)
        return {**gathered(cell, steps), **{name: value(da, steps, kept) for name, value in sums.items()}}

    return backward_function(cell, body)


def _in_turn(changes: Sequence[Function], value: Any) -> Any:
    """Returns a value after all changes."""
    return reduce(lambda changed, change: change(changed), changes, value)

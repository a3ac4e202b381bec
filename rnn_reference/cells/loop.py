"""The loop over the steps of any cell, forward and backward, with any functions of one step.

The loops have the structure of the document, one call for each step. With the implementation's own step
they judge its loop. The reference must agree with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, at_least_one_step
from rnn_reference.cells.cell import Cell

Function = Callable[..., Any]

Forward = Callable[[Array, Sequence[Array], Any], tuple[Any, ...]]
"""``body(x, initial states, parameters)`` returns the results of a forward function."""

Backward = Callable[[Sequence[Array], Any], dict[str, Array]]
"""``body(cotangent of each state, caches)`` returns the results of a backward function."""


def forward_function(cell: Cell, body: Forward) -> Function:
    """Returns a forward function with the cell's signature. Missing initial states are zero."""

    def forward(*arguments: Any) -> tuple[Any, ...]:
        given = cell.forward.named(arguments)
        first = given[f"{cell.states[0]}0"]
        states = [given[f"{s}0"] if f"{s}0" in given else np.zeros_like(first) for s in cell.states]
        return body(given["x"], states, given["parameters"])

    return forward


def backward_function(cell: Cell, body: Backward) -> Function:
    """Returns a backward function with the cell's signature. Missing cotangents are zero."""

    def backward(*arguments: Any) -> dict[str, Array]:
        given = cell.backward.named(arguments)
        first = given[f"d{cell.states[0]}"]
        cotangents = [given[f"d{s}"] if f"d{s}" in given else np.zeros_like(first) for s in cell.states]
        return body(cotangents, given["caches"])

    return backward


def forward_of(cell: Cell, cell_forward: Function) -> Function:
    """Returns a forward function of the whole sequence that calls ``cell_forward`` once for each step.

    The caches are a list of the steps' caches, of any form, and ``x``. Source: document, section 1.4.
    """

    def body(x: Array, states: Sequence[Array], parameters: Any) -> tuple[Any, ...]:
        at_least_one_step(cell.forward.name, "x", x.shape[2])
        return looped(cell, cell_forward, x, parameters, lambda t, done: done[-1] if t else states)

    return forward_function(cell, body)


def looped(
    cell: Cell, step: Function, x: Array, parameters: Any, before: Callable[[int, list[Any]], Sequence[Any]]
) -> tuple[Any, ...]:
    """Returns the results of a loop. Step t starts from the states ``before(t, the states after each step so far)``."""
    done: list[Any] = []
    predictions, caches = [], []
    for t in range(x.shape[2]):
        *states, prediction, cache = step(x[:, :, t], *before(t, done), parameters)
        done.append(states)
        predictions.append(prediction)
        caches.append(cache)
    first, *others = (np.stack([states[k] for states in done], axis=-1) for k in range(len(cell.states)))
    return first, np.stack(predictions, axis=-1), *others, (caches, x)


def backward_of(cell: Cell, cell_backward: Function) -> Function:
    """Returns a backward function that calls ``cell_backward`` once for each step, from the last to the first.

    Source: the chain rule over section 1.4 of the document.
    """

    def body(cotangents: Sequence[Array], caches: Any) -> dict[str, Array]:
        at_least_one_step(cell.backward.name, "caches", len(caches[0]))
        return gathered(cell, stepped(cell, cell_backward, cotangents, caches, carried(cell, cotangents)))

    return backward_function(cell, body)


Gradients = Mapping[str, Array]
Steps = dict[int, Gradients]
"""The gradients that the cell returned at each step."""

Enters = Callable[[int, Steps], Sequence[Any]]
"""``enters(t, finished steps)`` returns the cotangents of the step backward at t."""


def stepped(
    cell: Cell,
    cell_backward: Function,
    cotangents: Sequence[Array],
    caches: Any,
    enters: Enters,
    at: Callable[[int], int] = lambda t: t,
) -> Steps:
    """Calls the cell backward at every step, from the last. ``at(t)`` is the step whose cache is used at ``t``."""
    steps: Steps = {}
    for t in reversed(range(cotangents[0].shape[2])):
        steps[t] = cell_backward(*enters(t, steps), caches[0][at(t)])
    return steps


def carried(cell: Cell, cotangents: Sequence[Array]) -> Enters:
    """Returns the right cotangents of a step: those given, plus the gradients from the step after it."""

    def enters(t: int, steps: Steps) -> list[Array]:
        own = [cotangent[:, :, t] for cotangent in cotangents]
        return [one + steps[t + 1][f"d{s}_prev"] for one, s in zip(own, cell.states, strict=True)] if steps else own

    return enters


def gathered(cell: Cell, steps: Steps) -> dict[str, Array]:
    """Returns ``dx`` of every step, the gradients of the initial states, and the summed gradients of the weights."""
    in_order = [steps[t] for t in sorted(steps)]
    initial = {f"d{s}0": in_order[0][f"d{s}_prev"] for s in cell.states}
    totals = {name: np.asarray(sum(step[name] for step in in_order)) for name in cell.weight_gradients}
    return {"dx": np.stack([step["dxt"] for step in in_order], axis=-1), **initial, **totals}

"""Any cell's sequence over anybody's functions of one step, forward and backward.

These loops have the document's structure: one call a step. They are how a loop is judged with the
implementation's own cell, and what a reference must agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, at_least_one_step
from rnn_reference.cells.cell import Cell

Function = Callable[..., Any]

Forward = Callable[[Array, Sequence[Array], Any], tuple[Any, ...]]
"""``x, the initial states, parameters`` -> what a forward function returns."""

Backward = Callable[[Sequence[Array], Any], dict[str, Array]]
"""``the cotangent of each state, caches`` -> what a backward function returns."""


def forward_function(cell: Cell, body: Forward) -> Function:
    """A forward function with the cell's signature; initial states that it is not given are zero."""

    def forward(*arguments: Any) -> tuple[Any, ...]:
        given = cell.forward.named(arguments)
        first = given[f"{cell.states[0]}0"]
        states = [given[f"{s}0"] if f"{s}0" in given else np.zeros_like(first) for s in cell.states]
        return body(given["x"], states, given["parameters"])

    return forward


def backward_function(cell: Cell, body: Backward) -> Function:
    """A backward function with the cell's signature; cotangents that it is not given are zero."""

    def backward(*arguments: Any) -> dict[str, Array]:
        given = cell.backward.named(arguments)
        first = given[f"d{cell.states[0]}"]
        cotangents = [given[f"d{s}"] if f"d{s}" in given else np.zeros_like(first) for s in cell.states]
        return body(cotangents, given["caches"])

    return backward


def forward_of(cell: Cell, cell_forward: Function) -> Function:
    """A forward function of the whole sequence that calls ``cell_forward`` once a step.

    What a step keeps may be anything; the caches are a list of that and ``x``. Source: document, section 1.4.
    """

    def body(x: Array, states: Sequence[Array], parameters: Any) -> tuple[Any, ...]:
        at_least_one_step(cell.forward.name, "x", x.shape[2])
        return looped(cell, cell_forward, x, parameters, lambda t, done: done[-1] if t else states)

    return forward_function(cell, body)


def looped(
    cell: Cell, step: Function, x: Array, parameters: Any, before: Callable[[int, list[Any]], Sequence[Any]]
) -> tuple[Any, ...]:
    """The results of steps that each start from the states ``before(t, the states after each step so far)``."""
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
    """A backward function of the whole sequence that calls ``cell_backward`` once a step, from the last to the first.

    Source: the chain rule over section 1.4 of the document.
    """

    def body(cotangents: Sequence[Array], caches: Any) -> dict[str, Array]:
        at_least_one_step(cell.backward.name, "caches", len(caches[0]))
        return gathered(cell, stepped(cell, cell_backward, cotangents, caches, carried(cell, cotangents)))

    return backward_function(cell, body)


Gradients = Mapping[str, Array]
Steps = dict[int, Gradients]
"""What the cell gave at each step."""

Enters = Callable[[int, Steps], Sequence[Any]]
"""``enters(t, the steps done)``: the cotangents that a step backward is called with."""


def stepped(
    cell: Cell,
    cell_backward: Function,
    cotangents: Sequence[Array],
    caches: Any,
    enters: Enters,
    at: Callable[[int], int] = lambda t: t,
) -> Steps:
    """The cell backward at every step from the last; ``at`` says which step's cache is used at ``t``."""
    steps: Steps = {}
    for t in reversed(range(cotangents[0].shape[2])):
        steps[t] = cell_backward(*enters(t, steps), caches[0][at(t)])
    return steps


def carried(cell: Cell, cotangents: Sequence[Array]) -> Enters:
    """What enters a step: the cotangents, and what the step after it hands back."""

    def enters(t: int, steps: Steps) -> list[Array]:
        own = [cotangent[:, :, t] for cotangent in cotangents]
        return [one + steps[t + 1][f"d{s}_prev"] for one, s in zip(own, cell.states, strict=True)] if steps else own

    return enters


def gathered(cell: Cell, steps: Steps) -> dict[str, Array]:
    """``dx`` of every step, the initial states' gradients from the first, and the sums of the weights' gradients."""
    in_order = [steps[t] for t in sorted(steps)]
    initial = {f"d{s}0": in_order[0][f"d{s}_prev"] for s in cell.states}
    totals = {name: np.asarray(sum(step[name] for step in in_order)) for name in cell.weight_gradients}
    return {"dx": np.stack([step["dxt"] for step in in_order], axis=-1), **initial, **totals}

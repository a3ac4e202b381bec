"""The loop over the steps of any cell, forward and backward: with its equations, or with any functions of one step.

The loops over functions have the structure of the document, one call for each step. With the implementation's own step
they judge its loop. The reference must agree with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, at_least_one_step
from rnn_reference.cells.cell import Cell, States
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.complex_step import back_by_complex_step


@dataclass(frozen=True)
class Trace:
    """A run of the equations: the initial states and those after each step, the kept values, and the inputs."""

    states: list[States]
    kept: list[Any]
    x: Sequence[Any]

    def of(self, number: int) -> list[Any]:
        """Returns the state with this number, after each step."""
        return [states[number] for states in self.states[1:]]


def run(cell: Cell, affine: Affine, x: Sequence[Any], states: States) -> Trace:
    """Runs the equations at every step of ``x``, a list of inputs ``(n_x, m)``, from the given states."""
    trace = Trace([states], [], x)
    for xt in x:
        after, kept = cell.step(affine, xt, trace.states[-1])
        trace.states.append(after)
        trace.kept.append(kept)
    return trace


def run_back(cell: Cell, affine: Affine, trace: Trace, cotangents: Sequence[States]) -> tuple[list[Any], States]:
    """Returns the gradient of the input at each step, and of the initial states. Runs from the last step to the first.

    ``cotangents`` has, for each step, the gradient of the loss with respect to its states. After the run,
    ``affine.gradients()`` returns the gradients of the weights.
    """
    carry: States = ()
    dx = []
    for t in reversed(range(len(cotangents))):
        reached = tuple(map(_sum, cotangents[t], carry)) if carry else cotangents[t]
        dxt, carry = back_of(cell)(affine, reached, trace.states[t + 1], trace.states[t], trace.kept[t], trace.x[t])
        dx.append(dxt)
    return dx[::-1], carry


def back_of(cell: Cell) -> Callable[..., tuple[Any, States]]:
    """Returns the function for one step backward: ``back(affine, dstates, states, states_before, kept, x)``.

    If the cell has no derived gradient, it is computed by complex steps.
    """
    if cell.back:
        derived = cell.back
        return lambda affine, dstates, after, before, kept, x: derived(affine, dstates, after, before, kept)
    return lambda affine, dstates, after, before, kept, x: back_by_complex_step(cell.step, affine, dstates, before, x)


def at_states(cell: Cell, affine: Affine, x: Array, initial: Sequence[Array], states: Sequence[Array]) -> Trace:
    """Returns a run of the equations with given states, which may be wrong. Each step starts from the given state.

    ``x`` and ``states`` have a time axis; ``initial`` are the states before the first step.
    """
    steps = time_first(x)
    given = [tuple(initial), *zip(*map(time_first, states), strict=True)]
    kept = [cell.step(affine, xt, before)[1] for xt, before in zip(steps, given, strict=False)]
    return Trace(given, kept, steps)


def gradients_at_states(
    cell: Cell,
    x: Array,
    initial: Sequence[Array],
    parameters: Mapping[str, Array],
    states: Sequence[Array],
    cotangents: Sequence[Array],
) -> dict[str, Array]:
    """Returns the right results of the backward function for given states, which may be wrong."""
    affine = Affine(cell.maps, parameters)
    trace = at_states(cell, affine, x, initial, states)
    dx, first = run_back(cell, affine, trace, list(zip(*map(time_first, cotangents), strict=True)))
    weights = affine.gradients()
    found = {f"d{s}0": gradient for s, gradient in zip(cell.states, first, strict=True)}
    return {"dx": np.stack(dx, axis=-1), **found, **{name: weights[name] for name in cell.weight_gradients}}


def _sum(one: Any, other: Any) -> Any:
    return one + other


def time_first(array: Array) -> list[Array]:
    """Returns the steps of an array ``(n, m, T_x)``, each ``(n, m)``."""
    return [array[:, :, t] for t in range(array.shape[2])]


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

"""Runs the equations of any cell over a sequence, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.description import States
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
    back = back_of(cell)
    carry: States = ()
    dx = []
    for t in reversed(range(len(cotangents))):
        reached = tuple(map(_sum, cotangents[t], carry)) if carry else cotangents[t]
        dxt, carry = back(affine, reached, trace.states[t + 1], trace.states[t], trace.kept[t], trace.x[t])
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
    given = [tuple(initial), *each_step(states)]
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
    dx, first = run_back(cell, affine, trace, each_step(cotangents))
    weights = affine.gradients()
    found = {f"d{s}0": gradient for s, gradient in zip(cell.states, first, strict=True)}
    return {"dx": np.stack(dx, axis=-1), **found, **{name: weights[name] for name in cell.weight_gradients}}


def _sum(one: Any, other: Any) -> Any:
    return one + other


def time_first(array: Array) -> list[Array]:
    """Returns the steps of an array ``(n, m, T_x)``, each ``(n, m)``."""
    return [array[:, :, t] for t in range(array.shape[2])]


def each_step(arrays: Sequence[Array]) -> list[States]:
    """Returns for each step the part of every array ``(n, m, T_x)``."""
    return list(zip(*map(time_first, arrays), strict=True))

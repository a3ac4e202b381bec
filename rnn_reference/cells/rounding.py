"""Tolerances for the results of any cell, one for each element, from the rounding of every operation."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.head import disturbed_predictions
from rnn_reference.cells.trace import Trace, at_states, each_step, run, run_back, time_first
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.stochastic import ABSOLUTE, SAFETY, Disturbed, DisturbedAffine, tolerance

Tolerances = dict[str, Array]


def bounded_tolerance(x: Array, u: float) -> Array:
    """Returns the tolerance of a function with values up to 1, such as tanh, for exact ``x``; ``u`` is the roundoff."""
    return np.full(x.shape, SAFETY * ABSOLUTE * u)


def tolerances(
    cell: Cell,
    x: Array,
    initial: Sequence[Array],
    parameters: Mapping[str, Array],
    cotangents: Sequence[Array],
    u: float,
) -> Tolerances:
    """Returns the tolerance of each result of the forward and the backward function, by name and of its shape.

    ``x`` is ``(n_x, m, T_x)``, the initial states are ``(n_a, m)``, their cotangents ``(n_a, m, T_x)``, all in float64.
    A single step is a sequence of one step. ``u`` is the unit roundoff of the implementation.
    """
    rng, affine = np.random.default_rng(0), DisturbedAffine(cell.maps, parameters)
    trace = run(cell, affine, time_first(x), tuple(Disturbed.of(state, rng) for state in initial))
    found = {name: _over_time(trace.of(k), u) for k, name in enumerate(cell.states)}
    first = Disturbed(np.stack([state.runs for state in trace.of(0)], axis=1), rng)
    predictions = disturbed_predictions(cell.head, first, parameters)
    found[cell.head.of_sequence] = tolerance(predictions, u).transpose(1, 2, 0)
    return found | _backward(cell, affine, trace, cotangents, u)


def backward_tolerances(
    cell: Cell,
    x: Array,
    initial: Sequence[Array],
    parameters: Mapping[str, Array],
    states: Sequence[Array],
    cotangents: Sequence[Array],
    u: float,
) -> Tolerances:
    """Returns the same for the backward function only, at given states ``(n_a, m, T_x)`` that count as exact."""
    rng, affine = np.random.default_rng(0), DisturbedAffine(cell.maps, parameters)
    trace = at_states(cell, affine, x, initial, states)
    exact = Trace([_exact(one, rng) for one in trace.states], [_exact(one, rng) for one in trace.kept], trace.x)
    return _backward(cell, affine, exact, cotangents, u)


def _backward(cell: Cell, affine: Affine, trace: Trace, cotangents: Sequence[Array], u: float) -> Tolerances:
    dx, initial = run_back(cell, affine, trace, each_step(cotangents))
    found = {f"d{name}0": tolerance(one, u) for name, one in zip(cell.states, initial, strict=True)}
    return {"dx": _over_time(dx, u)} | found | {n: tolerance(one, u) for n, one in affine.gradients().items()}


def _over_time(steps: Sequence[Any], u: float) -> Array:
    """Returns the tolerance of a tensor with a time axis. Its largest value is that of all steps."""
    whole = Disturbed(np.stack([one.runs for one in steps], axis=-1), steps[0].rng)
    return tolerance(whole, u)


def _exact(value: Any, rng: np.random.Generator) -> Any:
    """Returns the value with each array as an exact ``Disturbed``, the same in every run."""
    if isinstance(value, Mapping):
        return {name: _exact(one, rng) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return tuple(_exact(one, rng) for one in value)
    return Disturbed.of(value, rng) if isinstance(value, np.ndarray) else value

"""Gradients of any cell's forward function, by differences and the chain rule, with an error bound for every element.

The forward function is a black box, but its affine maps can be moved from outside (``moved``). Central differences
are taken at several steps and extrapolated to the step 0 (``extrapolation``). The output *tensors* are subtracted
before anything is summed, because the loss itself would lose digits. If the function takes complex numbers, ``imag
f(x + ih) / h`` is its derivative up to rounding, without extrapolation.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.numerics.complex_step import STEP
from rnn_reference.numerics.extrapolation import STEPS, extrapolated, largest_errors
from rnn_reference.numerics.moved import Forward, ForwardCall, Point, Tensors, end_of_x, moved_runs, rows_of
from rnn_reference.outcomes import Outcome

MOVES = np.concatenate([STEPS, -STEPS])

ALLOWED = 2.0
"""Root mean squares of rounding in a bound. They are pessimistic: most operations err by less."""


class Derivative(NamedTuple):
    """Gradients, and a bound on the error of each element.

    ``by_step``, if present, has the details: for each ``step`` the largest ``error`` of a central difference of
    ``dL/dz`` and the effect of ``rounding`` (rms) on it; and the ``bound`` on the error of the limit.
    """

    value: Gradients
    error: Gradients
    by_step: dict[str, list[float]] | None = None


class _Limits(NamedTuple):
    """The parts of a ``Limit``, by name: ``dL/dz`` for each map and ``dL/da0`` for each initial state."""

    value: dict[str, Array]
    cut_off: dict[str, Array]
    rounding: dict[str, Array]


def by_injection(forward: Forward, point: Point, rounding: Tensors) -> Derivative:
    """Returns the gradients that the backward function should return, from a few calls of a right forward function.

    Each move of each row is one more column of the batch. Initial states are moved directly; every other gradient is a
    product of ``dL/dz`` and known arrays. Predictions are not needed, so their weights have one row only. ``rounding``
    is the effect of rounding on each element of the states (rms). Arrays are float64.
    """
    squares = sum(np.sum((point.cotangents[s] * rounding[s]) ** 2, axis=(0, 2)) for s in rounding)
    noise = np.sqrt(squares / 2) / STEPS[:, None, None]
    steps, studied = [], []
    for t, moved in enumerate(moved_runs(forward, point, MOVES)):
        slopes = {s: _slopes(after) for s, after in moved.items()}
        differences = sum(np.einsum("jkimt,jmt->kim", slopes[s], point.cotangents[s][:, :, t:]) for s in slopes)
        steps.append(extrapolated(differences, noise))
        studied.append(largest_errors(differences, steps[-1]))
    limits = _Limits(*(_by_source(point, part) for part in zip(*steps, strict=True)))
    by_step = {
        "step": STEPS.tolist(),
        "error": np.max(studied, axis=0).tolist(),
        "rounding": noise.max(axis=(1, 2)).tolist(),
        "bound": [float(np.max([np.max(bound(limits.cut_off[n], limits.rounding[n])) for n in limits.value]))],
    }
    return _by_chain_rule(point, limits)._replace(by_step=by_step)


def _slopes(after: Array) -> Array:
    up, down = np.split(after, 2, axis=1)
    return np.asarray((up - down) / (2 * STEPS[:, None, None, None]))


def keeps_complex(forward: Forward, run: ForwardCall) -> bool:
    """True if a forward function takes complex input and keeps the imaginary part at every step.

    A function that stores its states in a float array drops the imaginary part, perhaps without a warning.
    """
    moved = run.x.astype(complex)
    moved[:, :, 0] += 1j * STEP
    try:
        (states,) = forward([run._replace(x=moved)])
    except Outcome:
        return False
    first = next(iter(states.values()))
    return np.iscomplexobj(first) and bool(np.all(np.isfinite(first)) and np.all(np.any(first.imag != 0, axis=(0, 1))))


def by_complex_step(forward: Forward, point: Point) -> Gradients:
    """Returns the same gradients, exact up to rounding, for a forward function that keeps complex numbers."""
    found = []
    for t, moved in enumerate(moved_runs(forward, point, np.array([1j * STEP]))):
        found.append(
            sum(np.einsum("jkimt,jmt->im", moved[s].imag, point.cotangents[s][:, :, t:]) for s in moved) / STEP
        )
    value = _by_source(point, found)
    nothing = {name: 0 * one for name, one in value.items()}
    return _by_chain_rule(point, _Limits(value, nothing, nothing)).value


def _by_source(point: Point, steps: Sequence[Array]) -> dict[str, Array]:
    """Returns the values for the moved rows, by map (over time) and by initial state, from those of each step."""
    found, start = {}, 0
    for name, rows in rows_of(point).items():
        found[name] = np.stack([step[start : start + rows] for step in steps], axis=2)
        start += rows
    for s, state in point.run.initial.items():
        found[f"{s}0"] = steps[0][start : start + len(state)]
        start += len(state)
    return found


def _by_chain_rule(point: Point, dz: _Limits) -> Derivative:
    """Returns every gradient, from ``dL/dz``. Truncation errors add; independent rounding errors add as squares."""
    value, cut_off = _through(point, dz.value, np.asarray), _through(point, dz.cut_off, np.abs)
    squared = _through(point, {name: one**2 for name, one in dz.rounding.items()}, np.square)
    return Derivative(value, {name: bound(cut_off[name], np.sqrt(squared[name])) for name in value})


def _through(point: Point, dz: Tensors, of: Callable[[Array], Array]) -> Gradients:
    """Returns the gradients of the input, the initial states, the weights and the biases."""
    affine = point.affine
    found: Gradients = {"dx": np.zeros(point.run.x.shape)}
    found |= {f"d{s}0": dz[f"{s}0"] for s in point.run.initial}
    for name in rows_of(point):
        flat = np.concatenate(list(dz[name].transpose(2, 0, 1)), axis=1)
        for weight, operands in affine.maps[name].weights.items():
            steps = [of(affine.stacked(given, operands)) for given in affine.operands[name]]
            found[f"d{weight}"] = flat @ np.concatenate(steps, axis=1).T
            if "x" in operands:
                end, n_x = end_of_x(affine, name, operands), len(point.run.x)
                columns = of(affine.parameters[weight][:, end - n_x : end])
                found["dx"] = found["dx"] + np.einsum("ax,amt->xmt", columns, dz[name])
        found[f"d{affine.maps[name].bias}"] = flat.sum(axis=1, keepdims=True)
    return found


def bound(cut_off: Array, rounding: Array) -> Array:
    """Returns a bound on an error, from the truncation error and the rounding (rms)."""
    return np.asarray(cut_off + ALLOWED * rounding)

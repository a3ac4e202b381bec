"""Gradients of any cell's forward function, by differences and the chain rule, with an error bound for every element.

The forward function is a black box, but its affine maps can be moved from outside. It gets extra inputs, and the input
weight of each map gets an identity matrix beside it. An extra input is zero except at one step: there it moves one row
of the map. Central differences are taken at several steps and extrapolated to the step 0 (``extrapolation``). The
output *tensors* are subtracted before anything is summed, because the loss itself would lose digits. If the function
takes complex numbers, ``imag f(x + ih) / h`` is its derivative up to rounding, without extrapolation.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.complex_step import STEP
from rnn_reference.numerics.extrapolation import STEPS, extrapolated, largest_errors
from rnn_reference.outcomes import Outcome

MOVES = np.concatenate([STEPS, -STEPS])

NUMBERS_AT_ONCE = 2**17
"""The largest number of input elements of one call. This many fit into a processor cache and into one message."""

NUMBERS_TOGETHER = 2**16
"""The largest number of input elements of several calls in one message."""

ALLOWED = 2.0
"""Root mean squares of rounding in a bound. They are pessimistic: most operations err by less."""

Tensors = Mapping[str, Array]


class ForwardCall(NamedTuple):
    """One call of a forward function: ``x (n_x, m, T_x)``, the initial states by name, the parameters by name."""

    x: Array
    initial: Tensors
    parameters: Tensors


Forward = Callable[[list[ForwardCall]], Sequence[Tensors]]
"""The forward function to differentiate: takes several independent calls, returns the states of each by name."""


class Derivative(NamedTuple):
    """Gradients, and a bound on the error of each element.

    ``by_step``, if present, has the details: for each ``step`` the largest ``error`` of a central difference of
    ``dL/dz`` and the effect of ``rounding`` (rms) on it; and the ``bound`` on the error of the limit.
    """

    value: Gradients
    error: Gradients
    by_step: dict[str, list[float]] | None = None


@dataclass(frozen=True)
class Point:
    """The point where a forward function is differentiated: a call, the states that it returned, and their cotangents.

    ``affine`` are the cell's maps, with their operands at these states, step by step. ``states`` and ``cotangents`` are
    ``(n_a, m, T_x)``, by the name of the state.
    """

    run: ForwardCall
    affine: Affine
    states: Tensors
    cotangents: Tensors


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
    for t, moved in enumerate(_moved(forward, point, MOVES)):
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
    for t, moved in enumerate(_moved(forward, point, np.array([1j * STEP]))):
        found.append(
            sum(np.einsum("jkimt,jmt->im", moved[s].imag, point.cotangents[s][:, :, t:]) for s in moved) / STEP
        )
    value = _by_source(point, found)
    nothing = {name: 0 * one for name, one in value.items()}
    return _by_chain_rule(point, _Limits(value, nothing, nothing)).value


def _rows(point: Point) -> dict[str, int]:
    """Returns the number of rows of each map with the input among its operands."""
    maps = point.affine.maps
    return {name: len(point.affine.parameters[of.bias]) for name, of in maps.items() if of.reads("x")}


def _by_source(point: Point, steps: Sequence[Array]) -> dict[str, Array]:
    """Returns the values for the moved rows, by map (over time) and by initial state, from those of each step."""
    found, start = {}, 0
    for name, rows in _rows(point).items():
        found[name] = np.stack([step[start : start + rows] for step in steps], axis=2)
        start += rows
    for s, state in point.run.initial.items():
        found[f"{s}0"] = steps[0][start : start + len(state)]
        start += len(state)
    return found


def _moved(forward: Forward, point: Point, moves: Array) -> Iterator[dict[str, Array]]:
    """Yields, for each step t, the states from t on with one row moved at t: ``(n_a, move, row, m, T_x - t)`` each.

    The rows are those of the maps and, at the first step, those of the initial states too. Each run starts from the
    states before t, because a move does not change earlier steps.
    """
    (n_x, m, T_x), extra = point.run.x.shape, sum(_rows(point).values())
    widened = _widened(point, extra)
    initial = sum(len(state) for state in point.run.initial.values())

    def call(t: int, rows: range) -> ForwardCall:
        columns = (len(moves), len(rows), m)
        x = np.zeros((n_x + extra, *columns, T_x - t), dtype=moves.dtype)
        x[:n_x] = point.run.x[:, None, None, :, t:]
        start = {
            s: np.broadcast_to((point.states[s][:, :, t - 1] if t else first)[:, None, None], (len(first), *columns))
            for s, first in point.run.initial.items()
        }
        start = {s: np.array(state, dtype=moves.dtype) if t == 0 else state for s, state in start.items()}
        places = [(state, row) for state in start.values() for row in range(len(state))]
        for place, row in enumerate(rows):
            if row < extra:
                x[n_x + row, :, place, :, 0] = moves[:, None]
            else:
                state, own = places[row - extra]
                state[own, :, place] += moves[:, None]
        together = {s: state.reshape(len(state), -1) for s, state in start.items()}
        return ForwardCall(x.reshape(n_x + extra, -1, T_x - t), together, widened)

    numbers = [(n_x + extra) * len(moves) * m * (T_x - t) for t in range(T_x)]
    runs: list[dict[str, list[Array]]] = [{s: [] for s in point.states} for _ in range(T_x)]
    for calls in _in_one_go([extra + initial] + [extra] * (T_x - 1), numbers):
        for (t, rows), states in zip(calls, forward([call(*one) for one in calls]), strict=True):
            for s, kept in runs[t].items():
                kept.append(states[s].reshape(len(states[s]), len(moves), len(rows), m, T_x - t))
    return iter([{s: np.concatenate(kept, axis=2) for s, kept in run.items()} for run in runs])


def _widened(point: Point, extra: int) -> dict[str, Array]:
    """Returns parameters for ``extra`` more inputs, one for each moved row; the weights of predictions have one row."""
    affine = point.affine
    trained = {parameter for of in affine.maps.values() for parameter in of.parameters}
    widened = {name: value if name in trained else value[:1] for name, value in point.run.parameters.items()}
    start = 0
    for name, rows in _rows(point).items():
        for weight, operands in affine.maps[name].weights.items():
            if "x" in operands:
                identity = np.zeros((rows, extra))
                identity[:, start : start + rows] = np.eye(rows)
                end = _end_of_x(affine, name, operands)
                widened[weight] = np.insert(affine.parameters[weight], [end] * extra, identity, axis=1)
        start += rows
    return widened


def _end_of_x(affine: Affine, name: str, operands: tuple[str, ...]) -> int:
    """Returns the first column of a weight after the columns of the input."""
    given = affine.operands[name][0]
    return int(sum(len(given[operand]) for operand in operands[: operands.index("x") + 1]))


def _in_one_go(rows: list[int], numbers: list[int]) -> Iterator[list[tuple[int, range]]]:
    """Yields lists of calls ``(step, rows)`` that cover every row of every step. A list is sent in one message.

    ``rows`` has the number of moved rows at each step, ``numbers`` the number of input elements for one row.
    """
    together: list[tuple[int, range]] = []
    room = NUMBERS_TOGETHER
    for t, (count, each) in enumerate(zip(rows, numbers, strict=True)):
        at_once = max(1, NUMBERS_AT_ONCE // max(each, 1))
        for some in (range(first, min(first + at_once, count)) for first in range(0, count, at_once)):
            if together and len(some) * each > room:
                yield together
                together, room = [], NUMBERS_TOGETHER
            together.append((t, some))
            room -= len(some) * each
    yield together


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
    for name in _rows(point):
        flat = np.concatenate(list(dz[name].transpose(2, 0, 1)), axis=1)
        for weight, operands in affine.maps[name].weights.items():
            steps = [of(affine.stacked(given, operands)) for given in affine.operands[name]]
            found[f"d{weight}"] = flat @ np.concatenate(steps, axis=1).T
            if "x" in operands:
                end, n_x = _end_of_x(affine, name, operands), len(point.run.x)
                columns = of(affine.parameters[weight][:, end - n_x : end])
                found["dx"] = found["dx"] + np.einsum("ax,amt->xmt", columns, dz[name])
        found[f"d{affine.maps[name].bias}"] = flat.sum(axis=1, keepdims=True)
    return found


def bound(cut_off: Array, rounding: Array) -> Array:
    """Returns a bound on an error, from the truncation error and the rounding (rms)."""
    return np.asarray(cut_off + ALLOWED * rounding)

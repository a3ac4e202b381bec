"""The calls of a forward function in which one row of a map, or of an initial state, is moved at one step.

The function gets extra inputs, and the input weight of each map gets an identity matrix beside it. An extra input is
zero except at one step: there it moves one row of the map.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.affine import Affine

NUMBERS_AT_ONCE = 2**17
"""The largest number of input elements of one call. This many fit into a processor cache and into one message."""

NUMBERS_TOGETHER = 2**16
"""The largest number of input elements of several calls in one message."""

Tensors = Mapping[str, Array]


class ForwardCall(NamedTuple):
    """One call of a forward function: ``x (n_x, m, T_x)``, the initial states by name, the parameters by name."""

    x: Array
    initial: Tensors
    parameters: Tensors


Forward = Callable[[list[ForwardCall]], Sequence[Tensors]]
"""The forward function to differentiate: takes several independent calls, returns the states of each by name."""


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


def rows_of(point: Point) -> dict[str, int]:
    """Returns the number of rows of each map with the input among its operands."""
    maps = point.affine.maps
    return {name: len(point.affine.parameters[of.bias]) for name, of in maps.items() if of.reads("x")}


def moved_runs(forward: Forward, point: Point, moves: Array) -> Iterator[dict[str, Array]]:
    """Yields, for each step t, the states from t on with one row moved at t: ``(n_a, move, row, m, T_x - t)`` each.

    The rows are those of the maps and, at the first step, those of the initial states too. Each run starts from the
    states before t, because a move does not change earlier steps; from the first step, if it cannot start from any
    states.
    """
    (n_x, m, T_x), extra = point.run.x.shape, sum(rows_of(point).values())
    restarts = len(point.run.initial) == len(point.states)
    widened = _widened(point, extra)
    initial = sum(len(state) for state in point.run.initial.values())

    def call(t: int, rows: range) -> ForwardCall:
        columns, begin = (len(moves), len(rows), m), t if restarts else 0
        x = np.zeros((n_x + extra, *columns, T_x - begin), dtype=moves.dtype)
        x[:n_x] = point.run.x[:, None, None, :, begin:]
        before = {s: point.states[s][:, :, begin - 1] if begin else one for s, one in point.run.initial.items()}
        start = {s: np.broadcast_to(one[:, None, None], (len(one), *columns)) for s, one in before.items()}
        start = {s: np.array(state, dtype=moves.dtype) if t == 0 else state for s, state in start.items()}
        places = [(state, row) for state in start.values() for row in range(len(state))]
        for place, row in enumerate(rows):
            if row < extra:
                x[n_x + row, :, place, :, t - begin] = moves[:, None]
            else:
                state, own = places[row - extra]
                state[own, :, place] += moves[:, None]
        together = {s: state.reshape(len(state), -1) for s, state in start.items()}
        return ForwardCall(x.reshape(n_x + extra, -1, T_x - begin), together, widened)

    numbers = [(n_x + extra) * len(moves) * m * (T_x - (t if restarts else 0)) for t in range(T_x)]
    runs: list[dict[str, list[Array]]] = [{s: [] for s in point.states} for _ in range(T_x)]
    for calls in _in_one_go([extra + initial] + [extra] * (T_x - 1), numbers):
        for (t, rows), states in zip(calls, forward([call(*one) for one in calls]), strict=True):
            for s, kept in runs[t].items():
                after = states[s][:, :, -(T_x - t) :]
                kept.append(after.reshape(len(after), len(moves), len(rows), m, T_x - t))
    return iter([{s: np.concatenate(kept, axis=2) for s, kept in run.items()} for run in runs])


def _widened(point: Point, extra: int) -> dict[str, Array]:
    """Returns parameters for ``extra`` more inputs, one for each moved row; the weights of predictions have one row."""
    affine = point.affine
    trained = {parameter for of in affine.maps.values() for parameter in of.parameters}
    widened = {name: value if name in trained else value[:1] for name, value in point.run.parameters.items()}
    start = 0
    for name, rows in rows_of(point).items():
        for weight, operands in affine.maps[name].weights.items():
            if "x" in operands:
                identity = np.zeros((rows, extra))
                identity[:, start : start + rows] = np.eye(rows)
                end = end_of_x(affine, name, operands)
                widened[weight] = np.insert(affine.parameters[weight], [end] * extra, identity, axis=1)
        start += rows
    return widened


def end_of_x(affine: Affine, name: str, operands: tuple[str, ...]) -> int:
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

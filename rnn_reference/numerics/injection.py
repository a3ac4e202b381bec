"""Numerical differentiation with an error bound for every element.

Central differences are taken at several steps and extrapolated to the step 0 (``extrapolation``). The output
*tensors* are subtracted before anything is summed: the loss itself has no digits to spare. Where the function takes
complex numbers, ``imag f(x + ih) / h`` at ``h = 2**-100`` is its derivative to rounding, with no table at all.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array, Gradients, Parameters
from rnn_reference.numerics.extrapolation import STEPS, Limit, apart, extrapolated
from rnn_reference.outcomes import Outcome

MOVES = np.concatenate([STEPS, -STEPS])
COMPLEX_STEP = 2.0**-100
NUMBERS_AT_ONCE = 2**17
"""Input numbers of one call: what a cache holds, and a pipe to another process carries, in one go."""

NUMBERS_TOGETHER = 2**16
"""Input numbers of several calls made together."""

ALLOWED = 2.0
"""Root mean squares of rounding in a bound: they are bounds themselves, of operations that err by less."""

Inputs = tuple[Array, Array, Mapping[str, Array]]
"""``x, a0, parameters``."""

Forward = Callable[[list[Inputs]], Sequence[Array]]
"""The forward pass that is differentiated: ``a`` for each of several inputs, of which none needs another's."""


def singly(forward: Callable[[Array, Array, Mapping[str, Array]], Array]) -> Forward:
    """The same for a forward pass that takes one input at a time."""
    return lambda several: [forward(*inputs) for inputs in several]


class Derivative(NamedTuple):
    """Gradients, and for each element of each a bound on its error.

    ``by_step``, if that was kept, says how it came about: at each ``step`` the largest ``error`` of a central
    difference of ``dL/dz`` and what ``rounding`` (rms) does to one; and the ``bound`` on the error of their limit.
    """

    value: Gradients
    error: Gradients
    by_step: dict[str, list[float]] | None = None


def by_injection(
    forward: Forward,
    x: Array,
    a0: Array,
    parameters: Parameters,
    da: Array,
    a_rounding: Array,
    a: Array | None = None,
) -> Derivative:
    """The gradients that ``rnn_backward`` should give, from a few calls of a forward pass that conforms.

    The pre-activation of unit i at step t is moved through n_a more inputs, zero but there, that reach it by
    an identity beside ``Wax``; every move of every unit is a further column of one batch. The chain rule gives the
    rest: every gradient is a product of ``dL/dz`` with what is known. Of the predictions, which nothing here needs,
    one row is asked for. ``a_rounding`` says by how much rounding moves each element of ``a`` (rms); ``a`` is asked
    for where it is not given. Arrays as for ``rnn_forward`` and ``rnn_backward``, float64.
    """
    if a is None:
        (a,) = forward([(x, a0, parameters)])
    scale = np.sqrt(np.sum((da * a_rounding) ** 2, axis=(0, 2)) / 2)
    rounding = scale / STEPS[:, None, None]
    steps, studied = [], []
    for t, moved in enumerate(_moved(forward, x, a0, parameters, a, MOVES)):
        up, down = np.split(moved, 2, axis=1)
        slopes = (up - down) / (2 * STEPS[:, None, None, None])
        differences = np.einsum("jkimt,jmt->kim", slopes, da[:, :, t:])
        steps.append(extrapolated(differences, rounding))
        studied.append(apart(differences, steps[-1]))
    dz = Limit(*(np.stack(part, axis=2) for part in zip(*steps, strict=True)))
    by_step = {
        "step": STEPS.tolist(),
        "error": np.max(studied, axis=0).tolist(),
        "rounding": rounding.max(axis=(1, 2)).tolist(),
        "bound": [float(np.max(bound(dz.cut_off, dz.rounding)))],
    }
    return _by_chain_rule(x, a0, parameters, a, dz)._replace(by_step=by_step)


def keeps_complex(forward: Forward, x: Array, a0: Array, parameters: Parameters) -> bool:
    """Whether a forward pass takes complex input and keeps the imaginary part, at every step.

    One that stores its states in a float array drops it, with a warning at best; it may also refuse.
    """
    moved = x.astype(complex)
    moved[:, :, 0] += 1j * COMPLEX_STEP
    try:
        (a,) = forward([(moved, a0, parameters)])
    except Outcome:
        return False
    return np.iscomplexobj(a) and bool(np.all(np.isfinite(a)) and np.all(np.any(a.imag != 0, axis=(0, 1))))


def by_complex_step(
    forward: Forward, x: Array, a0: Array, parameters: Parameters, da: Array, a: Array | None = None
) -> Gradients:
    """The same gradients to rounding, for a forward pass that takes complex numbers and keeps them."""
    if a is None:
        (a,) = forward([(x, a0, parameters)])
    move = np.array([1j * COMPLEX_STEP])
    moved = enumerate(_moved(forward, x, a0, parameters, a, move))
    slopes = [np.einsum("jkimt,jmt->im", after.imag, da[:, :, t:]) / COMPLEX_STEP for t, after in moved]
    dz = np.stack(slopes, axis=2)
    return _by_chain_rule(x, a0, parameters, a, Limit(dz, 0 * dz, 0 * dz)).value


def _moved(forward: Forward, x: Array, a0: Array, parameters: Parameters, a: Array, moves: Array) -> list[Array]:
    """For each step t the states from t on, moved there unit by unit: ``(n_a, move, unit, m, T_x - t)``.

    Each run starts from the state before t: what comes earlier is not touched by the move.
    """
    n_x, m, T_x = x.shape
    n_a = len(a0)
    widened = {**parameters, "Wax": np.concatenate([parameters["Wax"], np.eye(n_a)], axis=1)}
    widened |= {name: parameters[name][:1] for name in ("Wya", "by")}

    def inputs(t: int, units: range) -> Inputs:
        columns = (len(moves), len(units), m)
        stacked = np.zeros((n_x + n_a, *columns, T_x - t), dtype=moves.dtype)
        stacked[:n_x] = x[:, None, None, :, t:]
        for place, unit in enumerate(units):
            stacked[n_x + unit, :, place, :, 0] = moves[:, None]
        start = np.broadcast_to((a[:, :, t - 1] if t else a0)[:, None, None], (n_a, *columns))
        return stacked.reshape(n_x + n_a, -1, T_x - t), start.reshape(n_a, -1), widened

    runs: list[list[Array]] = [[] for _ in range(T_x)]
    for calls in _in_one_go(n_a, [(n_x + n_a) * len(moves) * m * (T_x - t) for t in range(T_x)]):
        for (t, units), run in zip(calls, forward([inputs(*call) for call in calls]), strict=True):
            runs[t].append(run.reshape(n_a, len(moves), len(units), m, T_x - t))
    return [np.concatenate(run, axis=2) for run in runs]


def _in_one_go(n_a: int, numbers: list[int]) -> Iterator[list[tuple[int, range]]]:
    """Every unit of every step, in calls of some units of a step each; as many calls together as go at once.

    ``numbers`` says for each step how many numbers one unit takes.
    """
    together: list[tuple[int, range]] = []
    room = NUMBERS_TOGETHER
    for t, each in enumerate(numbers):
        at_once = max(1, NUMBERS_AT_ONCE // each)
        for units in (range(first, min(first + at_once, n_a)) for first in range(0, n_a, at_once)):
            if together and len(units) * each > room:
                yield together
                together, room = [], NUMBERS_TOGETHER
            together.append((t, units))
            room -= len(units) * each
    yield together


def _by_chain_rule(x: Array, a0: Array, parameters: Parameters, a: Array, dz: Limit) -> Derivative:
    """Every gradient from ``dL/dz``. Cut-off errors add up; roundings, being independent, add as squares."""
    a_prev = np.concatenate([a0[:, :, None], a[:, :, :-1]], axis=2)

    def through(dz: Array, of: Callable[[Array], Array]) -> Gradients:
        return {
            "dx": np.einsum("ax,amt->xmt", of(parameters["Wax"]), dz),
            "da0": of(parameters["Waa"]).T @ dz[:, :, 0],
            "dWax": np.tensordot(dz, of(x), axes=((1, 2), (1, 2))),
            "dWaa": np.tensordot(dz, of(a_prev), axes=((1, 2), (1, 2))),
            "dba": dz.sum(axis=(1, 2))[:, None],
        }

    value, cut_off = through(dz.value, np.asarray), through(dz.cut_off, np.abs)
    squared = through(dz.rounding**2, np.square)
    return Derivative(value, {name: bound(cut_off[name], np.sqrt(squared[name])) for name in value})


def bound(cut_off: Array, rounding: Array) -> Array:
    """A bound on an error: what was cut off, and rounding (rms)."""
    return np.asarray(cut_off + ALLOWED * rounding)

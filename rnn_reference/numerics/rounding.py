"""How far a right answer may be off: a tolerance for each element, from the rounding of every operation.

The equations are run in float64 many times over, and every operation of every run is disturbed at random by as
much as rounding may disturb it, magnified so that float64 resolves it (stochastic arithmetic: Parker, Monte
Carlo Arithmetic, 1997). The root mean square of what comes out, scaled back, is how rounding moves each element
of each result: the conditioning of this very problem, the states of this very network, and the cancellation of
errors along a hundred steps are all in it. A bound made of magnitudes alone is wrong by 1e20 at a hundred steps.

In units of the unit roundoff ``u``, one operation is disturbed by

- a sum of n products: ``sqrt(n)`` times the sum of their magnitudes, whatever the order of summation;
- tanh: 4 *absolutely*, since a right tanh made from exp(2x) errs by 3, near zero too;
- softmax: what subtracting a maximum loses (that of the whole array is a right choice), and a few for exp.

A relative tolerance could not do: where units saturate, ``1 - a**2`` cancels, and elements of a right gradient
are off by far more than any fixed part of themselves.
"""

from collections.abc import Callable

import numpy as np

from rnn_reference.arrays import Array, Parameters

PROBES = 32
"""Disturbed runs. The root mean square of 32 is within half and twice the true one but once in a million."""

MAGNIFIED = 2.0**-30
"""The disturbance in place of u: small enough to stay linear, large enough for float64 to resolve."""

SAFETY = 4.0
"""Tolerance over root mean square. How much of it right implementations use is measured in the tests."""

Noise = Callable[[Array], Array]


def unit_roundoff(dtype: str) -> float:
    """Half the distance from 1 to the next number of ``dtype``: 1.1e-16 for float64."""
    return float(np.finfo(dtype).eps) / 2


def tanh_tolerance(x: Array, u: float) -> Array:
    """How far ``tanh_forward(x)`` may be off, ``x`` taken to be exact."""
    return np.full(x.shape, SAFETY * 4 * u)


def softmax_tolerance(x: Array, u: float) -> Array:
    """How far ``softmax_forward(x)`` may be off, ``x`` taken to be exact, whichever maximum is subtracted."""
    e = np.exp(x - x.max(axis=0))
    y = e / e.sum(axis=0)
    lost = x.max() - x + 4
    return np.asarray(SAFETY * u * y * (lost + (y * lost).sum(axis=0) + len(x)))


def tolerances(x: Array, a0: Array, parameters: Parameters, da: Array, u: float) -> dict[str, Array]:
    """How far each result of ``rnn_forward`` and ``rnn_backward`` may be off where arithmetic rounds to ``u``.

    Arguments as for those two, in float64; a cell is a network of one step. Returns ``a, y_pred, dx, da0, dWax,
    dWaa, dba``, each of the shape of the result it is about.
    """
    noise = _noise()
    a, y_pred = _disturbed_forward(x, a0, parameters, noise)
    results = {"a": a.transpose(0, 2, 3, 1), "y_pred": y_pred.transpose(0, 2, 3, 1)}
    results |= _disturbed_backward(x, a0, parameters, a, da, noise)
    return {name: _spread(runs, u) for name, runs in results.items()}


def backward_tolerances(
    x: Array, a0: Array, parameters: Parameters, states: Array, da: Array, u: float
) -> dict[str, Array]:
    """The same for ``rnn_backward`` alone, at the given ``states (n_a, m, T_x)``, taken to be exact."""
    results = _disturbed_backward(x, a0, parameters, _runs_of(states.transpose(2, 0, 1)), da, _noise())
    return {name: _spread(runs, u) for name, runs in results.items()}


def _noise() -> Noise:
    """A source of disturbances of a given size, for every run (axis 0) but the first."""
    rng = np.random.default_rng(0)

    def draw(size: Array) -> Array:
        disturbance = rng.standard_normal(size.shape)
        disturbance[0] = 0
        disturbance *= MAGNIFIED * size
        return disturbance

    return draw


def _runs_of(array: Array) -> Array:
    return np.broadcast_to(array, (PROBES + 1, *array.shape))


def _spread(runs: Array, u: float) -> Array:
    return np.asarray(SAFETY * u / MAGNIFIED * np.sqrt(np.mean((runs[1:] - runs[0]) ** 2, axis=0)))


def _disturbed_forward(x: Array, a0: Array, parameters: Parameters, noise: Noise) -> tuple[Array, Array]:
    """``a`` and ``y_pred`` of every run, as ``(run, T_x, n, m)``. Source: document, section 1.3."""
    Wax, Waa, Wya, ba, by = (parameters[name] for name in ("Wax", "Waa", "Wya", "ba", "by"))
    n_a, n_x = Wax.shape
    a_prev, states = _runs_of(a0), []
    for xt in x.transpose(2, 0, 1):
        magnitude = abs(Wax) @ abs(xt) + abs(Waa) @ abs(a_prev) + abs(ba)
        z = Wax @ xt + Waa @ a_prev + ba + noise(np.sqrt(n_x + n_a + 1) * magnitude)
        a_prev = np.tanh(z) + noise(np.full_like(z, 4))
        states.append(a_prev)
    a = np.stack(states, axis=1)
    scores = Wya @ a + by + noise(np.sqrt(n_a + 1) * (abs(Wya) @ abs(a) + abs(by)))
    scores += noise(abs(scores - scores.max(axis=(1, 2, 3), keepdims=True)) + 4)
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    y_pred = e / e.sum(axis=2, keepdims=True)
    return a, y_pred + noise(len(Wya) * y_pred)


def _disturbed_backward(
    x: Array, a0: Array, parameters: Parameters, a: Array, da: Array, noise: Noise
) -> dict[str, Array]:
    """The gradients of every run, given its states ``(run, T_x, n_a, m)``. Source: document, section 2.1."""
    Wax, Waa = parameters["Wax"], parameters["Waa"]
    runs, T_x, n_a, m = a.shape
    dz = np.empty(a.shape)
    carry = np.zeros((runs, n_a, m))
    for t in reversed(range(T_x)):
        slope = 1 - a[:, t] ** 2 + noise(np.full_like(carry, 2))
        reached = da[:, :, t] + carry + noise(abs(da[:, :, t]) + abs(carry))
        dz[:, t] = slope * reached + noise(2 * abs(slope * reached))
        carry = Waa.T @ dz[:, t] + noise(np.sqrt(n_a) * (abs(Waa.T) @ abs(dz[:, t])))

    def over_batch_and_time(inputs: Array) -> Array:
        left, right = dz.transpose(0, 2, 1, 3).reshape(runs, n_a, -1), inputs.swapaxes(1, 2).reshape(runs, -1, T_x * m)
        products = left @ right.swapaxes(1, 2)
        return np.asarray(products + noise(np.sqrt(T_x * m) * (abs(left) @ abs(right).swapaxes(1, 2))))

    a_prev = np.concatenate([_runs_of(a0)[:, None], a[:, :-1]], axis=1)
    dx = Wax.T @ dz
    return {
        "dx": (dx + noise(np.sqrt(n_a) * (abs(Wax.T) @ abs(dz)))).transpose(0, 2, 3, 1),
        "da0": carry,
        "dWax": over_batch_and_time(_runs_of(x.transpose(2, 0, 1))),
        "dWaa": over_batch_and_time(a_prev),
        "dba": over_batch_and_time(np.ones((runs, T_x, 1, m))),
    }

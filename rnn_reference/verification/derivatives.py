"""Numerical differentiation with an error bound for every element.

A central difference is taken at steps ``1/2, 1/4, ... 2**-14`` and extrapolated to the step 0 (Richardson; the
table is Neville's). The entry is used whose error estimate is least, where the estimate is what it still moves by
when the step is halved, in every finer row (a chaotic network shows a false plateau at large steps), plus what
rounding may do to it.

The output *tensors* are subtracted before anything is summed: the loss itself has no digits to spare.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from rnn_reference.arguments import Array, Gradients, Parameters

STEPS = 2.0 ** -np.arange(1, 15)

Forward = Callable[[Array, Array, Mapping[str, Array]], Array]
"""``x, a0, parameters -> a``: the forward pass that is differentiated."""


class Derivative(NamedTuple):
    """Gradients, and for each element of each a bound on its error."""

    value: Gradients
    error: Gradients


def extrapolated(differences: Array, noise: Array) -> tuple[Array, Array]:
    """The limit of central differences as the step goes to 0, and a bound on its error.

    ``differences`` is ``(len(STEPS), ...)``, one row for each of ``STEPS``; ``noise`` of the same shape says how
    far rounding may have moved each. Source: Neville's scheme for a series in even powers of the step.
    """
    best, least = differences[-1], np.full(differences.shape[1:], np.inf)
    column, spread = differences, noise
    for order in range(1, len(STEPS)):
        factor = 4.0**order
        finer = (factor * column[1:] - column[:-1]) / (factor - 1)
        spread = (factor * spread[1:] + spread[:-1]) / (factor - 1)
        moved = np.maximum(abs(finer - column[1:]), _largest_move_below(finer))
        estimate = moved + spread
        row = np.argmin(estimate, axis=0)[None]
        value, error = (np.take_along_axis(array, row, axis=0)[0] for array in (finer, estimate))
        best, least = np.where(error < least, value, best), np.minimum(error, least)
        column = finer
    return best, least


def _largest_move_below(column: Array) -> Array:
    """For each row, how far the rows of smaller steps lie from it, rounding left out of account."""
    lowest = np.minimum.accumulate(column[::-1], axis=0)[::-1]
    highest = np.maximum.accumulate(column[::-1], axis=0)[::-1]
    return np.maximum(highest - column, column - lowest)


def by_injection(
    forward: Forward, x: Array, a0: Array, parameters: Parameters, da: Array, a_error: Array
) -> Derivative:
    """The gradients that ``rnn_backward`` should give, from one call of a forward pass that conforms.

    The pre-activation of unit i at step t is moved through n_a more inputs, zero but there, that reach it by
    an identity beside ``Wax``; every move of every unit, step and size is a further column of one batch. The
    chain rule gives the rest: every gradient is a product of ``dL/dz`` with what is known. ``a_error`` says how
    far rounding may move each element of ``a``. Arrays as for ``rnn_forward`` and ``rnn_backward``, float64.
    """
    n_a, m, T_x = da.shape
    widened = {**parameters, "Wax": np.concatenate([parameters["Wax"], np.eye(n_a)], axis=1)}
    moves = np.concatenate([STEPS, -STEPS])
    a = forward(x, a0, parameters)
    dz, dz_error = np.empty((n_a, m, T_x)), np.empty((n_a, m, T_x))
    scale = np.sqrt(np.sum((da * a_error) ** 2, axis=(0, 2)))
    for t in range(T_x):
        # columns: (move, unit, batch); steps before t are not touched by it, and are left out of the run
        extra = np.zeros((n_a, len(moves), n_a, m, T_x - t))
        for unit in range(n_a):
            extra[unit, :, unit, :, 0] = moves[:, None]
        rest = np.broadcast_to(x[:, None, None, :, t:], (len(x), len(moves), n_a, m, T_x - t))
        stacked = np.concatenate([rest, extra]).reshape(len(x) + n_a, -1, T_x - t)
        before = a[:, :, t - 1] if t else a0
        start = np.broadcast_to(before[:, None, None], (n_a, len(moves), n_a, m)).reshape(n_a, -1)
        after = forward(stacked, start, widened).reshape(n_a, 2, len(STEPS), n_a, m, T_x - t)
        slopes = (after[:, 0] - after[:, 1]) / (2 * STEPS[:, None, None, None])
        differences = np.einsum("jkimt,jmt->kim", slopes, da[:, :, t:])
        noise = np.broadcast_to(scale / STEPS[:, None, None], differences.shape)
        dz[:, :, t], dz_error[:, :, t] = extrapolated(differences, noise)
    return _by_chain_rule(x, a0, parameters, a, dz, dz_error)


def _by_chain_rule(
    x: Array, a0: Array, parameters: Parameters, a: Array, dz: Array, dz_error: Array
) -> Derivative:
    a_prev = np.concatenate([a0[:, :, None], a[:, :, :-1]], axis=2)

    def through(dz: Array, over: Callable[[Array], Array]) -> Gradients:
        Wax, Waa = over(parameters["Wax"]), over(parameters["Waa"])
        return {
            "dx": np.einsum("ax,amt->xmt", Wax, dz),
            "da0": Waa.T @ dz[:, :, 0],
            "dWax": np.tensordot(dz, over(x), axes=((1, 2), (1, 2))),
            "dWaa": np.tensordot(dz, over(a_prev), axes=((1, 2), (1, 2))),
            "dba": dz.sum(axis=(1, 2))[:, None],
        }

    return Derivative(through(dz, np.array), through(dz_error, np.abs))


def by_element(
    forward: Forward, x: Array, a0: Array, parameters: Parameters, da: Array, a_error: Array
) -> Derivative:
    """The same for any forward pass at all: every element of every input moved by itself, two calls a step."""
    inputs = {"dx": x, "da0": a0, "dWax": parameters["Wax"], "dWaa": parameters["Waa"], "dba": parameters["ba"]}
    noise = np.sqrt(np.sum((da * a_error) ** 2)) / STEPS

    def moved(name: str, array: Array) -> Array:
        with_it = inputs | {name: array}
        weights = {"Wax": with_it["dWax"], "Waa": with_it["dWaa"], "ba": with_it["dba"]}
        return forward(with_it["dx"], with_it["da0"], {**parameters, **weights})

    value, error = {}, {}
    for name, array in inputs.items():
        differences = np.empty((len(STEPS), *array.shape))
        for index in np.ndindex(array.shape):
            for k, step in enumerate(STEPS):
                up, down = array.copy(), array.copy()
                up[index] += step
                down[index] -= step
                differences[(k, *index)] = np.sum(da * (moved(name, up) - moved(name, down))) / (2 * step)
        spread = np.broadcast_to(noise.reshape(-1, *[1] * array.ndim), differences.shape)
        value[name], error[name] = extrapolated(differences, spread)
    return Derivative(value, error)

"""The right pieces that faults are made from: a cell and a loop, forward and backward, each open where one can err.

They are the equations without the reference's care for other people's arguments, so that a catalogue of them runs
fast. Shapes and caches are those of ``rnn_reference.cells.rnn.cell`` and ``rnn_reference.cells.loop``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Cache, Gradients, Parameters
from rnn_reference.cells.fault import Function

WEIGHTS = ("dWax", "dWaa", "dba")
"""The gradients that are summed over the steps."""


def tanh(x: Array) -> Array:
    """``np.tanh``."""
    return np.asarray(np.tanh(x))


def softmax(x: Array, axis: int | None = 0) -> Array:
    """``exp(x) / sum(exp(x))`` over ``axis``; for complex ``x`` as well."""
    e = np.exp(x - x.real.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def preactivation(xt: Array, a_prev: Array, p: Parameters) -> Array:
    """``z = Wax xt + Waa a_prev + ba``, ``(n_a, m)``."""
    return np.asarray(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])


def scores(a_next: Array, a_prev: Array, z: Array, p: Parameters) -> Array:
    """``Wya a_next + by``, ``(n_y, m)``; a mistake may read the other two."""
    return np.asarray(p["Wya"] @ a_next + p["by"])


def cell_forward(
    tanh: Function = tanh, softmax: Function = softmax, z: Function = preactivation, scores: Function = scores
) -> Function:
    """``rnn_cell_forward`` of two activations and what they are applied to. Source: document, section 1.3."""

    def rnn_cell_forward(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Cache]:
        before = z(xt, a_prev, parameters)
        a_next = tanh(before)
        yt_pred = softmax(scores(a_next, a_prev, before, parameters))
        return a_next, yt_pred, (a_next, a_prev, xt, parameters)

    return rnn_cell_forward


def slope(a_next: Array, a_prev: Array) -> Array:
    """``1 - a_next**2``, the derivative of tanh; a mistake may read ``a_prev``."""
    return np.asarray(1 - a_next * a_next)


def cell_backward(slope: Function = slope) -> Function:
    """``rnn_cell_backward`` with the derivative of the activation. Source: document, section 2.1."""

    def rnn_cell_backward(da_next: Array, cache: Cache) -> Gradients:
        a_next, a_prev, xt, p = cache
        dz = slope(a_next, a_prev) * da_next
        return {
            "dxt": p["Wax"].T @ dz,
            "da_prev": p["Waa"].T @ dz,
            "dWax": dz @ xt.T,
            "dWaa": dz @ a_prev.T,
            "dba": dz.sum(axis=1, keepdims=True),
        }

    return rnn_cell_backward


def looped(cell: Function, x: Array, parameters: Parameters, before: Callable[[int, list[Array]], Array]) -> Any:
    """``a, y_pred, caches`` of steps that each start from ``before(t, the states so far)``."""
    states: list[Array] = []
    predictions, caches = [], []
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = cell(x[:, :, t], before(t, states), parameters)
        states.append(a_next)
        predictions.append(yt_pred)
        caches.append(cache)
    return np.stack(states, axis=2), np.stack(predictions, axis=2), (caches, x)


Steps = dict[int, Gradients]
"""What the cell gave at each step."""


def stepped(
    cell: Function,
    da: Array,
    caches: Any,
    enters: Callable[[int, Steps], Array],
    at: Callable[[int], int] = lambda t: t,
) -> Steps:
    """The cell backward at every step from the last: from the cotangent ``enters(t, the steps done)``.

    ``at`` says which step's cache is used at ``t``.
    """
    steps: Steps = {}
    for t in reversed(range(da.shape[2])):
        steps[t] = cell(enters(t, steps), caches[0][at(t)])
    return steps


def carried(da: Array) -> Callable[[int, Steps], Array]:
    """What enters a step: the cotangent, and what the step after it hands back."""

    def enters(t: int, steps: Steps) -> Array:
        return np.asarray(da[:, :, t] + steps[t + 1]["da_prev"] if steps else da[:, :, t])

    return enters


def gathered(steps: Steps) -> Gradients:
    """``dx`` of every step, ``da0`` from the first, and the sums of the rest."""
    in_order = [steps[t] for t in sorted(steps)]
    dx = np.stack([step["dxt"] for step in in_order], axis=2)
    totals = {name: np.asarray(sum(step[name] for step in in_order)) for name in WEIGHTS}
    return {"dx": dx, "da0": in_order[0]["da_prev"], **totals}


def shifted(array: Array, by: int, wraps: bool) -> Array:
    """Every step's entry stored ``by`` steps later; what is left free is zero, or comes round from the other end."""
    moved = np.roll(array, by, axis=2)
    if not wraps:
        moved[:, :, slice(by) if by > 0 else slice(by, None)] = 0
    return moved


def scaled(right: Function, names: tuple[str, ...], factor: Callable[[Array], float]) -> Function:
    """A backward pass, of a cell or a network, with some gradients multiplied by a factor of ``da``."""

    def backward(da: Array, caches: Any) -> Gradients:
        return {name: factor(da) * g if name in names else g for name, g in right(da, caches).items()}

    return backward


def signs(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Variants of a mistake that is made with one tensor, or with all."""
    return {name: {"names": (name,)} for name in names} | {"all": {"names": names}}


def subsets(names: tuple[str, ...], without: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Variants of a mistake that may be made with any of several tensors, but not ``without`` just these."""
    chosen = [tuple(n for k, n in enumerate(names) if bits >> k & 1) for bits in range(1, 2 ** len(names))]
    return {", ".join(some): {"names": some} for some in reversed(chosen) if some != without}

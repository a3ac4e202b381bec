"""One time step of the LSTM, forward and backward: the four maps are one product."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients, aligned
from rnn_reference.cells.head import softmax_forward
from rnn_reference.cells.lstm.arguments import Cache, cache_of, parameter_values, require_rows
from rnn_reference.cells.lstm.equations import KEPT
from rnn_reference.cells.lstm.gates import activate, apart, slopes, stacked
from rnn_reference.cells.lstm.signature import CELL, PARAMETERS

STEP = ("n_a", "m")
INPUTS = {"a_prev": STEP, "c_prev": STEP, "xt": ("n_x", "m")}


def lstm_cell_forward(xt: Any, a_prev: Any, c_prev: Any, parameters: Any) -> tuple[Array, Array, Array, Cache]:
    """One step forward. Returns ``(a_next, c_next, yt_pred, cache)``.

    ``xt`` is ``(n_x, m)``, ``a_prev`` and ``c_prev`` are ``(n_a, m)``; ``parameters`` holds ``Wf``, ``Wi``, ``Wc`` and
    ``Wo``, each ``(n_a, n_a + n_x)`` for ``[a_prev; xt]``, ``bf``, ``bi``, ``bc`` and ``bo``, each ``(n_a, 1)``,
    ``Wy (n_y, n_a)`` and ``by (n_y, 1)``. ``a_next`` and ``c_next`` are ``(n_a, m)``, ``yt_pred`` is ``(n_y, m)``, and
    ``cache`` is ``(a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)``.
    Raises TypeError for arguments that are not numbers, and ValueError for shapes that do not fit.
    Source: the equations in ``rnn_reference.cells.lstm.equations``.
    """
    where = "lstm_cell_forward"
    values = parameter_values(where, parameters) | {"a_prev": a_prev, "c_prev": c_prev, "xt": xt}
    *weights, a_prev, c_prev, xt = aligned(where, values, PARAMETERS | INPUTS)
    own = dict(zip(PARAMETERS, weights, strict=True))
    require_rows(where, "xt", xt, own["Wf"])

    W, b = stacked(own)
    ft, it, ot, cct = activate(W @ np.concatenate([a_prev, xt]) + b)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax_forward(own["Wy"] @ a_next + own["by"])
    return a_next, c_next, yt_pred, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, own)


def lstm_cell_backward(da_next: Any, dc_next: Any, cache: Any) -> Gradients:
    """One step backward. Returns the gradients of a loss.

    ``da_next`` and ``dc_next``, both ``(n_a, m)``, are its gradients with respect to ``a_next`` and to ``c_next``;
    ``dc_next`` does not include the effect of ``c_next`` through ``a_next``. ``cache`` comes from
    ``lstm_cell_forward``. The result is a dict of ``dxt (n_x, m)``, ``da_prev`` and ``dc_prev (n_a, m)``,
    ``dWf``, ``dWi``, ``dWc`` and ``dWo (n_a, n_a + n_x)``, ``dbf``, ``dbi``, ``dbc`` and ``dbo (n_a, 1)``.
    The gradient flows through the states only, as in the course: the prediction is not part of it.
    Raises TypeError for a cache of another form, and ValueError for shapes that do not fit.
    Source: the derivative of the equations in ``rnn_reference.cells.lstm.equations``.
    """
    where = "lstm_cell_backward"
    parts = cache_of(where, "cache", cache)
    names = [name for name in CELL.cache if name not in ("xt", "parameters")]
    values = parameter_values(where, parts["parameters"]) | parts | {"da_next": da_next, "dc_next": dc_next}
    shapes = PARAMETERS | dict.fromkeys([*names, "da_next", "dc_next"], STEP) | {"xt": ("n_x", "m")}
    given = dict(zip(shapes, aligned(where, values, shapes), strict=True))
    require_rows(where, "xt", given["xt"], given["Wf"])

    a_prev, c_prev, c_next, xt = (given[name] for name in ("a_prev", "c_prev", "c_next", "xt"))
    ft, it, cct, ot = (given[name] for name in KEPT)
    tanh_c = np.tanh(c_next)
    dc = given["dc_next"] + given["da_next"] * ot * (1 - tanh_c * tanh_c)
    dz = np.concatenate([dc * c_prev, dc * cct, given["da_next"] * tanh_c, dc * it]) * slopes(ft, it, ot, cct)

    W, _ = stacked(given)
    reached = W.T @ dz
    n_a = len(a_prev)
    return {
        "dxt": reached[n_a:],
        "da_prev": reached[:n_a],
        "dc_prev": dc * ft,
        **apart(dz @ np.concatenate([a_prev, xt]).T, dz.sum(axis=1, keepdims=True)),
    }

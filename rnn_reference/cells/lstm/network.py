"""The whole sequence of the LSTM, forward and backward through time.

The loop contains only the operations that need the step before, with one product a step for all gates. The projections
of all inputs, all predictions and all weight gradients are single products over all steps. Inside, time is the first
axis. The results are views with the document's axes ``(n, m, T_x)``.
"""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients, aligned, at_least_one_step, numbers
from rnn_reference.cells.head import softmax_in_place
from rnn_reference.cells.lstm.arguments import Caches, parameter_values, require_rows
from rnn_reference.cells.lstm.caches import Whole, opened
from rnn_reference.cells.lstm.gates import activate, apart, blocks, slopes, stacked
from rnn_reference.cells.lstm.signature import PARAMETERS
from rnn_reference.cells.time_first import summed_product, time_first, time_last

STATE, SEQUENCE = ("n_a", "m"), ("T_x", "n_a", "m")


def lstm_forward(x: Any, a0: Any, parameters: Any, c0: Any = None) -> tuple[Array, Array, Array, Caches]:
    """Every step forward. Returns ``(a, y, c, caches)``.

    ``x`` is ``(n_x, m, T_x)``, ``a0`` and ``c0`` are ``(n_a, m)``; without ``c0`` it is zero. ``parameters`` as for
    ``lstm_cell_forward``. ``a`` and ``c`` are ``(n_a, m, T_x)`` and ``y`` is ``(n_y, m, T_x)``, each a view of an array
    whose first axis is time. ``caches`` is ``([the cache of lstm_cell_forward for each step], x)`` and shares memory
    with ``a`` and ``c``. An empty batch (m = 0) gives empty arrays. Raises TypeError for arguments that are not
    numbers, and ValueError for shapes that do not fit or for no time steps.
    Source: the equations in ``rnn_reference.cells.lstm.equations``, at every step.
    """
    where = "lstm_forward"
    values = parameter_values(where, parameters) | {"a0": a0, "x": x}
    shapes = PARAMETERS | {"a0": STATE, "x": ("n_x", "m", "T_x")}
    if c0 is not None:
        values["c0"], shapes["c0"] = c0, STATE
    given = dict(zip(shapes, aligned(where, values, shapes), strict=True))
    a0, x, own = given["a0"], given["x"], {name: given[name] for name in PARAMETERS}
    require_rows(where, "x", x, own["Wf"])
    at_least_one_step(where, "x", x.shape[2])
    c0 = given["c0"] if c0 is not None else np.zeros_like(a0)

    n_a, x_steps = len(a0), time_first(x)
    W, b = stacked(own)
    W_a, W_x = np.ascontiguousarray(W[:, :n_a]), W[:, n_a:]
    gates = W_x @ x_steps
    gates += b
    a = np.empty((len(gates), *a0.shape), gates.dtype)
    c = np.empty_like(a)
    a_prev, c_prev = a0, c0
    recurrent, new = np.empty_like(gates[0]), np.empty_like(a0)
    for z, a_next, c_next in zip(gates, a, c, strict=True):  # z starts as W_x xt + b and ends as the gates
        z += np.matmul(W_a, a_prev, out=recurrent)
        ft, it, ot, cct = activate(z)
        np.multiply(ft, c_prev, out=c_next)
        c_next += np.multiply(it, cct, out=new)
        np.multiply(ot, np.tanh(c_next, out=new), out=a_next)
        a_prev, c_prev = a_next, c_next

    scores = own["Wy"] @ a
    scores += own["by"]
    y = time_last(softmax_in_place(scores, axis=1))
    ft, it, ot, cct = blocks(gates, axis=1)
    whole = Whole(a, c, a0, c0, ft, it, cct, ot, x_steps, own)
    return time_last(a), y, time_last(c), (whole.steps(), x)


def lstm_backward(da: Any, caches: Any, dc: Any = None) -> Gradients:
    """Every step backward. Returns the gradients of a loss.

    ``da`` and ``dc``, both ``(n_a, m, T_x)``, are its gradients with respect to ``a`` and to ``c``: the direct effect
    of each state on the loss. This function adds the effect through later states. Without ``dc`` it is zero.
    ``caches`` comes from ``lstm_forward``. ``da`` may have fewer steps than ``caches``, as in the course's test: then
    the loss depends on the first steps only, and ``dx`` has as many steps as ``da``.
    The result is a dict of ``dx (n_x, m, T_x)``, ``da0`` and ``dc0 (n_a, m)``, ``dWf``, ``dWi``, ``dWc`` and
    ``dWo (n_a, n_a + n_x)``, ``dbf``, ``dbi``, ``dbc`` and ``dbo (n_a, 1)``.
    Raises TypeError for caches of another form, and ValueError for shapes that do not fit or for no time steps.
    Source: the chain rule over ``lstm_cell_backward``. The course's older printed gradients lack the effect through
    later states.
    """
    where = "lstm_backward"
    whole = opened(where, caches)
    da = numbers(where, "da", da)
    T_x = da.shape[2] if da.ndim == 3 else len(whole.a)
    if not 1 <= T_x <= len(whole.a):
        raise ValueError(
            f"{where}: da has {T_x} time steps, and caches have {len(whole.a)}: at least 1 and at most these"
        )
    parts = whole.first(T_x)._asdict()
    values = parameter_values(where, parts.pop("parameters")) | parts | {"da": da}
    shapes = PARAMETERS | {"a0": STATE, "c0": STATE, "x": ("T_x", "n_x", "m")}
    shapes |= dict.fromkeys(("a", "c", "ft", "it", "cct", "ot"), SEQUENCE) | {"da": ("n_a", "m", "T_x")}
    if dc is not None:
        values["dc"], shapes["dc"] = dc, ("n_a", "m", "T_x")
    given = dict(zip(shapes, aligned(where, values, shapes), strict=True))
    require_rows(where, "xt", given["x"][0], given["Wf"])

    n_a, (a0, c0, a, c) = len(given["a0"]), (given[name] for name in ("a0", "c0", "a", "c"))
    ft, it, ot, cct = (given[name] for name in ("ft", "it", "ot", "cct"))
    W, _ = stacked(given)
    W_aT = np.ascontiguousarray(W[:, :n_a].T)
    tanh_c = np.tanh(c)
    through_a = ot * (1 - tanh_c * tanh_c)
    c_before = np.concatenate([c0[None], c[:-1]])
    dz = np.concatenate([c_before, cct, tanh_c, it], axis=1)
    dz *= slopes(ft, it, ot, cct, axis=1)
    da_prev, dc_prev = np.zeros_like(a0), np.zeros_like(c0)
    outer = time_first(given["dc"]) if dc is not None else np.zeros_like(c)
    da_steps = time_first(given["da"])
    for t in reversed(range(T_x)):  # dz[t] starts as the derivative of the states by z
        da_prev += da_steps[t]
        dc_prev += outer[t]
        dc_prev += da_prev * through_a[t]
        of_f, of_i, of_o, of_c = blocks(dz[t])
        for one in (of_f, of_i, of_c):
            one *= dc_prev
        of_o *= da_prev
        np.matmul(W_aT, dz[t], out=da_prev)
        dc_prev *= ft[t]

    inputs = np.concatenate([np.concatenate([a0[None], a[:-1]]), given["x"]], axis=1)
    return {
        "dx": time_last(W[:, n_a:].T @ dz),
        "da0": da_prev,
        "dc0": dc_prev,
        **apart(summed_product(dz, inputs), dz.sum(axis=(0, 2))[:, None]),
    }

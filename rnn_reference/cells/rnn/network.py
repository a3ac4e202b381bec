"""The whole sequence, forward and backward through time.

The loop contains only the operations that need the step before. The projections of all inputs, all predictions and all
weight gradients are single products over all steps. Inside, time is the first axis, so that a step is one contiguous
block. The results are views with the document's axes ``(n, m, T_x)``.
"""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients, aligned, at_least_one_step
from rnn_reference.cells.head import softmax_in_place
from rnn_reference.cells.rnn.arguments import PARAMETER_SHAPES, Caches, parameter_values
from rnn_reference.cells.rnn.caches import Whole, opened
from rnn_reference.cells.time_first import summed_product, time_first, time_last


def rnn_forward(x: Any, a0: Any, parameters: Any) -> tuple[Array, Array, Caches]:
    """Every step forward. Returns ``(a, y_pred, caches)``.

    ``x`` is ``(n_x, m, T_x)`` and ``a0`` ``(n_a, m)``; ``parameters`` as for ``rnn_cell_forward``. ``a`` is
    ``(n_a, m, T_x)`` and ``y_pred`` ``(n_y, m, T_x)``, each a view of an array whose first axis is time.
    ``caches`` is ``([(a_next, a_prev, xt, parameters) for each step], x)`` and shares memory with ``a``.
    An empty batch (m = 0) gives empty arrays. Raises TypeError for arguments that are not numbers, and ValueError for
    shapes that do not fit or for no time steps. Source: document, section 1.4.
    """
    where = "rnn_forward"
    values = parameter_values(where, parameters) | {"a0": a0, "x": x}
    *weights, a0, x = aligned(where, values, PARAMETER_SHAPES | {"a0": ("n_a", "m"), "x": ("n_x", "m", "T_x")})
    Wax, Waa, Wya, ba, by = weights
    at_least_one_step(where, "x", x.shape[2])

    x_steps = time_first(x)
    a = Wax @ x_steps
    a += ba
    a_prev, recurrent = a0, np.empty_like(a0)
    for a_next in a:  # each starts as Wax xt + ba and ends as the state
        a_next += np.matmul(Waa, a_prev, out=recurrent)
        np.tanh(a_next, out=a_next)
        a_prev = a_next

    scores = Wya @ a
    scores += by
    y_pred = time_last(softmax_in_place(scores, axis=1))
    parameters = dict(zip(PARAMETER_SHAPES, weights, strict=True))
    return time_last(a), y_pred, (Whole(a, a0, x_steps, parameters).steps(), x)


def rnn_backward(da: Any, caches: Any) -> Gradients:
    """Every step backward. Returns the gradients of a loss; ``da`` is its gradient with respect to ``a``.

    ``da`` is ``(n_a, m, T_x)``. It has the direct effect of each state on the loss; this function adds the effect
    through later states. ``caches`` comes from ``rnn_forward``. The result is a dict of
    ``dx (n_x, m, T_x)``, ``da0 (n_a, m)``, ``dWax (n_a, n_x)``, ``dWaa (n_a, n_a)``, ``dba (n_a, 1)``.
    Raises TypeError for caches of another form, and ValueError for shapes that do not fit or for no time steps.
    Source: document, section 2.2. Its printed gradient lacks the effect through later states.
    """
    where = "rnn_backward"
    a, a0, x, parameters = opened(where, caches)
    values = parameter_values(where, parameters) | {"a0": a0, "x": x, "a": a, "da": da}
    shapes = {"a0": ("n_a", "m"), "x": ("T_x", "n_x", "m"), "a": ("T_x", "n_a", "m"), "da": ("n_a", "m", "T_x")}
    Wax, Waa, _, _, _, a0, x, a, da = aligned(where, values, PARAMETER_SHAPES | shapes)

    dz = a * a
    np.subtract(1, dz, out=dz)
    da_prev = np.zeros_like(a0)
    for dz_t, da_t in zip(dz[::-1], time_first(da)[::-1], strict=True):  # each starts as the slope of tanh
        da_prev += da_t
        dz_t *= da_prev
        np.matmul(Waa.T, dz_t, out=da_prev)

    return {
        "dx": time_last(Wax.T @ dz),
        "da0": da_prev,
        "dWax": summed_product(dz, x),
        "dWaa": dz[0] @ a0.T + summed_product(dz[1:], a[:-1]),
        "dba": dz.sum(axis=(0, 2))[:, None],
    }

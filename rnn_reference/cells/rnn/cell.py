"""One time step of the network, forward and backward.

z      = Waa a_prev + Wax xt + ba
a_next = tanh(z)
yt_pred = softmax(Wya a_next + by)
"""

from typing import Any

from rnn_reference.arrays import Array, Gradients, aligned
from rnn_reference.cells.activations import tanh_forward
from rnn_reference.cells.head import softmax_forward
from rnn_reference.cells.rnn.arguments import PARAMETER_SHAPES, Cache, cache_of, parameter_values


def rnn_cell_forward(xt: Any, a_prev: Any, parameters: Any) -> tuple[Array, Array, Cache]:
    """One step forward. Returns ``(a_next, yt_pred, cache)``.

    ``xt`` is ``(n_x, m)`` and ``a_prev`` ``(n_a, m)``; ``parameters`` holds ``Wax (n_a, n_x)``,
    ``Waa (n_a, n_a)``, ``Wya (n_y, n_a)``, ``ba (n_a, 1)``, ``by (n_y, 1)``. ``a_next`` is ``(n_a, m)``,
    ``yt_pred`` ``(n_y, m)``, and ``cache`` is ``(a_next, a_prev, xt, parameters)``.
    Raises TypeError for arguments that are not numbers, and ValueError for shapes that do not fit.
    Source: document, section 1.3.
    """
    where = "rnn_cell_forward"
    values = parameter_values(where, parameters) | {"a_prev": a_prev, "xt": xt}
    *weights, a_prev, xt = aligned(where, values, PARAMETER_SHAPES | {"a_prev": ("n_a", "m"), "xt": ("n_x", "m")})
    Wax, Waa, Wya, ba, by = weights

    a_next = tanh_forward(Waa @ a_prev + Wax @ xt + ba)
    yt_pred = softmax_forward(Wya @ a_next + by)
    return a_next, yt_pred, (a_next, a_prev, xt, dict(zip(PARAMETER_SHAPES, weights, strict=True)))


def rnn_cell_backward(da_next: Any, cache: Any) -> Gradients:
    """One step backward. Returns the gradients of a loss; ``da_next`` is its gradient with respect to ``a_next``.

    ``da_next`` is ``(n_a, m)`` and ``cache`` comes from ``rnn_cell_forward``. The result is a dict of
    ``dxt (n_x, m)``, ``da_prev (n_a, m)``, ``dWax (n_a, n_x)``, ``dWaa (n_a, n_a)``, ``dba (n_a, 1)``.
    The gradient flows through the state only, as in the document: the prediction is not part of it.
    Raises TypeError for a cache of another form, and ValueError for shapes that do not fit.
    Source: document, section 2.1; ``tanh'(z) = 1 - tanh(z)**2``.
    """
    where = "rnn_cell_backward"
    a_next, a_prev, xt, parameters = cache_of(where, "cache", cache)
    values = parameter_values(where, parameters)
    values |= {"a_next": a_next, "a_prev": a_prev, "xt": xt, "da_next": da_next}
    shapes = {"a_next": ("n_a", "m"), "a_prev": ("n_a", "m"), "xt": ("n_x", "m"), "da_next": ("n_a", "m")}
    Wax, Waa, _, _, _, a_next, a_prev, xt, da_next = aligned(where, values, PARAMETER_SHAPES | shapes)

    dz = (1 - a_next * a_next) * da_next
    return {
        "dxt": Wax.T @ dz,
        "da_prev": Waa.T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }

"""A network of ``jax.lax.scan``, as jax's users write it, backward by ``jax.vjp``.

Needs jax. The document's ``(n, m, T_x)`` is turned to scan's ``(T_x, m, n)`` and back. It computes in the dtype it is
given; the suite gives it float64, for which jax is told so during each call and no longer.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rnn_reference.arguments import Array, Parameters

dtype = "float64"


def tanh_forward(x: Array) -> Array:
    """``jax.numpy.tanh``."""
    with wide():
        return np.asarray(jnp.tanh(x))


def softmax_forward(x: Array) -> Array:
    """``jax.nn.softmax`` over axis 0."""
    with wide():
        return np.asarray(jax.nn.softmax(x, axis=0))


def rnn_cell_forward(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """One step; the cache is the function from ``jax.vjp``."""
    with wide():
        a_next, yt_pred, vjp = _cell_and_vjp(xt.T, a_prev.T, dict(parameters))
    return np.asarray(a_next).T, np.asarray(yt_pred).T, vjp


def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """``jax.lax.scan`` over the whole sequence; the cache is the function from ``jax.vjp``."""
    with wide():
        a, y_pred, vjp = _network_and_vjp(x.transpose(2, 1, 0), a0.T, dict(parameters))
    return np.asarray(a).transpose(2, 1, 0), np.asarray(y_pred).transpose(2, 1, 0), vjp


def rnn_cell_backward(da_next: Array, cache: Any) -> dict[str, Array]:
    """The cell's vector-Jacobian product."""
    dxt, da_prev, weights = _pulled_back(cache, da_next.T)
    return {"dxt": dxt.T, "da_prev": da_prev.T, **weights}


def rnn_backward(da: Array, caches: Any) -> dict[str, Array]:
    """The network's vector-Jacobian product."""
    dx, da0, weights = _pulled_back(caches, da.transpose(2, 1, 0))
    return {"dx": dx.transpose(2, 1, 0), "da0": da0.T, **weights}


def wide() -> Any:
    """The time in which jax keeps float64: it would make float32 of it, and whoever shares this process may rely on
    that.
    """
    enable_x64 = getattr(jax, "enable_x64", None)
    if enable_x64 is None:  # before jax 0.8
        from jax.experimental import enable_x64
    return enable_x64(True)


def _cell(xt: jax.Array, a_prev: jax.Array, p: Parameters) -> jax.Array:
    return jnp.tanh(a_prev @ p["Waa"].T + xt @ p["Wax"].T + p["ba"][:, 0])


def _network(x: jax.Array, a0: jax.Array, p: Parameters) -> jax.Array:
    def step(a_prev: jax.Array, xt: jax.Array) -> tuple[jax.Array, jax.Array]:
        a_next = _cell(xt, a_prev, p)
        return a_next, a_next

    return jax.lax.scan(step, a0, x)[1]


def _predicted(a: jax.Array, p: Parameters) -> jax.Array:
    return jax.nn.softmax(a @ p["Wya"].T + p["by"][:, 0], axis=-1)


@jax.jit  # compiled once for each shape; eagerly, each operation of each shape would be compiled alone
def _cell_and_vjp(xt: jax.Array, a_prev: jax.Array, p: Parameters) -> tuple[jax.Array, jax.Array, Any]:
    a_next, vjp = jax.vjp(_cell, xt, a_prev, _states_alone(p))
    return a_next, _predicted(a_next, p), vjp


@jax.jit
def _network_and_vjp(x: jax.Array, a0: jax.Array, p: Parameters) -> tuple[jax.Array, jax.Array, Any]:
    a, vjp = jax.vjp(_network, x, a0, _states_alone(p))
    return a, _predicted(a, p), vjp


def _states_alone(p: Parameters) -> dict[str, Any]:
    return {name: p[name] for name in ("Wax", "Waa", "ba")}


@jax.jit
def _applied(vjp: Any, cotangent: jax.Array) -> Any:
    return vjp(cotangent)


def _pulled_back(vjp: Any, cotangent: Array) -> tuple[Array, Array, dict[str, Array]]:
    with wide():
        first, state, weights = _applied(vjp, cotangent)
    return np.asarray(first), np.asarray(state), {f"d{name}": np.asarray(value) for name, value in weights.items()}

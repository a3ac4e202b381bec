"""A network of ``jax.lax.scan``, as jax's users write it, backward by ``jax.vjp``.

Needs jax. The document's ``(n, m, T_x)`` is turned to scan's ``(T_x, m, n)`` and back. It computes in the dtype it is
given; the suite gives it float64, for which jax is told so during each call and no longer.
"""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rnn_reference.arguments import Array, Parameters

dtype = "float64"

_place: dict[str, Any] = {"device": None}


def use_device(name: str) -> None:
    """Compute there from now on. Raises RuntimeError if jax finds no such device."""
    kind, _, number = name.partition(":")
    devices = jax.devices(kind)
    if not (number or "0").isdecimal() or int(number or 0) >= len(devices):
        raise RuntimeError(f"jax has {len(devices)} of {kind}, no {name}")
    _place["device"] = devices[int(number or 0)]


def tanh_forward(x: Array) -> Array:
    """``jax.numpy.tanh``."""
    with _told():
        return np.asarray(jnp.tanh(x))


def softmax_forward(x: Array) -> Array:
    """``jax.nn.softmax`` over axis 0."""
    with _told():
        return np.asarray(jax.nn.softmax(x, axis=0))


def rnn_cell_forward(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """One step; the cache is the function from ``jax.vjp``."""
    with _told():
        a_next, yt_pred, vjp = _cell_and_vjp(xt.T, a_prev.T, dict(parameters))
    return np.asarray(a_next).T, np.asarray(yt_pred).T, vjp


def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """``jax.lax.scan`` over the whole sequence; the cache is the function from ``jax.vjp``."""
    with _told():
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


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """The time in which jax keeps float64, on the device asked for: whoever shares this process may rely on what it
    does otherwise.
    """
    where = jax if hasattr(jax, "enable_x64") else importlib.import_module("jax.experimental")  # newer and older ones
    with where.enable_x64(True), jax.default_device(_place["device"]):
        yield


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
    with _told():
        first, state, weights = _applied(vjp, cotangent)
    return np.asarray(first), np.asarray(state), {f"d{name}": np.asarray(value) for name, value in weights.items()}

"""The six functions of a network written for jax, backward by ``jax.vjp``.

Needs jax. Arrays ``(n, m, T_x)`` of the document are transposed to ``(T_x, m, n)`` and back. The network computes in
the dtype of its inputs; the suite uses float64, which jax keeps only during each call.
"""

import contextlib
import importlib
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters

States = Callable[[jax.Array, jax.Array, dict[str, jax.Array]], jax.Array]
"""A function of ``x, a0, parameters`` that returns ``a``. Axes: time (in a sequence), batch, units."""


class JaxNetwork:
    """The six functions, made from a step and a loop in the style of jax's users.

    ``cell(xt (m, n_x), a_prev (m, n_a), parameters)`` returns ``a_next (m, n_a)``. ``network(x (T_x, m, n_x),
    a0 (m, n_a), parameters)`` returns ``a (T_x, m, n_a)``. The parameters are those of the document. Predictions are
    ``jax.nn.softmax`` of a linear layer. Each function is compiled once for each shape; otherwise jax would compile
    every operation separately.
    """

    dtype = "float64"

    def __init__(self, cell: States, network: States) -> None:
        self._cell, self._network = jax.jit(_with_vjp(cell)), jax.jit(_with_vjp(network))
        self._device: Any = None

    def use_device(self, name: str) -> None:
        """Compute on this device from now on. Raises RuntimeError if jax finds no such device."""
        kind, _, number = name.partition(":")
        devices = jax.devices(kind)
        if not (number or "0").isdecimal() or int(number or 0) >= len(devices):
            raise RuntimeError(f"jax has {len(devices)} of {kind}, no {name}")
        self._device = devices[int(number or 0)]

    def tanh_forward(self, x: Array) -> Array:
        """Returns ``jax.numpy.tanh(x)``."""
        with self._in_float64():
            return np.asarray(jnp.tanh(x))

    def softmax_forward(self, x: Array) -> Array:
        """Returns ``jax.nn.softmax(x)`` over axis 0."""
        with self._in_float64():
            return np.asarray(jax.nn.softmax(x, axis=0))

    def rnn_cell_forward(self, xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
        """One step. The cache is the function from ``jax.vjp``."""
        with self._in_float64():
            a_next, yt_pred, vjp = self._cell(xt.T, a_prev.T, dict(parameters))
        return np.asarray(a_next).T, np.asarray(yt_pred).T, vjp

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
        """The whole sequence. The cache is the function from ``jax.vjp``."""
        with self._in_float64():
            a, y_pred, vjp = self._network(x.transpose(2, 1, 0), a0.T, dict(parameters))
        return np.asarray(a).transpose(2, 1, 0), np.asarray(y_pred).transpose(2, 1, 0), vjp

    def rnn_cell_backward(self, da_next: Array, cache: Any) -> dict[str, Array]:
        """Returns the gradients of the cell, from its vector-Jacobian product."""
        dxt, da_prev, weights = self._pulled_back(cache, da_next.T)
        return {"dxt": dxt.T, "da_prev": da_prev.T, **weights}

    def rnn_backward(self, da: Array, caches: Any) -> dict[str, Array]:
        """Returns the gradients of the network, from its vector-Jacobian product."""
        dx, da0, weights = self._pulled_back(caches, da.transpose(2, 1, 0))
        return {"dx": dx.transpose(2, 1, 0), "da0": da0.T, **weights}

    def _pulled_back(self, vjp: Any, cotangent: Array) -> tuple[Array, Array, dict[str, Array]]:
        with self._in_float64():
            first, state, weights = _applied(vjp, cotangent)
        return np.asarray(first), np.asarray(state), {f"d{name}": np.asarray(value) for name, value in weights.items()}

    @contextlib.contextmanager
    def _in_float64(self) -> Iterator[None]:
        """Inside this block jax keeps float64, on the chosen device. Other code that uses jax is not affected."""
        where = jax if hasattr(jax, "enable_x64") else importlib.import_module("jax.experimental")  # newer, older ones
        with where.enable_x64(True), jax.default_device(self._device):
            yield


def _with_vjp(states: States) -> Callable[[jax.Array, jax.Array, Parameters], tuple[jax.Array, jax.Array, Any]]:
    def forward(x: jax.Array, a0: jax.Array, p: Parameters) -> tuple[jax.Array, jax.Array, Any]:
        a, vjp = jax.vjp(states, x, a0, {name: p[name] for name in ("Wax", "Waa", "ba")})
        return a, jax.nn.softmax(a @ p["Wya"].T + p["by"][:, 0], axis=-1), vjp

    return forward


@jax.jit
def _applied(vjp: Any, cotangent: jax.Array) -> Any:
    return vjp(cotangent)

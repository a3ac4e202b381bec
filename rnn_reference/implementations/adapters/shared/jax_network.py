"""The functions of networks written for jax, backward by ``jax.vjp``.

Needs jax. Arrays ``(n, m, T_x)`` of the document are transposed to ``(T_x, m, n)`` and back. The network computes in
the dtype of its inputs; the suite uses float64, which jax keeps only during each call.
"""

import contextlib
import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Function
from rnn_reference.implementations.adapters.shared.functions import ForwardBackward
from rnn_reference.implementations.adapters.shared.weights import LSTM, RNN, Parameters, Weights, head_of, weights_of
from rnn_reference.implementations.gate_orders import ORDERS

States: TypeAlias = tuple[jax.Array, ...]
Network: TypeAlias = Callable[[jax.Array, States, Any], States]
"""A function of ``x, initial, weights`` that returns each state. Axes: time (in a sequence), batch, units."""


class JaxNetwork(ForwardBackward):
    """The functions, made from a step and a loop of each cell in the style of jax's users.

    A step takes ``xt (m, n_x)`` and the previous states ``(m, n_a)``, and returns the next states. A loop takes
    ``x (T_x, m, n_x)`` and the initial states, and returns the states ``(T_x, m, n_a)``. Both take the weights of
    ``weights_of``, with the gates in jax's order. Predictions are ``jax.nn.softmax`` of a linear layer. Each function
    is compiled once for each shape; otherwise jax would compile every operation separately.
    """

    dtype = "float64"
    sizes = "few"
    order = ORDERS["jax"]

    def __init__(self, rnn: tuple[Network, Network], lstm: tuple[Network, Network]) -> None:
        self._compiled = {
            function.name: jax.jit(_with_vjp(own))
            for cell, pair in ((RNN, rnn), (LSTM, lstm))
            for function, own in zip((cell.cell_forward, cell.forward), pair, strict=True)
        }
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

    def run(
        self, function: Function, x: Array, initial: Sequence[Array], parameters: Parameters
    ) -> tuple[Sequence[Array], Array, Any]:
        """Runs the network. The cache is the function from ``jax.vjp``."""
        weights = weights_of(function.cell, parameters, self.order)
        compiled = self._compiled[function.name]
        with self._in_float64():
            states, predictions, vjp = compiled(
                x.T, tuple(state.T for state in initial), weights, head_of(function.cell, parameters)
            )
        cache = vjp, [(state.shape, state.dtype) for state in states]
        return [np.asarray(state).T for state in states], np.asarray(predictions).T, cache

    def run_back(
        self, function: Function, cotangents: Sequence[Array | None], cache: Any
    ) -> tuple[Sequence[Array], Weights]:
        """Returns the gradients from the network's vector-Jacobian product."""
        vjp, states = cache
        given = [np.zeros(*like) if d is None else d.T for d, like in zip(cotangents, states, strict=True)]
        with self._in_float64():
            first, initial, weights = _applied(vjp, tuple(given))
        return [np.asarray(one).T for one in (first, *initial)], Weights(*map(np.asarray, weights))

    @contextlib.contextmanager
    def _in_float64(self) -> Iterator[None]:
        """Inside this block jax keeps float64, on the chosen device. Other code that uses jax is not affected."""
        where = jax if hasattr(jax, "enable_x64") else importlib.import_module("jax.experimental")  # newer, older ones
        with where.enable_x64(True), jax.default_device(self._device):
            yield


def _with_vjp(network: Network) -> Callable[..., tuple[States, jax.Array, Any]]:
    def forward(x: jax.Array, initial: States, weights: Any, head: Any) -> tuple[States, jax.Array, Any]:
        states, vjp = jax.vjp(network, x, initial, weights)
        W, b = head
        return states, jax.nn.softmax(states[0] @ W.T + b, axis=-1), vjp

    return forward


@jax.jit
def _applied(vjp: Any, cotangents: States) -> Any:
    return vjp(cotangents)

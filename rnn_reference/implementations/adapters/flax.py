"""``flax.linen.SimpleCell`` and ``LSTMCell``, and ``flax.linen.RNN`` over it and over ``OptimizedLSTMCell``.

Needs flax. Both cells for an LSTM have the same parameters.
"""

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen

from rnn_reference.implementations.adapters.shared.jax_network import JaxNetwork, States
from rnn_reference.implementations.adapters.shared.weights import Weights

GATES = "ifgo"


class _WithC(linen.OptimizedLSTMCell):
    """The cell with ``c`` beside its output: ``linen.RNN`` returns only the outputs of all steps."""

    def __call__(self, carry: Any, inputs: Any) -> Any:
        carry, a_next = super().__call__(carry, inputs)
        return carry, (a_next, carry[0])


def _rnn_weights(w: Weights) -> dict[str, Any]:
    """Returns the weights by flax's names, with the axis of inputs before the axis of units."""
    return {"i": {"kernel": w.input.T, "bias": w.bias}, "h": {"kernel": w.state.T}}


def _lstm_weights(w: Weights) -> dict[str, Any]:
    """The same for the gates of an LSTM. Only the maps of the state have biases."""
    W_input, W_state, bias = (jnp.split(part, 4) for part in w)
    of_input = {f"i{gate}": {"kernel": W.T} for gate, W in zip(GATES, W_input, strict=True)}
    of_state = {f"h{gate}": {"kernel": W.T, "bias": b} for gate, W, b in zip(GATES, W_state, bias, strict=True)}
    return of_input | of_state


def _rnn_cell(xt: jax.Array, states: States, w: Weights) -> States:
    (a_prev,) = states
    result: Any = linen.SimpleCell(a_prev.shape[-1]).apply({"params": _rnn_weights(w)}, a_prev, xt)
    return (jnp.asarray(result[0]),)


def _rnn(x: jax.Array, initial: States, w: Weights) -> States:
    (a0,) = initial
    layer = linen.RNN(linen.SimpleCell(a0.shape[-1]), time_major=True)
    result: Any = layer.apply({"params": {"cell": _rnn_weights(w)}}, x, initial_carry=a0)
    return (jnp.asarray(result),)


def _lstm_cell(xt: jax.Array, states: States, w: Weights) -> States:
    a_prev, c_prev = states
    cell = linen.LSTMCell(a_prev.shape[-1])
    result: Any = cell.apply({"params": _lstm_weights(w)}, (c_prev, a_prev), xt)
    (c_next, _), a_next = result
    return a_next, c_next


def _lstm(x: jax.Array, initial: States, w: Weights) -> States:
    a0, c0 = initial
    layer = linen.RNN(_WithC(a0.shape[-1]), time_major=True)
    result: Any = layer.apply({"params": {"cell": _lstm_weights(w)}}, x, initial_carry=(c0, a0))
    a, c = result
    return a, c


NETWORK = JaxNetwork(rnn=(_rnn_cell, _rnn), lstm=(_lstm_cell, _lstm))

"""``flax.nnx.SimpleCell`` and ``LSTMCell``, and ``flax.nnx.RNN`` over it and over ``OptimizedLSTMCell``.

Needs flax.
"""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from rnn_reference.implementations.adapters.shared.jax_network import JaxNetwork, States
from rnn_reference.implementations.adapters.shared.weights import Weights

GATES = {"ii": "hi", "if_": "hf", "ig": "hg", "io": "ho"}


class _WithC(nnx.OptimizedLSTMCell):
    """The cell with ``c`` beside its output: ``nnx.RNN`` returns only the outputs of all steps."""

    def __call__(self, carry: Any, inputs: Any) -> Any:
        carry, a_next = super().__call__(carry, inputs)
        return carry, (a_next, carry[0])


def _made(kind: Any, w: Weights) -> Any:
    """Returns a cell for weights of this size, in their dtype."""
    (n_x, n_a), dtype = (w.input.shape[1], w.state.shape[1]), w.input.dtype
    return kind(n_x, n_a, dtype=dtype, param_dtype=dtype, rngs=nnx.Rngs(0))


def _param(weights: Any) -> nnx.Param[jax.Array]:
    """Returns a parameter of flax, in which the axis of inputs is before the axis of units."""
    return nnx.Param(jnp.asarray(weights.T))


def _rnn_cell(w: Weights) -> nnx.SimpleCell:
    cell: nnx.SimpleCell = _made(nnx.SimpleCell, w)
    cell.dense_i.kernel, cell.dense_i.bias = _param(w.input), _param(w.bias)
    cell.dense_h.kernel = _param(w.state)
    return cell


def _lstm_cell(w: Weights) -> nnx.LSTMCell:
    """Returns a cell with these weights. Only the maps of the state have biases."""
    cell: nnx.LSTMCell = _made(nnx.LSTMCell, w)
    for (of_input, of_state), *parts in zip(GATES.items(), *(jnp.split(part, 4) for part in w), strict=True):
        W_input, W_state, bias = parts
        getattr(cell, of_input).kernel = _param(W_input)
        getattr(cell, of_state).kernel, getattr(cell, of_state).bias = _param(W_state), _param(bias)
    return cell


def _optimized_cell(w: Weights) -> _WithC:
    cell: _WithC = _made(_WithC, w)
    cell.dense_i.kernel = _param(w.input)
    cell.dense_h.kernel, cell.dense_h.bias = _param(w.state), _param(w.bias)
    return cell


def _rnn_step(xt: jax.Array, states: States, w: Weights) -> States:
    return (_rnn_cell(w)(states[0], xt)[0],)


def _rnn(x: jax.Array, initial: States, w: Weights) -> States:
    a: jax.Array = nnx.RNN(_rnn_cell(w), time_major=True)(x, initial_carry=initial[0])
    return (a,)


def _lstm_step(xt: jax.Array, states: States, w: Weights) -> States:
    a_prev, c_prev = states
    (c_next, _), a_next = _lstm_cell(w)((c_prev, a_prev), xt)
    return a_next, c_next


def _lstm(x: jax.Array, initial: States, w: Weights) -> States:
    a0, c0 = initial
    a, c = nnx.RNN(_optimized_cell(w), time_major=True)(x, initial_carry=(c0, a0))
    return a, c


NETWORK = JaxNetwork(rnn=(_rnn_step, _rnn), lstm=(_lstm_step, _lstm))

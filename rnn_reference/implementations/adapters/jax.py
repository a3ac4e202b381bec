"""Networks of ``jax.lax.scan``, as jax's users write them.

Needs jax.
"""

import jax
import jax.numpy as jnp

from rnn_reference.implementations.adapters.shared.jax_network import JaxNetwork, Network, States
from rnn_reference.implementations.adapters.shared.weights import Weights


def _rnn(xt: jax.Array, states: States, w: Weights) -> States:
    (a_prev,) = states
    return (jnp.tanh(a_prev @ w.state.T + xt @ w.input.T + w.bias),)


def _lstm(xt: jax.Array, states: States, w: Weights) -> States:
    a_prev, c_prev = states
    i, f, g, o = jnp.split(a_prev @ w.state.T + xt @ w.input.T + w.bias, 4, axis=-1)
    c_next = jax.nn.sigmoid(f) * c_prev + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c_next), c_next


def _scanned(cell: Network) -> Network:
    """Returns the loop over the steps of a cell."""

    def network(x: jax.Array, initial: States, w: Weights) -> States:
        def step(states: States, xt: jax.Array) -> tuple[States, States]:
            after = cell(xt, states, w)
            return after, after

        return jax.lax.scan(step, initial, x)[1]

    return network


NETWORK = JaxNetwork(rnn=(_rnn, _scanned(_rnn)), lstm=(_lstm, _scanned(_lstm)))

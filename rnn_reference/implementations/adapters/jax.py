"""A network of ``jax.lax.scan``, as jax's users write it.

Needs jax.
"""

import jax
import jax.numpy as jnp

from rnn_reference.implementations.adapters.shared.jax_network import JaxNetwork


def _cell(xt: jax.Array, a_prev: jax.Array, p: dict[str, jax.Array]) -> jax.Array:
    return jnp.tanh(a_prev @ p["Waa"].T + xt @ p["Wax"].T + p["ba"][:, 0])


def _network(x: jax.Array, a0: jax.Array, p: dict[str, jax.Array]) -> jax.Array:
    def step(a_prev: jax.Array, xt: jax.Array) -> tuple[jax.Array, jax.Array]:
        a_next = _cell(xt, a_prev, p)
        return a_next, a_next

    return jax.lax.scan(step, a0, x)[1]


NETWORK = JaxNetwork(_cell, _network)

"""``flax.linen.SimpleCell``, and ``flax.linen.RNN`` over it.

Needs flax.
"""

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen

from rnn_reference.implementations.adapters.shared.jax_network import JaxNetwork


def _weights(p: dict[str, jax.Array]) -> dict[str, Any]:
    """Returns the weights by flax's names, with the axis of inputs before the axis of units."""
    return {"i": {"kernel": p["Wax"].T, "bias": p["ba"][:, 0]}, "h": {"kernel": p["Waa"].T}}


def _cell(xt: jax.Array, a_prev: jax.Array, p: dict[str, jax.Array]) -> jax.Array:
    result: Any = linen.SimpleCell(a_prev.shape[-1]).apply({"params": _weights(p)}, a_prev, xt)
    return jnp.asarray(result[0])


def _network(x: jax.Array, a0: jax.Array, p: dict[str, jax.Array]) -> jax.Array:
    layer = linen.RNN(linen.SimpleCell(a0.shape[-1]), time_major=True)
    result: Any = layer.apply({"params": {"cell": _weights(p)}}, x, initial_carry=a0)
    return jnp.asarray(result)


NETWORK = JaxNetwork(_cell, _network)

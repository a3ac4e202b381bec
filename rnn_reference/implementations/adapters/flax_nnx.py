"""``flax.nnx.SimpleCell``, and ``flax.nnx.RNN`` over it.

Needs flax.
"""

import jax
from flax import nnx

from rnn_reference.implementations.adapters.shared.jax_network import JaxNetwork


def _made(p: dict[str, jax.Array]) -> nnx.SimpleCell:
    """Returns a cell with these weights, in their dtype. In flax the axis of inputs is before the axis of units."""
    n_a, n_x = p["Wax"].shape
    dtype = p["Wax"].dtype
    cell = nnx.SimpleCell(n_x, n_a, dtype=dtype, param_dtype=dtype, rngs=nnx.Rngs(0))
    cell.dense_i.kernel, cell.dense_i.bias = nnx.Param(p["Wax"].T), nnx.Param(p["ba"][:, 0])
    cell.dense_h.kernel = nnx.Param(p["Waa"].T)
    return cell


def _cell(xt: jax.Array, a_prev: jax.Array, p: dict[str, jax.Array]) -> jax.Array:
    return _made(p)(a_prev, xt)[0]


def _network(x: jax.Array, a0: jax.Array, p: dict[str, jax.Array]) -> jax.Array:
    a: jax.Array = nnx.RNN(_made(p), time_major=True)(x, initial_carry=a0)
    return a


NETWORK = JaxNetwork(_cell, _network)

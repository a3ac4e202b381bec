"""Keras's layers and cells as functions of tensors: of the input, the initial states and the weights.

Each function returns a list of the states. Axes: batch, time (in a sequence), units.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.adapters.shared.keras_backend import keras
from rnn_reference.implementations.adapters.shared.weights import LSTM, RNN

Stateless: TypeAlias = Callable[..., Any]

LAYERS = {RNN: keras.layers.SimpleRNN, LSTM: keras.layers.LSTM}
CELLS = {RNN: keras.layers.SimpleRNNCell, LSTM: keras.layers.LSTMCell}


@functools.lru_cache(maxsize=512)
def cell_of(cell: Cell, n_x: int, n_a: int, dtype: str) -> Stateless:
    """Returns the cell as a function of ``xt``, the previous states and its weights."""
    module = CELLS[cell](n_a, dtype=dtype)
    module.build((None, n_x))
    kept = [variable.value for variable in module.non_trainable_variables]
    n_states = len(cell.states)

    def step(xt: Any, *rest: Any) -> list[Any]:
        states, weights = list(rest[:n_states]), list(rest[n_states:])
        (_, after), _ = module.stateless_call(weights, kept, xt, states)
        return list(after)

    return _compiled(step)


@functools.lru_cache(maxsize=512)
def layer_of(cell: Cell, n_x: int, n_a: int, dtype: str) -> Stateless:
    """Returns the layer as a function of ``x``, the initial states and its weights."""
    module = LAYERS[cell](n_a, return_sequences=True, return_state=cell is LSTM, dtype=dtype)
    module.build((None, None, n_x))
    kept = [variable.value for variable in module.non_trainable_variables]

    def rnn(x: Any, a0: Any, *weights: Any) -> list[Any]:
        return [module.stateless_call(list(weights), kept, x, initial_state=a0)[0]]

    def lstm(x: Any, a0: Any, c0: Any, *weights: Any) -> list[Any]:
        def called(x: Any, initial: list[Any], mask: Any = None) -> Any:
            return module.stateless_call(list(weights), kept, x, initial_state=initial, mask=mask)[0]

        return [called(x, [a0, c0])[0], _every_c(called, x, [a0, c0])]

    return _compiled(lstm if cell is LSTM else rnn)


def _every_c(called: Callable[..., Any], x: Any, initial: list[Any]) -> Any:
    """Returns ``c`` of every step ``(m, T_x, n_a)``, from a layer that returns the last one.

    A batch has every beginning of the sequences: a mask ends each of them, and the layer keeps the state from there on.
    """
    m, T_x, n_x = x.shape
    ops, every = keras.ops, ((1, T_x, 1, 1), (m * T_x, T_x, n_x))
    beginnings = ops.reshape(ops.tile(x[:, None], every[0]), every[1])
    states = [ops.repeat(state, T_x, axis=0) for state in initial]
    step = ops.arange(T_x)
    mask = ops.tile(step[None, :] <= step[:, None], (m, 1))
    _, _, c = called(beginnings, states, mask)
    return ops.reshape(c, (m, T_x, -1))


@functools.lru_cache(maxsize=512)
def head_of(n_a: int, n_y: int, dtype: str) -> Stateless:
    """Returns a dense layer with softmax as a function of ``a`` and its two weights."""
    module = keras.layers.Dense(n_y, activation="softmax", dtype=dtype)
    module.build((None, n_a))
    return _compiled(lambda a, *weights: module.stateless_call(list(weights), [], a)[0])


def _compiled(function: Stateless) -> Stateless:
    """Returns the function; on jax, compiled for each shape. Without it, jax compiles every operation separately."""
    if keras.backend.backend() != "jax":
        return function
    import jax

    compiled: Stateless = jax.jit(function)
    return compiled

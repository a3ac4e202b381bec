"""Keras's own ``SimpleRNN`` and ``SimpleRNNCell`` with a dense layer, on the backend that is installed.

Needs keras. The backend is ``KERAS_BACKEND`` from the environment, or the first installed one of torch, jax, tensorflow
and numpy. On torch and jax, the backward functions use the derivatives of the backend; on other backends they are not
offered. The adapter is judged in float32 if keras has no float64: on every backend except tensorflow, its products
return float32, for any dtype of a layer (docs/generated/matrix.md).
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters
from rnn_reference.implementations.adapters.shared.keras_backend import gradients_on, keras

dtype = str(keras.backend.result_type("float64", "float64"))

_BACKEND = keras.backend.backend()
_with_vjp = gradients_on(_BACKEND)


def tanh_forward(x: Array) -> Array:
    """Returns ``keras.ops.tanh(x)``."""
    return _numbers(keras.ops.tanh(_given(x)))


def softmax_forward(x: Array) -> Array:
    """Returns ``keras.ops.softmax(x)`` over axis 0."""
    return _numbers(keras.ops.softmax(_given(x), axis=0))


def rnn_cell_forward(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """One step of ``keras.layers.SimpleRNNCell``. The cache is a function that returns its gradients, or None."""
    a_next, yt_pred, vjp = _run(_cell(len(xt), len(a_prev), xt.dtype.name), xt.T, a_prev.T, parameters)
    return a_next.T, yt_pred.T, vjp


def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """The whole sequence by ``keras.layers.SimpleRNN``. The cache is a function that returns its gradients, or None."""
    layer = _layer(len(x), len(a0), x.dtype.name)
    a, y_pred, vjp = _run(layer, x.transpose(1, 2, 0), a0.T, parameters)  # keras has (m, T_x, n)
    return a.transpose(2, 0, 1), y_pred.transpose(2, 0, 1), vjp


if _with_vjp:

    def rnn_cell_backward(da_next: Array, cache: Any) -> dict[str, Array]:
        """Returns the gradients of the cell, computed by the backend."""
        dxt, da_prev, weights = _pulled_back(cache, da_next.T)
        return {"dxt": dxt.T, "da_prev": da_prev.T, **weights}

    def rnn_backward(da: Array, caches: Any) -> dict[str, Array]:
        """Returns the gradients of the layer, computed by the backend."""
        dx, da0, weights = _pulled_back(caches, da.transpose(1, 2, 0))
        return {"dx": dx.transpose(2, 0, 1), "da0": da0.T, **weights}


Stateless = Callable[[Any, Any, list[Any]], Any]


@functools.lru_cache(maxsize=512)
def _cell(n_x: int, n_a: int, dtype: str) -> Stateless:
    """Returns the cell as a function of ``xt``, ``a_prev`` and its weights."""
    cell = keras.layers.SimpleRNNCell(n_a, dtype=dtype)
    cell.build((None, n_x))
    kept = [variable.value for variable in cell.non_trainable_variables]
    return _compiled(lambda xt, a_prev, weights: cell.stateless_call(weights, kept, xt, [a_prev])[0][0])


@functools.lru_cache(maxsize=512)
def _layer(n_x: int, n_a: int, dtype: str) -> Stateless:
    """Returns the layer as a function of ``x``, ``a0`` and its weights."""
    layer = keras.layers.SimpleRNN(n_a, return_sequences=True, dtype=dtype)
    layer.build((None, None, n_x))
    kept = [variable.value for variable in layer.non_trainable_variables]
    return _compiled(lambda x, a0, weights: layer.stateless_call(weights, kept, x, initial_state=a0)[0])


@functools.lru_cache(maxsize=512)
def _head(n_a: int, n_y: int, dtype: str) -> Any:
    head = keras.layers.Dense(n_y, activation="softmax", dtype=dtype)
    head.build((None, n_a))
    return _compiled(lambda a, weights: head.stateless_call(weights, [], a)[0])


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the function; on jax, compiled for each shape. Without it, jax compiles every operation separately."""
    if _BACKEND != "jax":
        return function
    import jax

    compiled: Callable[..., Any] = jax.jit(function)
    return compiled


def _given(array: Array) -> Any:
    """Returns a tensor of the backend, as a contiguous copy: torch has no negative strides."""
    return keras.ops.convert_to_tensor(np.array(array, order="C"))


def _numbers(tensor: Any) -> Array:
    """Returns the tensor as an array. A tensor of torch is converted by torch, because keras causes a numpy warning."""
    own = tensor.detach().cpu().numpy() if _BACKEND == "torch" else keras.ops.convert_to_numpy(tensor)
    return np.asarray(own)


def _run(function: Stateless, x: Array, state: Array, p: Parameters) -> tuple[Array, Array, Any]:
    weights = [_given(value) for value in (p["Wax"].T, p["Waa"].T, p["ba"][:, 0])]  # in keras's order
    a, vjp = (_with_vjp or _without)(function, _given(x), _given(state), weights)
    head = _head(p["Wya"].shape[1], len(p["Wya"]), x.dtype.name)
    y_pred = head(keras.ops.stop_gradient(a), [_given(p["Wya"].T), _given(p["by"][:, 0])])
    return _numbers(a), _numbers(y_pred), vjp


def _without(function: Stateless, x: Any, state: Any, weights: list[Any]) -> tuple[Any, None]:
    return function(x, state, weights), None


def _pulled_back(vjp: Any, cotangent: Array) -> tuple[Array, Array, dict[str, Array]]:
    x, state, Wax, Waa, ba = (_numbers(gradient) for gradient in vjp(_given(cotangent)))
    return x, state, {"dWax": Wax.T, "dWaa": Waa.T, "dba": ba[:, None]}

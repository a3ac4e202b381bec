"""Keras's own ``SimpleRNN``, ``LSTM`` and their cells with a dense layer, on the backend that is installed.

Needs keras. The backend is ``KERAS_BACKEND`` from the environment, or the first installed one of torch, jax, tensorflow
and numpy. On torch and jax, the backward functions use the derivatives of the backend; on other backends they are not
offered. The adapter is judged in float32 if keras has no float64: on every backend except tensorflow, its products
return float32, for any dtype of a layer (docs/generated/matrix.md). The layer ``LSTM`` returns ``c`` of the last step
only: ``c`` of each step comes from the layer over a batch of sequences that end there, by a mask.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_FORWARD, Function
from rnn_reference.implementations.adapters.shared import keras_modules
from rnn_reference.implementations.adapters.shared.functions import Forward, ForwardBackward
from rnn_reference.implementations.adapters.shared.keras_backend import gradients_on, keras
from rnn_reference.implementations.adapters.shared.weights import Parameters, Weights, head_of, weights_of
from rnn_reference.implementations.gate_orders import ORDERS

_BACKEND = keras.backend.backend()
_with_vjp = gradients_on(_BACKEND)


class KerasForward(Forward):
    """The forward functions. A cache is a function that returns the gradients, or None."""

    dtype = str(keras.backend.result_type("float64", "float64"))
    sizes = "few" if _BACKEND == "jax" else "all"
    order = ORDERS["keras"]

    def tanh_forward(self, x: Array) -> Array:
        """Returns ``keras.ops.tanh(x)``."""
        return _numbers(keras.ops.tanh(_given(x)))

    def softmax_forward(self, x: Array) -> Array:
        """Returns ``keras.ops.softmax(x)`` over axis 0."""
        return _numbers(keras.ops.softmax(_given(x), axis=0))

    def run(
        self, function: Function, x: Array, initial: Sequence[Array], parameters: Parameters
    ) -> tuple[Sequence[Array], Array, Any]:
        """Runs keras's cell or layer."""
        made = keras_modules.cell_of if function.role == CELL_FORWARD else keras_modules.layer_of
        module = made(function.cell, len(x), len(initial[0]), x.dtype.name)
        W_input, W_state, bias = weights_of(function.cell, parameters, self.order)
        given = (_batch_first(x), *(state.T for state in initial), W_input.T, W_state.T, bias)
        states, vjp = (_with_vjp or _without)(module, [_given(array) for array in given])

        W, b = head_of(function.cell, parameters)
        head = keras_modules.head_of(W.shape[1], len(W), x.dtype.name)
        predictions = head(keras.ops.stop_gradient(states[0]), _given(W.T), _given(b))
        results = [_batch_last(_numbers(state)) for state in (*states, predictions)]
        return results[:-1], results[-1], vjp


class KerasNetwork(KerasForward, ForwardBackward):
    """The forward and the backward functions."""

    def run_back(
        self, function: Function, cotangents: Sequence[Array | None], cache: Any
    ) -> tuple[Sequence[Array], Weights]:
        """Returns the gradients, computed by the backend."""
        like = next(d for d in cotangents if d is not None)
        given = [_given(_batch_first(np.zeros_like(like) if d is None else d)) for d in cotangents]
        x, *others = (_numbers(gradient) for gradient in cache(given))
        *initial, W_input, W_state, bias = others
        return [_batch_last(x), *(state.T for state in initial)], Weights(W_input.T, W_state.T, bias)


def _batch_first(array: Array) -> Array:
    """Returns an array ``(n, m)`` as ``(m, n)``, or an array ``(n, m, T_x)`` as ``(m, T_x, n)``."""
    return np.moveaxis(array, 0, -1)


def _batch_last(array: Array) -> Array:
    """Returns an array with the axes of ``_batch_first`` with the document's axes."""
    return np.moveaxis(array, -1, 0)


def _given(array: Array) -> Any:
    """Returns a tensor of the backend, as a contiguous copy: torch has no negative strides."""
    return keras.ops.convert_to_tensor(np.array(array, order="C"))


def _numbers(tensor: Any) -> Array:
    """Returns the tensor as an array. A tensor of torch is converted by torch, because keras causes a numpy warning."""
    own = tensor.detach().cpu().numpy() if _BACKEND == "torch" else keras.ops.convert_to_numpy(tensor)
    return np.asarray(own)


def _without(function: Any, inputs: list[Any]) -> tuple[Any, None]:
    return function(*inputs), None


NETWORK = KerasNetwork() if _with_vjp else KerasForward()

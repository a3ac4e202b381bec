"""The functions of both cells, from one forward and one backward function of a framework."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Function
from rnn_reference.implementations.adapters.shared.weights import LSTM, RNN, Parameters, Weights, parameter_gradients


class Forward(ABC):
    """The four forward functions. ``order`` is the framework's order of the gates of an LSTM."""

    order = "fico"

    @abstractmethod
    def run(
        self, function: Function, x: Array, initial: Sequence[Array], parameters: Parameters
    ) -> tuple[Sequence[Array], Array, Any]:
        """Returns the states, the predictions and a cache, of a step or of a sequence, as ``function.role`` says.

        ``x`` is ``xt (n_x, m)`` of a step, or ``x (n_x, m, T_x)`` of a sequence, and the states have the same axes.
        ``initial`` has each state before the first step, ``(n_a, m)``.
        """

    def rnn_cell_forward(self, xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
        """One step of the tanh RNN."""
        (a_next,), yt_pred, cache = self.run(RNN.cell_forward, xt, (a_prev,), parameters)
        return a_next, yt_pred, cache

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
        """The whole sequence of the tanh RNN."""
        (a,), y_pred, caches = self.run(RNN.forward, x, (a0,), parameters)
        return a, y_pred, caches

    def lstm_cell_forward(
        self, xt: Array, a_prev: Array, c_prev: Array, parameters: Parameters
    ) -> tuple[Array, Array, Array, Any]:
        """One step of the LSTM."""
        (a_next, c_next), yt_pred, cache = self.run(LSTM.cell_forward, xt, (a_prev, c_prev), parameters)
        return a_next, c_next, yt_pred, cache

    def lstm_forward(
        self, x: Array, a0: Array, parameters: Parameters, c0: Array | None = None
    ) -> tuple[Array, Array, Array, Any]:
        """The whole sequence of the LSTM. Without ``c0`` it is zero."""
        initial = (a0, np.zeros_like(a0) if c0 is None else c0)
        (a, c), y, caches = self.run(LSTM.forward, x, initial, parameters)
        return a, y, c, caches


class ForwardBackward(Forward):
    """The eight functions."""

    @abstractmethod
    def run_back(
        self, function: Function, cotangents: Sequence[Array | None], cache: Any
    ) -> tuple[Sequence[Array], Weights]:
        """Returns the gradients of the input and of the initial states, and those of the weights.

        ``cotangents`` has one for each state, with the axes of the results of ``run``; None means zero.
        """

    def rnn_cell_backward(self, da_next: Array, cache: Any) -> Gradients:
        """Returns the gradients of one step of the tanh RNN."""
        return self._named(RNN.cell_backward, (da_next,), cache)

    def rnn_backward(self, da: Array, caches: Any) -> Gradients:
        """Returns the gradients of the sequence of the tanh RNN."""
        return self._named(RNN.backward, (da,), caches)

    def lstm_cell_backward(self, da_next: Array, dc_next: Array, cache: Any) -> Gradients:
        """Returns the gradients of one step of the LSTM."""
        return self._named(LSTM.cell_backward, (da_next, dc_next), cache)

    def lstm_backward(self, da: Array, caches: Any, dc: Array | None = None) -> Gradients:
        """Returns the gradients of the sequence of the LSTM. Without ``dc`` it is zero."""
        return self._named(LSTM.backward, (da, dc), caches)

    def _named(self, function: Function, cotangents: Sequence[Array | None], cache: Any) -> Gradients:
        inputs, weights = self.run_back(function, cotangents, cache)
        named = dict(zip(function.returns, inputs, strict=False))
        return named | parameter_gradients(function.cell, weights, self.order)

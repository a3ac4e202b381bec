"""CS231n's layout: ``rnn_step_forward(x, prev_h, Wx, Wh, b)``, ``rnn_forward(x, h0, Wx, Wh, b)`` and their backwards.

The batch comes first, ``(N, T, D)``, and the weights are the transposes of the document's. The layout has no
predictions: they are computed here from its states, and are not judged. CS231n's LSTM may be in the same file.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters
from rnn_reference.implementations.layouts import cs231n_lstm
from rnn_reference.implementations.layouts.shared.predictions import predictions_of
from rnn_reference.implementations.layouts.shared.signature import takes

THEIRS = {
    "rnn_cell_forward": "rnn_step_forward",
    "rnn_forward": "rnn_forward",
    "rnn_cell_backward": "rnn_step_backward",
    "rnn_backward": "rnn_backward",
    "tanh_forward": "tanh_forward",
    "softmax_forward": "softmax_forward",
}


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the document's functions, made from CS231n's RNN and, if it is there, LSTM; None for anything else."""
    if not takes(found, "rnn_forward", 5, needs=4) and not takes(found, "rnn_step_forward", 5):
        return None
    rnn, notes = Cs231n(found), ["recognised as CS231n's layout: rnn_forward(x, h0, Wx, Wh, b), arrays (N, T, D)"]
    lstm = cs231n_lstm.recognise(found, target)
    if lstm is None:
        return rnn, notes
    return SimpleNamespace(**(vars(lstm[0]) | vars(rnn)), predicts=False), [*notes, *lstm[1]]


class Cs231n:
    """The document's functions, each made from one of theirs. A missing function is not offered."""

    predicts = False

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs
        for attribute in ("dtype", "tolerance"):
            if hasattr(theirs, attribute):
                setattr(self, attribute, getattr(theirs, attribute))
        ours: dict[str, Callable[..., Any]] = {
            "rnn_cell_forward": self._step_forward,
            "rnn_forward": self._forward,
            "rnn_cell_backward": self._step_backward,
            "rnn_backward": self._backward,
        }
        for name, own in THEIRS.items():
            if callable(getattr(theirs, own, None)):
                setattr(self, name, ours.get(name) or getattr(theirs, own))

    def _step_forward(self, xt: Array, a_prev: Array, parameters: Parameters) -> Any:
        result = self._theirs.rnn_step_forward(xt.T, a_prev.T, *_weights(parameters))
        return _with_predictions("rnn_step_forward", result, (1, 0), parameters)

    def _forward(self, x: Array, a0: Array, parameters: Parameters) -> Any:
        result = self._theirs.rnn_forward(x.transpose(1, 2, 0), a0.T, *_weights(parameters))
        return _with_predictions("rnn_forward", result, (2, 0, 1), parameters)

    def _step_backward(self, da_next: Array, cache: Any) -> Any:
        found = _five("rnn_step_backward", self._theirs.rnn_step_backward(da_next.T, cache))
        return found and _gradients(found, {"dxt": (1, 0), "da_prev": (1, 0)})

    def _backward(self, da: Array, caches: Any) -> Any:
        found = _five("rnn_backward", self._theirs.rnn_backward(da.transpose(1, 2, 0), caches))
        return found and _gradients(found, {"dx": (2, 0, 1), "da0": (1, 0)})


def _weights(parameters: Parameters) -> tuple[Array, Array, Array]:
    return parameters["Wax"].T, parameters["Waa"].T, parameters["ba"][:, 0]


def _with_predictions(function: str, result: Any, axes: tuple[int, ...], parameters: Parameters) -> Any:
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise TypeError(f"{function} returned {_what(result)}, expected the two of its layout: h and cache")
    h, cache = result
    if h is None:
        return None
    a = np.asarray(h).transpose(axes)
    return a, predictions_of(a, parameters), cache


def _five(function: str, result: Any) -> list[Any] | None:
    if not isinstance(result, tuple | list) or len(result) != 5:
        raise TypeError(f"{function} returned {_what(result)}, expected the five gradients of its layout")
    return None if all(part is None for part in result) else [np.asarray(part) for part in result]


def _gradients(found: list[Array], axes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    inputs = {name: value.transpose(order) for (name, order), value in zip(axes.items(), found[:2], strict=True)}
    return {**inputs, "dWax": found[2].T, "dWaa": found[3].T, "dba": found[4].reshape(-1, 1)}


def _what(result: Any) -> str:
    return f"{len(result)} values" if isinstance(result, tuple | list) else type(result).__name__

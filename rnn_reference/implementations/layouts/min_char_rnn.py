"""min-char-rnn's layout: ``lossFun(inputs, targets, hprev)`` over global weights, one column, characters as input.

All questions can still be asked, exactly. The weights of the characters are the columns of ``Wax x``, so that the t-th
character stands for the t-th input. The prediction is always certain of one character, because its bias is 600. The
gradient of the loss at a step is then the row of ``Why`` for this character, less the row of the target: it can be any
``da``.
"""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters
from rnn_reference.implementations.layouts.shared.predictions import predictions_of
from rnn_reference.implementations.layouts.shared.signature import takes

DA_SCALE = 2.0**-60
"""``da`` is scaled by this, and the gradients are scaled back: both exactly, and far below the clip at 5."""

CERTAIN = 600.0
"""The bias of the predicted character. Other characters have probabilities below 1e-200, and nothing overflows."""

RETURNS = ("loss", "dWxh", "dWhh", "dWhy", "dbh", "dby", "the last state")


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the two network functions, made from calls of ``lossFun``; None for anything else."""
    if takes(found, "lossFun", 3) and hasattr(found, "__dict__"):
        return MinCharRnn(found), [
            "recognised as min-char-rnn's layout: lossFun(inputs, targets, hprev), with weights as globals",
            "judged with a loss so small that its clip at 5 never acts; dx and da0 are computed from its dWxh",
        ]
    return None


class MinCharRnn:
    """The document's two network functions, made from calls of ``lossFun`` on one column."""

    predicts = False
    sizes = "none"
    dtype = "float64"

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> Any:
        """Returns ``a, y_pred, caches``. Each state is the last state of a shorter run."""
        a = np.empty((*a0.shape, x.shape[2]))
        silent = np.zeros_like(a)
        for column in range(x.shape[1]):
            for t in range(x.shape[2]):
                result = self._loss(x[:, column, : t + 1], a0[:, column], parameters, silent[:, column, : t + 1])
                if result is None:
                    return None
                a[:, column, t] = np.asarray(result["the last state"])[:, 0]
        return a, predictions_of(a, parameters), (x, a0, parameters)

    def rnn_backward(self, da: Array, caches: Any) -> Any:
        """Returns the gradients. There is one call for each column."""
        x, a0, parameters = caches
        dz, dWaa, dba = np.empty(da.shape), 0.0, 0.0
        for column in range(x.shape[1]):
            result = self._loss(x[:, column], a0[:, column], parameters, DA_SCALE * da[:, column])
            if result is None:
                return None
            dz[:, column] = result["dWxh"] / DA_SCALE
            dWaa, dba = dWaa + result["dWhh"] / DA_SCALE, dba + result["dbh"] / DA_SCALE
        return {
            "dx": np.einsum("ax,amt->xmt", parameters["Wax"], dz),
            "da0": parameters["Waa"].T @ dz[:, :, 0],
            "dWax": np.einsum("amt,xmt->ax", dz, x),
            "dWaa": dWaa,
            "dba": dba,
        }

    def _loss(self, x: Array, a0: Array, parameters: Parameters, da: Array) -> dict[str, Any] | None:
        """Returns the results of ``lossFun`` on one column, by name: ``x (n_x, T)``, ``a0 (n_a,)``, ``da (n_a, T)``."""
        steps = x.shape[1]
        weights = {
            "Wxh": parameters["Wax"] @ x,
            "Whh": parameters["Waa"].copy(),
            "bh": parameters["ba"].copy(),
            "Why": np.concatenate([np.zeros((1, len(a0))), -da.T]),
            "by": np.array([[CERTAIN], *[[0.0]] * steps]),
        }
        vars(self._theirs).update(weights, vocab_size=steps, hidden_size=len(a0))
        result = self._theirs.lossFun(list(range(steps)), list(range(1, steps + 1)), a0[:, None].copy())
        if result is None:
            return None
        if not isinstance(result, tuple | list) or len(result) != len(RETURNS):
            raise TypeError(f"lossFun did not return seven values: {', '.join(RETURNS)}")
        return dict(zip(RETURNS, result, strict=True))

"""min-char-rnn's layout: ``lossFun(inputs, targets, hprev)`` over global weights, one column, characters as input.

It can be asked everything all the same, exactly. With ``Wax x`` as the weights of as many characters as there are
steps, the t-th character brings in the t-th input. With a prediction that is certain of one character (its bias is
600), the loss's gradient at a step is that character's row of ``Why`` less the target's, and so any ``da`` at all.
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
"""The bias of the character that is predicted: the others' probabilities are below 1e-200, and nothing overflows."""

RETURNS = ("loss", "dWxh", "dWhh", "dWhy", "dbh", "dby", "the last state")


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """The two network functions, made of calls of ``lossFun``; None for anything else."""
    if takes(found, "lossFun", 3) and hasattr(found, "__dict__"):
        return MinCharRnn(found), [
            "taken for min-char-rnn's layout: lossFun(inputs, targets, hprev), the weights its globals",
            "judged with a loss so small that its clip at 5 never acts; dx and da0 follow from its dWxh",
        ]
    return None


class MinCharRnn:
    """The document's two network functions, each made of calls of ``lossFun`` on one column."""

    predicts = False
    dtype = "float64"

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> Any:
        """``a, y_pred, caches``: each state is the last one of a run that ends there."""
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
        """The gradients, each column's from one call."""
        x, a0, parameters = caches
        dz, dWaa, dba = np.empty_like(da), 0.0, 0.0
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
        """The results of ``lossFun`` on one column, by name: ``x (n_x, T)``, ``a0 (n_a,)``, ``da (n_a, T)``."""
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
            raise TypeError(f"lossFun did not return its seven: {', '.join(RETURNS)}")
        return dict(zip(RETURNS, result, strict=True))

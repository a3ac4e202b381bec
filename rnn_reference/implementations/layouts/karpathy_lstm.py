"""Karpathy's LSTM: a class with ``forward(X, WLSTM, c0, h0)`` and ``backward(dHout_in, cache, dcn, dhn)``.

Time comes first, ``(T, N, D)``. The one matrix has the biases in row 0, then the rows of x, then the rows of h; the
order of its gates is found by calls. ``dcn`` is the cotangent of c after the last step only. All cotangents of c can
still be asked, exactly, because gradients are linear in them: c of step t is the last c of a shorter run, and the
gradients of all runs are added.
"""

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.lstm.arguments import Parameters
from rnn_reference.implementations.gate_orders import ORDERS, stacked
from rnn_reference.implementations.gate_probing import gate_orders_of, settled
from rnn_reference.implementations.layouts.shared.predictions import predictions_of
from rnn_reference.implementations.layouts.shared.results import several
from rnn_reference.implementations.layouts.shared.stacked_gates import gradients_of_gates, write_back
from rnn_reference.numerics.compare import require_shapes

FORWARD = ("Hout", "cn", "hn", "cache")
BACKWARD = ("dX", "dWLSTM", "dc0", "dh0")


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the two network functions for the class, or for a file with a class ``LSTM``; None for anything else."""
    owner = next((one for one in (found, getattr(found, "LSTM", None)) if _fits(one)), None)
    if owner is None:
        return None
    order, notes = settled(gate_orders_of(_step_of(owner)), ORDERS["Karpathy"], "Karpathy")
    return KarpathyLstm(owner, order, found), [
        "recognised as Karpathy's LSTM: forward(X, WLSTM, c0, h0), arrays (T, N, D), the biases in row 0 of WLSTM",
        *notes,
        "c of each step is its cache['C'], or the last c of a shorter run; dc is given to shorter runs, as dcn",
    ]


class Run(NamedTuple):
    """A forward call: its arguments, in the document's form, and its cache."""

    x: Array
    a0: Array
    c0: Array
    parameters: Parameters
    cache: Any


class KarpathyLstm:
    """The document's two network functions, made from calls of the two functions of the class."""

    predicts = False

    def __init__(self, theirs: Any, order: str, module: Any) -> None:
        self._theirs, self._order = theirs, order
        for owner in (module, theirs):
            for attribute in ("dtype", "tolerance"):
                if hasattr(owner, attribute):
                    setattr(self, attribute, getattr(owner, attribute))

    def lstm_forward(self, x: Array, a0: Array, parameters: Parameters, c0: Array | None = None) -> Any:
        """Returns ``a, y, c, caches``."""
        c0 = np.zeros_like(a0) if c0 is None else c0
        found = self._run(x, a0, c0, parameters)
        if found is None:
            return None
        a = np.asarray(found[0]).transpose(2, 1, 0)
        c = _cells(found, x.shape[2])
        for t in range(x.shape[2] if c is None else 0):
            shorter = self._run(x[:, :, : t + 1], a0, c0, parameters)
            c = np.empty_like(a) if c is None else c
            c[:, :, t] = np.asarray(shorter[1]).T if shorter else np.nan
        return a, predictions_of(a, parameters, "Wy"), c, Run(x, a0, c0, parameters, found[3])

    def lstm_backward(self, da: Array, caches: Run, dc: Array | None = None) -> Any:
        """Returns the gradients: those of the whole run, and for each earlier dc those of a shorter run."""
        steps = da.shape[2]
        whole = self._gradients(da, None if dc is None else dc[:, :, -1], caches)
        for t in range(0 if dc is None else steps - 1):
            if whole is None or dc is None or not dc[:, :, t].any():
                continue
            shorter = self._gradients(np.zeros_like(da[:, :, : t + 1]), dc[:, :, t], caches) or {}
            whole["dx"][:, :, : t + 1] += shorter.pop("dx", 0)
            whole = {name: value + shorter.get(name, 0) for name, value in whole.items()}
        return whole

    def _run(self, x: Array, a0: Array, c0: Array, parameters: Parameters) -> list[Any] | None:
        """Returns the four results of ``forward``."""
        n_x = len(x)
        W_x, W_a, b = stacked(parameters, self._order)
        W = np.concatenate([b.T, W_x.T, W_a.T])
        result = self._theirs.forward(x.transpose(2, 1, 0), W, c0=c0.T, h0=a0.T)
        write_back(parameters, self._order, W[1 : 1 + n_x].T, W[1 + n_x :].T, W[0])
        return several("forward", result, FORWARD)

    def _gradients(self, da: Array, dc_last: Array | None, caches: Run) -> dict[str, Array] | None:
        """Returns the gradients of the run, or of a shorter one if ``da`` has fewer steps."""
        x, cache = caches.x, caches.cache
        if da.shape[2] < x.shape[2]:
            shorter = self._run(x[:, :, : da.shape[2]], caches.a0, caches.c0, caches.parameters)
            cache = shorter and shorter[3]
        last = {} if dc_last is None else {"dcn": dc_last.T}
        found = several("backward", self._theirs.backward(da.transpose(2, 1, 0), cache, **last), BACKWARD)
        if found is None:
            return None
        dX, dW, dc0, dh0 = (np.asarray(part) for part in found)
        n_x, n_a = len(x), len(da)
        require_shapes({"dWLSTM": dW}, {"dWLSTM": (1 + n_x + n_a, 4 * n_a)})
        weights = gradients_of_gates(self._order, (n_x, n_a), dW[1 : 1 + n_x], dW[1 + n_x :], dW[:1])
        return {"dx": dX.transpose(2, 1, 0).copy(), "da0": dh0.T, "dc0": dc0.T, **weights}


def _cells(results: list[Any], steps: int) -> Array | None:
    """Returns c of every step from the cache ``(n_a, m, T_x)``, if it is there: an array ``C`` that ends with cn."""
    _, cn, _, cache = results
    kept = np.asarray(cache.get("C") if isinstance(cache, Mapping) else None)
    fits = kept.shape == (steps, *np.shape(cn)) and np.array_equal(kept[-1], cn, equal_nan=True)
    return kept.transpose(2, 1, 0) if fits else None


def _fits(owner: Any) -> bool:
    """True if ``owner`` has the two functions, with their optional arguments and without an instance before these."""
    wanted = {"forward": {"c0", "h0"}, "backward": {"dcn", "dhn"}}
    try:
        own = {name: [*inspect.signature(getattr(owner, name)).parameters] for name in wanted}
    except (AttributeError, TypeError, ValueError):
        return False
    return all(len(names) == 4 and wanted[name] == set(names[2:]) for name, names in own.items())


def _step_of(owner: Any) -> Any:
    def step(W_x: Array, W_a: Array, b: Array, x: Array, a: Array, c: Array) -> list[Array]:
        W = np.concatenate([b.T, W_x.T, W_a.T])
        Hout, cn, *_ = owner.forward(x.T[None], W, c0=c.T, h0=a.T)
        return [np.asarray(Hout)[0].T, np.asarray(cn).T]

    return step

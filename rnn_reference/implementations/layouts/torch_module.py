"""A user's layer with the interface of ``torch.nn.RNN``, given as ``model.py:MyLayer``.

The target is a class or an instance. The class is called with other sizes: ``MyLayer(input_size, hidden_size)``. The
layer takes ``x (T_x, m, n_x)`` and ``h0 (1, m, n_a)``; with ``batch_first`` the batch is before time. It returns all
states and the last state. Its weights are found by torch's names, at any depth: ``weight_ih``, ``weight_hh``,
``bias_ih``, ``bias_hh``.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters
from rnn_reference.implementations.adapters import adapter
from rnn_reference.implementations.unusable import Unusable

if TYPE_CHECKING:
    import torch

TORCH_NAMES = {"dWax": "weight_ih", "dWaa": "weight_hh", "dba": "bias_ih"}


def recognise(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the two network functions for a layer of torch or its class; None for anything else.

    Torch is not imported here: a file with a layer has imported it.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    module: type = torch.nn.Module
    is_layer = isinstance(found, module) or (inspect.isclass(found) and issubclass(found, module))
    return (TorchModule(found, target), []) if is_layer else None


class TorchModule:
    """The two network functions. The predictions, a linear layer and a softmax of torch, are not judged."""

    predicts = False
    dtype = "float64"

    def __init__(self, found: Any, target: str) -> None:
        self._make: Any = found if inspect.isclass(found) else type(found)
        self._torch: Any = adapter("torch")
        try:
            own = self._weights(self._layer(3, 5, self._torch.torch.float64))
            if own["weight_ih"].shape != (5, 3):
                raise ValueError(f"its weight_ih has shape {tuple(own['weight_ih'].shape)}, not (5, 3)")
        except (Exception, SystemExit) as error:
            name = self._make.__name__
            raise Unusable(f"{target}: {name}(3, 5) is not a layer like torch.nn.RNN(3, 5): {error}") from None

    def rnn_forward(self, x: Array, a0: Array, parameters: Parameters) -> Any:
        """Returns ``a, y_pred, caches``. The cache is the graph: its end and its leaves."""
        given, start = self._torch.tensor(x.transpose(2, 1, 0)), self._torch.tensor(a0.T[None])
        layer = self._layer(len(x), len(a0), given.dtype)
        weights = self._set(layer, parameters)
        leaves = {"x": given.requires_grad_(), "a0": start.requires_grad_(), **weights}
        first = bool(getattr(layer, "batch_first", False))
        out = layer(leaves["x"].transpose(0, 1) if first else leaves["x"], leaves["a0"])
        a = out[0] if isinstance(out, tuple | list) else out
        a = a.transpose(0, 1) if first else a
        predicted = self._torch.predicted(a, parameters)
        return self._torch.array(a).transpose(2, 1, 0), predicted.transpose(2, 1, 0), (a, leaves)

    def rnn_backward(self, da: Array, caches: Any) -> dict[str, Array]:
        """Returns the gradients, from ``torch.autograd.grad`` of the layer's graph."""
        gradients: dict[str, Array] = self._torch.rnn_backward(da, caches)
        return gradients

    def _layer(self, n_x: int, n_a: int, dtype: torch.dtype) -> torch.nn.Module:
        layer: torch.nn.Module = self._make(n_x, n_a)
        return layer.to(dtype).train(False)

    def _weights(self, layer: torch.nn.Module) -> dict[str, torch.nn.Parameter]:
        """Returns its parameters by torch's names, without prefixes and the suffix ``_l0``."""
        found = {}
        for name, value in layer.named_parameters():
            role = name.rpartition(".")[2].removesuffix("_l0")
            if role in found or role not in (*TORCH_NAMES.values(), "bias_hh"):
                raise ValueError(f"its parameter {name} has no place in one layer of torch.nn.RNN")
            found[role] = value
        missing = [role for role in TORCH_NAMES.values() if role not in found]
        if missing:
            raise ValueError(f"it has no {' and no '.join(missing)}")
        return found

    def _set(self, layer: torch.nn.Module, parameters: Parameters) -> dict[str, torch.Tensor]:
        own = self._weights(layer)
        values = {role: gradient.removeprefix("d") for gradient, role in TORCH_NAMES.items()}
        with self._torch.torch.no_grad():
            for role, parameter in own.items():
                value = parameters[values[role]] if role in values else 0 * parameters["ba"]
                parameter.copy_(self._torch.tensor(value).reshape(parameter.shape))
        return {gradient: own[role] for gradient, role in TORCH_NAMES.items()}

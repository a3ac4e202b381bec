"""PyTorch's own ``torch.nn.RNN`` and ``RNNCell`` with a linear layer, backward by autograd.

Needs torch. Arrays ``(n, m, T_x)`` of the document are transposed to torch's ``(T_x, m, n)`` and back. One of torch's
two biases is ``ba``, the other is zero. Torch computes in the dtype of its inputs; the suite uses float64.
"""

from typing import Any, TypeAlias

import numpy as np
import torch

from rnn_reference.arrays import Array
from rnn_reference.cells.rnn.arguments import Parameters

dtype = "float64"

Leaves: TypeAlias = dict[str, torch.Tensor]
_place: dict[str, Any] = {"device": torch.device("cpu")}


def use_device(name: str) -> None:
    """Compute on this device from now on. Raises RuntimeError if torch finds no such device."""
    try:
        device = torch.device("cuda" if name == "gpu" else name)
        torch.zeros(1, device=device)
    except (AssertionError, NotImplementedError) as error:  # a build of torch without that kind of device asserts
        raise RuntimeError(str(error)) from None
    _place["device"] = device


def tanh_forward(x: Array) -> Array:
    """Returns ``torch.tanh(x)``."""
    return array(torch.tanh(tensor(x)))


def softmax_forward(x: Array) -> Array:
    """Returns ``torch.softmax(x)`` over axis 0."""
    return array(torch.softmax(tensor(x), dim=0))


def rnn_cell_forward(xt: Array, a_prev: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """One step of ``torch.nn.RNNCell``. The cache is the graph: its end and its leaves."""
    cell = torch.nn.RNNCell(xt.shape[0], a_prev.shape[0], dtype=tensor(xt).dtype, **_place)
    _set(cell, parameters)
    leaves = _leaves(cell, "", xt=xt.T, a_prev=a_prev.T)
    a_next = cell(leaves["xt"], leaves["a_prev"])
    return array(a_next).T, predicted(a_next, parameters).T, (a_next, leaves)


def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> tuple[Array, Array, Any]:
    """``torch.nn.RNN`` over the whole sequence. The cache is the graph: its end and its leaves."""
    layer = torch.nn.RNN(x.shape[0], a0.shape[0], dtype=tensor(x).dtype, **_place)
    _set(layer, parameters)
    leaves = _leaves(layer, "_l0", x=x.transpose(2, 1, 0), a0=a0.T[None])
    a, _ = layer(leaves["x"], leaves["a0"])
    return array(a).transpose(2, 1, 0), predicted(a, parameters).transpose(2, 1, 0), (a, leaves)


def rnn_cell_backward(da_next: Array, cache: Any) -> dict[str, Array]:
    """Returns the gradients of the cell, from ``torch.autograd.grad``."""
    found = _gradients(da_next.T, cache)
    return {"dxt": found.pop("xt").T, "da_prev": found.pop("a_prev").T, **found}


def rnn_backward(da: Array, caches: Any) -> dict[str, Array]:
    """Returns the gradients of the layer, from ``torch.autograd.grad``."""
    found = _gradients(da.transpose(2, 1, 0), caches)
    return {"dx": found.pop("x").transpose(2, 1, 0), "da0": found.pop("a0")[0].T, **found}


def tensor(array: Array) -> torch.Tensor:
    """Returns the array as a tensor, as a contiguous copy: torch has no negative strides."""
    return torch.tensor(np.ascontiguousarray(array), **_place)


def array(tensor: torch.Tensor) -> Array:
    """Returns the tensor as an array in main memory, outside the graph."""
    return tensor.detach().cpu().numpy()


def _set(module: torch.nn.Module, parameters: Parameters) -> None:
    given = (parameters["Wax"], parameters["Waa"], parameters["ba"][:, 0], 0 * parameters["ba"][:, 0])
    with torch.no_grad():  # in the order in which torch keeps them: weight_ih, weight_hh, bias_ih, bias_hh
        for own, value in zip(module.parameters(), given, strict=True):
            own.copy_(tensor(value))


def _leaves(module: torch.nn.Module, suffix: str, **inputs: Array) -> Leaves:
    """Returns the leaves of the graph: inputs by their names, weights by the names of their gradients."""
    leaves = {name: tensor(value).requires_grad_() for name, value in inputs.items()}
    own = dict(module.named_parameters())
    names = {"dWax": "weight_ih", "dWaa": "weight_hh", "dba": "bias_ih"}
    return leaves | {gradient: own[name + suffix] for gradient, name in names.items()}


def predicted(a: torch.Tensor, parameters: Parameters) -> Array:
    """Returns the predictions: a linear layer on the states, and softmax."""
    head = torch.nn.Linear(a.shape[-1], len(parameters["by"]), dtype=a.dtype, **_place)
    with torch.no_grad():
        head.weight.copy_(tensor(parameters["Wya"]))
        head.bias.copy_(tensor(parameters["by"][:, 0]))
        return array(torch.softmax(head(a), dim=-1))


def _gradients(cotangent: Array, cache: tuple[torch.Tensor, Leaves]) -> dict[str, Array]:
    end, leaves = cache
    found = torch.autograd.grad(end, list(leaves.values()), grad_outputs=tensor(cotangent), retain_graph=True)
    named = {name: array(value) for name, value in zip(leaves, found, strict=True)}
    return {**named, "dba": named["dba"][:, None]}

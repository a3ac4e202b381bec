"""A torch module with given weights and inputs, run forward and then backward by autograd.

Arrays ``(n, m)`` and ``(n, m, T_x)`` of the document are transposed to torch's ``(m, n)`` and ``(T_x, m, n)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.adapters.shared.weights import LSTM, Parameters, Weights, head_of, weights_of
from rnn_reference.implementations.gate_orders import ORDERS

ORDER = ORDERS["torch"]
MATRICES = ("weight_ih", "weight_hh")
BIASES = ("bias_ih", "bias_hh")

place: dict[str, Any] = {"device": torch.device("cpu")}
"""The device of all tensors."""

LONG = 200
"""The largest number of steps of which each beginning is run for itself."""

Own: TypeAlias = Mapping[str, torch.nn.Parameter]
"""The parameters of a module by torch's names, without ``_l0``."""

Run: TypeAlias = Callable[..., Sequence[torch.Tensor]]
"""A function of ``x`` and the initial states that returns each state, at every step if there is time."""


class Graph(NamedTuple):
    """A cache: the states, and the leaves of their graph."""

    states: Sequence[torch.Tensor]
    inputs: Sequence[torch.Tensor]
    own: Own
    shares: Mapping[str, float]


def run(
    cell: Cell, module: Run, own: Own, x: Array, initial: Sequence[Array], parameters: Parameters, start: bool = True
) -> tuple[list[Array], Array, Graph]:
    """Returns the states, the predictions and a graph. ``own`` are the parameters of the module; they are set first.

    Without ``start``, the initial states ask for no gradient, as when somebody trains.
    """
    shares = _shares(cell, own)
    weights = weights_of(cell, parameters, ORDER)
    values = dict(zip(MATRICES, weights, strict=False)) | {name: share * weights.bias for name, share in shares.items()}
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(tensor(values.get(name, 0 * weights.bias)).reshape(parameter.shape))
    inputs = [tensor(x.T).requires_grad_(), *(tensor(given.T).requires_grad_(start) for given in initial)]
    states = module(*inputs)
    predictions = _predicted(states[0], *head_of(cell, parameters))
    return [array(state).T for state in states], array(predictions).T, Graph(states, inputs, own, shares)


def run_back(cotangents: Sequence[Array | None], graph: Graph) -> tuple[list[Array], Weights]:
    """Returns the gradients of the inputs, and those of the weights. A leaf outside the graph has gradient zero."""
    reached = [(end, tensor(d.T)) for end, d in zip(graph.states, cotangents, strict=True) if d is not None]
    leaves = [*graph.inputs, *(graph.own[name] for name in (*MATRICES, *graph.shares))]
    ends, given = zip(*reached, strict=True)
    asking = [leaf for leaf in leaves if leaf.requires_grad]
    found = torch.autograd.grad(ends, asking, grad_outputs=given, retain_graph=True, allow_unused=True)
    by_leaf = {id(leaf): one for leaf, one in zip(asking, found, strict=True)}
    gradients = [
        np.zeros(tuple(leaf.shape), array(leaf).dtype) if (one := by_leaf.get(id(leaf))) is None else array(one)
        for leaf in leaves
    ]
    inputs, (W_input, W_state, *biases) = gradients[: len(graph.inputs)], gradients[len(graph.inputs) :]
    bias = sum(share * one.reshape(-1) for share, one in zip(graph.shares.values(), biases, strict=True))
    return [one.T for one in inputs], Weights(W_input, W_state, np.asarray(bias))


def reaches_start(graph: Graph) -> bool:
    """True if the first state depends on its initial state, as far as the graph knows: it is not detached."""
    (found,) = torch.autograd.grad(graph.states[0].sum(), graph.inputs[1:2], retain_graph=True, allow_unused=True)
    return found is not None


def _shares(cell: Cell, own: Own) -> dict[str, float]:
    """Returns the part of the document's bias in each of torch's biases. The other bias of the tanh RNN is zero."""
    names = [name for name in BIASES if name in own]
    return dict.fromkeys(names, 1 / len(names)) if cell is LSTM else {"bias_ih": 1}


def states_of(cell: Cell, layer: Any, time_axis: int = 0) -> Run:
    """Returns each state at every step, of a layer with the interface of ``torch.nn.RNN`` or ``torch.nn.LSTM``.

    An LSTM returns the last ``c`` only. So ``c`` of a step is that of the sequence which ends with this step. In a
    sequence of more than ``LONG`` steps, whose graph would be too large, it is that of the step from the states before.
    """

    def states(x: torch.Tensor, *initial: torch.Tensor) -> list[torch.Tensor]:
        start = tuple(state[None] for state in initial)

        def called(steps: int) -> Any:
            return layer(x[:steps].transpose(0, time_axis), start if cell is LSTM else start[0])

        out = called(len(x))
        a = (out[0] if isinstance(out, tuple | list) else out).transpose(0, time_axis)
        if cell is not LSTM:
            return [a]
        if len(x) > LONG:
            return [a, c_step_by_step(x, start)]
        ends = [called(steps) for steps in range(1, len(x))]
        return [a, torch.cat([_last_c(end) for end in (*ends, out)])]

    def c_step_by_step(x: torch.Tensor, state: Any) -> torch.Tensor:
        found = []
        for xt in x:
            _, state = layer(xt[None].transpose(0, time_axis), state)
            found.append(state[1])
        return torch.cat(found)

    return states


def _last_c(out: Any) -> torch.Tensor:
    try:
        _, (_, c) = out
    except (TypeError, ValueError):
        raise TypeError("the layer must return its outputs and the last states, output, (h_n, c_n)") from None
    last: torch.Tensor = c
    return last


def tensor(array: Array) -> torch.Tensor:
    """Returns the array as a tensor, as a contiguous copy: torch has no negative strides."""
    return torch.tensor(np.ascontiguousarray(array), **place)


def array(tensor: torch.Tensor) -> Array:
    """Returns the tensor as an array in main memory, outside the graph."""
    return tensor.detach().cpu().numpy()


def _predicted(a: torch.Tensor, weight: Array, bias: Array) -> torch.Tensor:
    """Returns the predictions: a linear layer on the states, and softmax."""
    head = torch.nn.Linear(a.shape[-1], len(bias), dtype=a.dtype, **place)
    with torch.no_grad():
        head.weight.copy_(tensor(weight))
        head.bias.copy_(tensor(bias))
        return torch.softmax(head(a), dim=-1)

"""PyTorch's own ``torch.nn.RNN``, ``LSTM`` and their cells with a linear layer, backward by autograd.

Needs torch. Arrays ``(n, m, T_x)`` of the document are transposed to torch's ``(T_x, m, n)`` and back. Of torch's two
biases of the RNN one is ``ba``, and the other is zero; each of the LSTM's is half of the document's. ``nn.LSTM``
returns ``c`` of the last step only: ``c`` of each step comes from a run that ends there. Torch computes in the dtype of
its inputs; the suite uses float64.
"""

from collections.abc import Sequence
from typing import Any

import torch

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_FORWARD, Function
from rnn_reference.implementations.adapters.shared import torch_graph
from rnn_reference.implementations.adapters.shared.functions import ForwardBackward
from rnn_reference.implementations.adapters.shared.torch_graph import array, tensor
from rnn_reference.implementations.adapters.shared.weights import LSTM, RNN, Parameters, Weights

LAYERS: dict[Any, Any] = {RNN: torch.nn.RNN, LSTM: torch.nn.LSTM}
CELLS: dict[Any, Any] = {RNN: torch.nn.RNNCell, LSTM: torch.nn.LSTMCell}


class TorchNetwork(ForwardBackward):
    """The functions by torch's own modules. A cache is the graph: its ends and its leaves."""

    dtype = "float64"
    order = torch_graph.ORDER

    def use_device(self, name: str) -> None:
        """Compute on this device from now on. Raises RuntimeError if torch finds no such device."""
        try:
            device = torch.device("cuda" if name == "gpu" else name)
            torch.zeros(1, device=device)
        except (AssertionError, NotImplementedError) as error:  # a build of torch without that kind of device asserts
            raise RuntimeError(str(error)) from None
        torch_graph.place["device"] = device

    def tanh_forward(self, x: Array) -> Array:
        """Returns ``torch.tanh(x)``."""
        return array(torch.tanh(tensor(x)))

    def softmax_forward(self, x: Array) -> Array:
        """Returns ``torch.softmax(x)`` over axis 0."""
        return array(torch.softmax(tensor(x), dim=0))

    def run(
        self, function: Function, x: Array, initial: Sequence[Array], parameters: Parameters
    ) -> tuple[Sequence[Array], Array, Any]:
        """Runs torch's cell or layer."""
        cell, is_step = function.cell, function.role == CELL_FORWARD
        make = (CELLS if is_step else LAYERS)[cell]
        module = make(len(x), len(initial[0]), dtype=tensor(x).dtype, **torch_graph.place)
        own = {name.removesuffix("_l0"): value for name, value in module.named_parameters()}
        states = _step_of(cell, module) if is_step else torch_graph.states_of(cell, module)
        return torch_graph.run(cell, states, own, x, initial, parameters)

    def run_back(
        self, function: Function, cotangents: Sequence[Array | None], cache: Any
    ) -> tuple[Sequence[Array], Weights]:
        """Returns the gradients from ``torch.autograd.grad``."""
        return torch_graph.run_back(cotangents, cache)


def _step_of(cell: Any, module: Any) -> torch_graph.Run:
    if cell is LSTM:
        return lambda xt, a_prev, c_prev: module(xt, (a_prev, c_prev))
    return lambda xt, a_prev: [module(xt, a_prev)]


NETWORK = TorchNetwork()

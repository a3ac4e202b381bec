"""The weights of a cell as frameworks have them: three arrays, each with the rows of all gates."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.lstm.signature import CELL as LSTM
from rnn_reference.cells.rnn.signature import CELL as RNN
from rnn_reference.implementations import gate_orders

Parameters: TypeAlias = Mapping[str, Array]

__all__ = ["LSTM", "RNN", "Parameters", "Weights", "head_of", "parameter_gradients", "weights_of"]


class Weights(NamedTuple):
    """The weights of the input ``(k n_a, n_x)`` and of the state ``(k n_a, n_a)``, and the biases ``(k n_a,)``.

    ``k`` is the number of gates: 1 for the tanh RNN, 4 for the LSTM.
    """

    input: Array
    state: Array
    bias: Array


def weights_of(cell: Cell, parameters: Parameters, order: Iterable[str]) -> Weights:
    """Returns the weights of a cell. ``order`` has the gates of an LSTM, as in ``gate_orders.ORDERS``."""
    if cell is LSTM:
        W_input, W_state, bias = gate_orders.stacked(parameters, "".join(order))
    else:
        W_input, W_state, bias = (parameters[name] for name in ("Wax", "Waa", "ba"))
    return Weights(W_input, W_state, bias[:, 0])


def parameter_gradients(cell: Cell, gradients: Weights, order: Iterable[str]) -> Gradients:
    """Returns the gradients of the document's parameters by name, from those of ``weights_of``."""
    if cell is LSTM:
        return gate_orders.apart(order, *gradients)
    return {"dWax": gradients.input, "dWaa": gradients.state, "dba": gradients.bias[:, None]}


def head_of(cell: Cell, parameters: Parameters) -> tuple[Array, Array]:
    """Returns the weights ``(n_y, n_a)`` and the biases ``(n_y,)`` of the predictions."""
    return parameters[cell.head.weight], parameters[cell.head.bias][:, 0]

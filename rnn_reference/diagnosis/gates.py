"""The order of the gates of a function with the course's names: Wf may hold the weights of another gate."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.lstm.equations import GATES
from rnn_reference.cells.lstm.signature import CELL
from rnn_reference.implementations.conventions.convention import Convention
from rnn_reference.implementations.conventions.gates import gate_order
from rnn_reference.implementations.gate_orders import apart
from rnn_reference.implementations.gate_probing import Orders, gate_orders_of, gate_orders_of_sequence
from rnn_reference.implementations.implementation import Implementation


def order_of_gates(own: Implementation) -> Convention | None:
    """Returns the convention of the order, if weights and biases have one order that is not the course's."""
    orders = set(_orders(own))
    order = orders.pop() if len(orders) == 1 else ""
    return gate_order(order) if order and order != "".join(GATES) else None


def _orders(own: Implementation) -> Orders:
    if own.offers(CELL.cell_forward.name):
        return gate_orders_of(lambda *arrays: _step(own, *arrays))
    return gate_orders_of_sequence(lambda *arrays: _sequence(own, *arrays))


def _step(own: Implementation, W_x: Array, W_a: Array, b: Array, x: Array, a: Array, c: Array) -> list[Array]:
    results = own.ask(CELL.cell_forward.name, x, a, c, _parameters(W_x, W_a, b))
    return [results["a_next"], results["c_next"]]


def _sequence(own: Implementation, W_x: Array, W_a: Array, b: Array, x: Array, a0: Array) -> Any:
    return own.ask(CELL.forward.name, x, a0, _parameters(W_x, W_a, b))["a"]


def _parameters(W_x: Array, W_a: Array, b: Array) -> dict[str, Array]:
    n_a = W_a.shape[1]
    return apart(GATES, W_x, W_a, b, before="") | {"Wy": np.zeros((2, n_a)), "by": np.zeros((2, 1))}

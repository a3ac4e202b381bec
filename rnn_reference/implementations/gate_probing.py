"""The order of an LSTM's gates, found by calls of its step or of its forward function.

One array is probed at a time: all its blocks are equal, and the other arrays are zero, so that no order matters. Then
one block gets other numbers. Its gate is the one that gives the same results in the reference. Biases, input kernel
and recurrent kernel are probed separately, because people permute them separately.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.lstm.cell import lstm_cell_forward
from rnn_reference.cells.lstm.equations import GATES
from rnn_reference.cells.lstm.network import lstm_forward
from rnn_reference.implementations.loading.time_limit import TimeLimitReached, time_limit
from rnn_reference.implementations.values import as_numbers

N_X, N_A, M, T_X = 3, 4, 2, 3
COLUMNS = {"biases": 1, "inputs": N_X, "states": N_A}
"""The columns of each stacked array. In the course's matrices ``W`` for ``[a_prev; xt]`` the states come first."""

CLOSE = 2.0**-8
"""The largest difference that counts as equal: above the errors of float16, far below the effect of another gate."""

SECONDS = 5.0
"""The time limit of all calls together."""

Step: TypeAlias = Callable[[Array, Array, Array, Array, Array, Array], Iterable[Any]]
"""``step(Wx, Wh, b, x, a, c)`` returns ``a_next, c_next``: ``Wx (4 n_a, n_x)``, ``Wh (4 n_a, n_a)``, ``b (4 n_a, 1)``,
in four blocks; ``x (n_x, m)``, ``a`` and ``c (n_a, m)``."""

Forward: TypeAlias = Callable[[Array, Array, Array, Array, Array], Any]
"""``forward(Wx, Wh, b, x, a0)`` returns ``a (n_a, m, T_x)`` for ``x (n_x, m, T_x)``. It starts from c = 0."""


class Orders(NamedTuple):
    """The order of the blocks in each of the three arrays, such as ``"ifoc"``; "" if it was not found."""

    biases: str = ""
    inputs: str = ""
    states: str = ""


def gate_orders_of(step: Step) -> Orders:
    """Returns the orders of a step. It raises nothing; of a wrong step it returns the orders that can still be seen."""
    rng = np.random.default_rng(0)
    x, a, c = (rng.uniform(0.4, 1.2, (rows, M)) for rows in (N_X, N_A, N_A))
    return _orders(
        lambda W_x, W_a, b: step(W_x, W_a, b, x.copy(), a.copy(), c.copy()),
        lambda parameters: lstm_cell_forward(x, a, c, parameters)[:2],
    )


def gate_orders_of_sequence(forward: Forward) -> Orders:
    """Returns the orders of a forward function that returns the states a only. It raises nothing."""
    rng = np.random.default_rng(0)
    x, a0 = rng.uniform(0.4, 1.2, (N_X, M, T_X)), rng.uniform(0.4, 1.2, (N_A, M))
    return _orders(
        lambda W_x, W_a, b: [forward(W_x, W_a, b, x.copy(), a0.copy())],
        lambda parameters: lstm_forward(x, a0, parameters)[:1],
    )


def settled(orders: Orders, usual: str, layout: str) -> tuple[str, list[str]]:
    """Returns the order to judge with, and notes for the report.

    ``usual`` is the order of ``layout``, for an implementation without any order. If biases and kernels disagree, the
    kernels' order counts. If the two kernels disagree, the one that agrees with the biases counts, or the input kernel.
    """
    found = [order for order in orders if order]
    if len(set(found)) < 2:
        order = found[0] if found else usual
        own = f"its gates are {in_words(order)}, {layout}'s are {in_words(usual)}"
        return order, [] if order == usual else [own]
    kernels = [order for order in (orders.inputs, orders.states) if order]
    if len(set(kernels)) == 1:
        return kernels[0], [
            f"its biases are in the order {in_words(orders.biases)}, its kernels in the order {in_words(kernels[0])}"
        ]
    note = f"its input kernel is in the order {in_words(orders.inputs)}, its recurrent kernel in the order " + in_words(
        orders.states
    )
    order = orders.biases if orders.biases in kernels else orders.inputs
    return order, [note + (f", its biases in the order {in_words(orders.biases)}" if orders.biases else "")]


def in_words(order: str) -> str:
    """Returns an order as others write it: the candidate is g."""
    return " ".join(order.replace("c", "g"))


Theirs: TypeAlias = Callable[[Array, Array, Array], Iterable[Any]]
Right: TypeAlias = Callable[[dict[str, Array]], Sequence[Array]]


def _orders(theirs: Theirs, right: Right) -> Orders:
    found = dict.fromkeys(COLUMNS, "")
    try:
        with time_limit(SECONDS), np.errstate(all="ignore"):
            for kind in COLUMNS:
                found[kind] = _order(kind, theirs, right)
    except TimeLimitReached:
        pass
    return Orders(**found)


def _order(kind: str, theirs: Theirs, right: Right) -> str:
    """Returns the order of the blocks of one array, "" if a call fails or if its results fit no gate, or several."""
    rng = np.random.default_rng(1)
    usual, moved = (rng.uniform(low, low + 0.4, (N_A, COLUMNS[kind])) for low in (0.2, -1.0))
    expected = {g: right(_parameters(kind, {one: moved if one == g else usual for one in GATES})) for g in GATES}
    order = ""
    for k in range(len(GATES)):
        blocks = [moved if place == k else usual for place in range(len(GATES))]
        arrays = {name: np.zeros((len(GATES) * N_A, columns)) for name, columns in COLUMNS.items()}
        arrays[kind] = np.concatenate(blocks)
        try:
            got = [as_numbers(one) for one in theirs(arrays["inputs"], arrays["states"], arrays["biases"])]
        except (Exception, SystemExit):
            return ""
        fitting = [g for g in GATES if _agree(got, expected[g])]
        order += fitting[0] if len(fitting) == 1 else ""
    return order if len(set(order)) == len(GATES) else ""


def _parameters(kind: str, blocks: dict[str, Array]) -> dict[str, Array]:
    """Returns the course's parameters, zero but for one array of each gate."""
    parameters: dict[str, Array] = {"Wy": np.zeros((1, N_A)), "by": np.zeros((1, 1))}
    for g, block in blocks.items():
        parts = {name: np.zeros((N_A, columns)) for name, columns in COLUMNS.items()} | {kind: block}
        parameters |= {f"W{g}": np.concatenate([parts["states"], parts["inputs"]], axis=1), f"b{g}": parts["biases"]}
    return parameters


def _agree(got: Sequence[Array], expected: Sequence[Array]) -> bool:
    return len(got) == len(expected) and all(
        one.shape == right.shape and bool(np.all(np.abs(one - right) <= CLOSE))
        for one, right in zip(got, expected, strict=True)
    )

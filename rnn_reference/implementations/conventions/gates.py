"""Conventions of a cell with several gates: another order of the gates, and [xt; a_prev] in place of [a_prev; xt]."""

from collections.abc import Callable, Mapping
from itertools import permutations

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.lstm.equations import GATES
from rnn_reference.cells.lstm.signature import CELL
from rnn_reference.implementations.conventions.convention import Convention
from rnn_reference.implementations.conventions.two_biases import Table

STACKED = frozenset(weight for of in CELL.maps.values() for weight in of.weights)
"""The weights that multiply [a_prev; xt]."""


def _is_lstm(cell: Cell) -> bool:
    return cell == CELL


def _inputs_first(name: str, array: Array) -> Array:
    return np.roll(array, -len(array), axis=1) if _is_stacked(name, array) else array


def _states_first(name: str, array: Array) -> Array:
    return np.roll(array, len(array), axis=1) if _is_stacked(name, array) else array


def _is_stacked(name: str, array: Array) -> bool:
    return name.removeprefix("d") in STACKED and array.ndim == 2


INPUTS_FIRST = Convention(
    "inputs-first",
    "with weights for [xt; a_prev], the input first",
    _inputs_first,
    _states_first,
    applies=_is_lstm,
)


def _renamed(names: Mapping[str, str], before: str = "") -> Callable[[Table], Table]:
    """Returns a function that gives the values of a table other names; ``before`` is in front of all names."""
    renamed = {before + old: before + new for old, new in names.items()}
    return lambda table: {renamed.get(name, name): value for name, value in table.items()}


def gate_order(order: str) -> Convention:
    """Returns the convention whose Wf, Wi, Wc and Wo are those of the gates in ``order``."""
    theirs = {f"{kind}{own}": f"{kind}{slot}" for slot, own in zip(GATES, order, strict=True) for kind in "Wb"}
    back = {new: old for old, new in theirs.items()}
    words = f"with the gates {' '.join(order)} where the course has {' '.join(GATES)}"
    return Convention(
        f"gates-{order}",
        words,
        split=_renamed(theirs),
        joined=_renamed(back),
        gradients=_renamed(back, "d"),
        applies=_is_lstm,
    )


GATE_ORDERS = tuple(gate_order("".join(order)) for order in permutations(GATES) if order != GATES)

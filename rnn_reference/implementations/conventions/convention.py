"""One convention for arrays that is not the document's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.conventions.two_biases import Table

Turn: TypeAlias = Callable[[str, Array], Array]
"""Converts an array; the first argument is its name."""


def _same(name: str, array: Array) -> Array:
    return array


def _kept(table: Table) -> Table:
    return table


def _always(cell: Cell) -> bool:
    return True


@dataclass(frozen=True)
class Convention:
    """One convention for arrays that is not the document's.

    ``words`` describe it, with names of the cell in braces (``words_of``). ``theirs`` converts the document's arrays,
    ``ours`` converts arrays back, also gradients and results. If names change, ``split`` and ``joined`` convert the
    table of parameters, and ``gradients`` the table of gradients. ``applies`` is False for a cell for which the
    convention makes no difference. ``lacks`` are inputs that are not there: they are zero.
    """

    name: str
    words: str
    theirs: Turn = _same
    ours: Turn = _same
    split: Callable[[Table], Table] = _kept
    joined: Callable[[Table], Table] = _kept
    gradients: Callable[[Table], Table] = _kept
    applies: Callable[[Cell], bool] = _always
    lacks: tuple[str, ...] = ()

"""Which cells there are: the package's own, and those that somebody has added."""

from __future__ import annotations

import copyreg
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module

from rnn_reference.cells.cell import Cell, Function

BUILT_IN = ("rnn",)
"""The folders of the cells that come with the package, in the order in which reports have them."""

_added: list[Cell] = []


@contextmanager
def added(cell: Cell) -> Iterator[None]:
    """Inside this block a cell is known that is not the package's own."""
    _added.append(cell)
    functions.cache_clear()
    try:
        yield
    finally:
        _added.remove(cell)
        functions.cache_clear()


@cache
def _built_in(name: str) -> Cell:
    cell: Cell = import_module(f"rnn_reference.cells.{name}.signature").CELL
    return cell


def cells() -> tuple[Cell, ...]:
    """Every cell there is."""
    return (*map(_built_in, BUILT_IN), *_added)


def cell_named(name: str) -> Cell:
    """The cell of that name. Raises KeyError, naming those that there are."""
    found = {cell.name: cell for cell in cells()}
    if name not in found:
        raise KeyError(f"there is no cell {name}; there are {', '.join(found)}")
    return found[name]


def function_named(name: str) -> Function:
    """The function of that name, whichever cell it is of. Raises KeyError."""
    return functions()[name]


@cache
def functions() -> Mapping[str, Function]:
    """The functions of every cell, by name."""
    return {name: function for cell in cells() for name, function in cell.functions.items()}


copyreg.pickle(Cell, lambda cell: (cell_named, (cell.name,)))  # a copy, or one from another process, is that very cell

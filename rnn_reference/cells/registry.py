"""The known cells: the package's own, and added ones."""

from __future__ import annotations

import copyreg
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module

from rnn_reference.cells.cell import Cell, Function

BUILT_IN = ("rnn", "lstm")
"""The folders of the package's own cells, in the order of reports."""

_added: list[Cell] = []


@contextmanager
def added(cell: Cell) -> Iterator[None]:
    """Inside this block, ``cell`` is one of the known cells."""
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
    """Returns all known cells."""
    return (*map(_built_in, BUILT_IN), *_added)


def cell_named(name: str) -> Cell:
    """Returns the cell with this name. Raises KeyError, with the known names."""
    found = {cell.name: cell for cell in cells()}
    if name not in found:
        raise KeyError(f"there is no cell {name}; there are {', '.join(found)}")
    return found[name]


def function_named(name: str) -> Function:
    """Returns the function with this name, of any cell. Raises KeyError."""
    return functions()[name]


@cache
def functions() -> Mapping[str, Function]:
    """Returns the functions of all cells, by name. A function of several cells belongs to the first of them."""
    found: dict[str, Function] = {}
    for cell in cells():
        found = {**cell.functions, **found}
    return {name: found[name] for cell in cells() for name in cell.functions}


copyreg.pickle(Cell, lambda cell: (cell_named, (cell.name,)))  # a copy, also from another process, is the same cell

"""An object with functions of the cells: what it offers, and calls of its functions by name."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rnn_reference.cells.cell import Cell, Function
from rnn_reference.cells.registry import function_named, functions
from rnn_reference.implementations.notebook_globals import put_in, weights_read
from rnn_reference.implementations.signatures import called, optional_in


class Theirs:
    """The functions of an object, such as a module or an instance."""

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs
        self.reads_globals = cache(self._reads_globals)

    def offers(self, name: str) -> bool:
        """True if it has the function, also if this is a stub."""
        return callable(getattr(self._theirs, name, None))

    def takes(self, name: str) -> tuple[str, ...]:
        """Returns the optional arguments in the signature of a function."""
        return optional_in(getattr(self._theirs, name, None), function_named(name).optional)

    def _reads_globals(self, name: str) -> tuple[str, ...]:
        """Returns the weights that a function reads from the module around it."""
        return weights_read(getattr(self._theirs, name, None), function_named(name), functions())

    def call(self, function: Function, named: Mapping[str, Any]) -> Any:
        """Returns the result of a function for arguments by name, unchanged."""
        with put_in(self._readers(function.cell), function, named):
            return called(getattr(self._theirs, function.name), function, named)

    def _readers(self, cell: Cell) -> list[tuple[Any, tuple[str, ...]]]:
        """Returns the functions of a cell that read weights so, with the names: one function may call another."""
        found = [(name, self.reads_globals(name)) for name in cell.functions if self.offers(name)]
        return [(getattr(self._theirs, name), read) for name, read in found if read]

"""An object with functions of the cells: what it offers, and calls of its functions by name."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rnn_reference.cells.cell import Cell, Function
from rnn_reference.cells.registry import function_named, functions
from rnn_reference.implementations.loading.standins import NotInstalled
from rnn_reference.implementations.notebook_globals import put_in, weights_read
from rnn_reference.implementations.reach import reached
from rnn_reference.implementations.signatures import called, optional_in
from rnn_reference.implementations.unfinished import Gap, frames_of, has_gaps, placeholder_in
from rnn_reference.implementations.whereabouts import Whereabouts, whereabouts
from rnn_reference.outcomes import NotImplementedYet, NotJudged


class Theirs:
    """The functions of an object, such as a module or an instance."""

    def __init__(self, theirs: Any) -> None:
        self._theirs = theirs
        self.reads_globals = cache(self._reads_globals)
        self.gap_in = cache(self._gap_in)

    def offers(self, name: str) -> bool:
        """True if it has the function, also if this is a stub."""
        return callable(getattr(self._theirs, name, None))

    def takes(self, name: str) -> tuple[str, ...]:
        """Returns the optional arguments in the signature of a function."""
        return optional_in(getattr(self._theirs, name, None), function_named(name).optional)

    def where(self, name: str) -> Whereabouts | None:
        """Returns where a function is written, if that is known."""
        return whereabouts(getattr(self._theirs, name, None))

    def _reads_globals(self, name: str) -> tuple[str, ...]:
        """Returns the weights that a function reads from the module around it."""
        return weights_read(getattr(self._theirs, name, None), function_named(name), functions())

    def call(self, function: Function, named: Mapping[str, Any]) -> Any:
        """Returns the result of a function for arguments by name, unchanged.

        Raises NotJudged if it uses something that its import did not give, and NotImplementedYet if it is unfinished.
        """
        own = getattr(self._theirs, function.name)
        try:
            with put_in(self._readers(function.cell), function, named):
                result = called(own, function, named)
        except NotInstalled as error:
            raise NotJudged([("", str(error))], function=function.name) from None
        except (Exception, SystemExit) as error:
            if gap := self._gap_behind(function.name, error):
                raise _unfinished(function.name, gap) from None
            raise
        if (gap := self.gap_in(function.name)) and has_gaps(function, result):
            raise _unfinished(function.name, gap)
        return result

    def _gap_in(self, name: str) -> Gap | None:
        """Returns what is still to be filled in, in a function or in a helper that it calls."""
        parts = map(placeholder_in, reached(getattr(self._theirs, name), functions()))
        return next(filter(None, parts), None)

    def _gap_behind(self, name: str, error: BaseException) -> Gap | None:
        """Returns the gap behind an exception. If no comment asks for code, the exception must be about None."""
        found = filter(None, (*map(placeholder_in, frames_of(error)), self.gap_in(name)))
        about_none = type(error) in (TypeError, AttributeError) and "None" in str(error)
        return next((gap for gap in found if gap.marked or about_none), None)

    def _readers(self, cell: Cell) -> list[tuple[Any, tuple[str, ...]]]:
        """Returns the functions of a cell that read weights so, with the names: one function may call another."""
        found = [(name, self.reads_globals(name)) for name in cell.functions if self.offers(name)]
        return [(getattr(self._theirs, name), read) for name, read in found if read]


def _unfinished(name: str, gap: Gap) -> NotImplementedYet:
    return NotImplementedYet([("", f"{name} is unfinished: {gap.text}")], function=name)

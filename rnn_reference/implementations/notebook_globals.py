"""Functions that read their weights from the notebook around them, as ``Wf``, instead of from their arguments.

They work there, and raise NameError anywhere else. Their other mistakes can be seen only if the weights are put in.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

from rnn_reference.cells.cell import Function
from rnn_reference.implementations.reach import global_names, reached, read

TABLES = ("parameters", "parameters_tmp")
"""Names of the table of parameters in the course's notebook."""


def names_of(function: Function) -> tuple[str, ...]:
    """Returns the global names that would be the weights of a cell."""
    return (*function.cell.parameters, *TABLES)


def weights_read(theirs: Any, function: Function, offered: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the weights that a function, or a helper that it calls, reads from the module around it.

    ``offered`` has the functions of the cells by name: they answer for themselves. A name that some function of the
    module sets, with ``global``, is not counted.
    """
    if not isinstance(theirs, FunctionType):
        return ()
    around = [one for one in theirs.__globals__.values() if isinstance(one, FunctionType)]
    set_there = {name for one in around for name in read(one.__code__, "STORE_GLOBAL")}
    found = {name for one in reached(theirs, offered) for name in global_names(one)}
    return tuple(name for name in names_of(function) if name in found - set_there)


@contextlib.contextmanager
def put_in(readers: Sequence[tuple[Any, tuple[str, ...]]], of: Function, given: Mapping[str, Any]) -> Iterator[None]:
    """Inside this block, the names that each reader reads are the weights of a call, in the module around the reader.

    ``given`` are the arguments of the call by name. The weights are in ``parameters``, or in a cache that has them.
    """
    table = _table(list(given.values()), of) if readers else None
    with contextlib.ExitStack() as stack:
        for reader, names in readers:
            if table is None:
                break
            around = {name: table if name in TABLES else table[name] for name in names}
            stack.enter_context(_changed(reader.__globals__, around))
        yield


@contextlib.contextmanager
def _changed(table: dict[str, Any], values: Mapping[str, Any]) -> Iterator[None]:
    """Inside this block, a table has these values."""
    before = {name: table[name] for name in values if name in table}
    table.update(values)
    try:
        yield
    finally:
        for name in values:
            table.pop(name, None)
        table.update(before)


def _table(value: Any, function: Function) -> Mapping[str, Any] | None:
    """Returns the first table with the cell's parameters in nested lists and tuples."""
    if isinstance(value, Mapping):
        return value if set(function.cell.parameters) <= set(value) else None
    if isinstance(value, list | tuple):
        return next((found for one in value if (found := _table(one, function)) is not None), None)
    return None

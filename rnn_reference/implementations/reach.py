"""The functions that a function calls in its own module, and the global names that they read."""

import dis
from collections.abc import Container, Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any


def reached(theirs: Any, apart: Container[str]) -> list[FunctionType]:
    """Returns a function and the helpers that it calls by global names, or as methods of its object.

    Functions with a name in ``apart`` answer for themselves, and are not followed.
    """
    owner = type(theirs.__self__) if isinstance(theirs, MethodType) else None
    first = theirs.__func__ if isinstance(theirs, MethodType) else theirs
    found: list[FunctionType] = [first] if isinstance(first, FunctionType) else []
    for own in found:  # which grows
        names = [name for name in global_names(own) if name not in apart]
        below = [own.__globals__.get(name) for name in names]
        if owner is not None:
            below += [
                vars(owner).get(name) for name in read(own.__code__, "LOAD_METHOD", "LOAD_ATTR") if name not in apart
            ]
        helpers = dict.fromkeys(one for one in below if isinstance(one, FunctionType))
        found += [one for one in helpers if one not in found]
    return found


def global_names(function: FunctionType) -> tuple[str, ...]:
    """Returns the global names that a function reads, also in the functions inside it."""
    return tuple(dict.fromkeys(read(function.__code__, "LOAD_GLOBAL", "LOAD_NAME")))


def read(code: CodeType, *operations: str) -> Iterator[str]:
    """Yields the names of these operations in a function and in the functions inside it."""
    for instruction in dis.get_instructions(code):
        if instruction.opname in operations:
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from read(constant, *operations)

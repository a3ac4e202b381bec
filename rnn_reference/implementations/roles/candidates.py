"""Finds what may be a network in a module: a class with methods, a cell with a loop, functions of parameters."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, NamedTuple

from rnn_reference.implementations.roles.making import arguments_of
from rnn_reference.implementations.roles.names import BACKWARD, FORWARD, NETWORK, PARAMETERS, place, plain
from rnn_reference.implementations.roles.search import Get, Named


class Candidate(NamedTuple):
    """What may hold weights, with the forward and backward functions that may belong to it."""

    make: Callable[..., Any]
    forward: list[Named]
    backward: list[Named]


def candidates(found: Any) -> Iterator[Candidate]:
    """Yields what may be a network in a class, an instance or a module."""
    if inspect.isclass(found):
        yield _of_class(found)
        return
    if not hasattr(found, "__dict__") or inspect.isroutine(found):
        return
    if not inspect.ismodule(found) and not isinstance(found, SimpleNamespace):
        yield _of_class(type(found))
        return
    own = {name: value for name, value in vars(found).items() if _is_own(value, found)}
    classes = [value for value in own.values() if inspect.isclass(value)]
    functions = {name: value for name, value in own.items() if inspect.isfunction(value)}
    for one in classes:
        yield _of_class(one)
        loops = _taking(functions, NETWORK, FORWARD)
        if loops:
            yield Candidate(one, loops, _taking(functions, NETWORK, BACKWARD))
    for name, make in functions.items():
        if "param" in name.lower() or "init" in name.lower():
            yield Candidate(make, *(_taking(functions, PARAMETERS, names) for names in (FORWARD, BACKWARD)))


def _of_class(owner: type) -> Candidate:
    return Candidate(owner, _methods(owner, FORWARD), _methods(owner, BACKWARD))


def _is_own(value: Any, module: Any) -> bool:
    """True for what is defined in the module, and not imported from an installed one."""
    home = getattr(value, "__module__", None)
    return home == getattr(module, "__name__", None) or home not in sys.modules


def _methods(owner: type, names: tuple[str, ...]) -> list[Named]:
    """Returns the methods of a class with these names, the usual ones first."""
    own = [name for name in dir(owner) if plain(name) in names and callable(getattr(owner, name))]
    return [(f"{owner.__name__}.{name}", _getter(name)) for name in sorted(own, key=lambda name: place(name, names))]


def _getter(name: str) -> Get:
    return lambda net: getattr(net, name)


def _taking(functions: Mapping[str, Any], kind: tuple[str, ...], names: tuple[str, ...]) -> list[Named]:
    """Returns the functions that take an object of a kind, such as a cell, those with usual names first."""
    found = [
        name
        for name, function in functions.items()
        if any(plain(one.name) in kind for one in arguments_of(function)) and _may_be(name, names)
    ]
    return [(name, _constant(functions[name])) for name in sorted(found, key=lambda name: place(name, names))]


def _may_be(name: str, names: tuple[str, ...]) -> bool:
    """True if a function may be one of these; a function that is called backward is never a forward function."""
    return plain(name) in names or (names is FORWARD and plain(name) not in BACKWARD)


def _constant(function: Callable[..., Any]) -> Get:
    return lambda net: function

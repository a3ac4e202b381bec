"""Values inside a result or an object: a path to each, and the value at a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from rnn_reference.implementations.roles.tensors import is_array

Path: TypeAlias = tuple[Any, ...]
"""The keys on the way to a value, and the names of attributes, which begin with a dot."""

DEPTH = 3
MANY = 128
"""A list with more parts than this is not searched."""


def walk(value: Any, path: Path = (), depth: int = DEPTH) -> Iterator[tuple[Path, Any]]:
    """Yields every value inside a value with its path, itself first. Arrays are not taken apart."""
    yield path, value
    if depth == 0 or is_array(value) or isinstance(value, str | bytes):
        return
    for key, part in list(_parts(value)):
        yield from walk(part, (*path, key), depth - 1)


def _parts(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        return iter(value.items())
    if isinstance(value, list | tuple):
        return iter(enumerate(value)) if len(value) <= MANY else iter(())
    if isinstance(value, type) or (callable(value) and not hasattr(value, "forward")):
        return iter(())
    return ((f".{name}", part) for name, part in getattr(value, "__dict__", {}).items())


def at(value: Any, path: Path) -> Any:
    """Returns the value at a path. Raises LookupError or AttributeError if there is none."""
    for key in path:
        value = getattr(value, key[1:]) if isinstance(key, str) and key[:1] == "." else value[key]
    return value


def text_of(path: Path) -> str:
    """Returns a path as Python would write it: ``[0]``, ``.hs``, ``.grads['Wx']``."""
    return "".join(key if isinstance(key, str) and key[:1] == "." else f"[{key!r}]" for key in path)

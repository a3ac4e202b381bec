"""The arrays in an object: where each is, and how it is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.tensors import is_array, like, members, numbers

DEPTH = 3
"""How deep arrays are searched for: ``net.i2h.weight`` has depth 2."""

MANY = 64
"""A list with more parts than this holds data, not weights."""


@dataclass(frozen=True)
class Slot:
    """A place of an array: ``Wxh``, ``params[0]`` or ``i2h.weight`` of an object."""

    path: str
    owner: Any
    key: Any

    @property
    def value(self) -> Any:
        """The array that is there now."""
        return self.owner[self.key] if isinstance(self.owner, Mapping | list | tuple) else getattr(self.owner, self.key)

    @property
    def array(self) -> Array:
        """The numbers that are there now."""
        return numbers(self.value)

    def put(self, new: Array) -> None:
        """Replace the array by one of its kind."""
        self.hold(like(self.value, new))

    def hold(self, value: Any) -> None:
        """Put an object itself in this place."""
        if isinstance(self.owner, Mapping | list):
            self.owner[self.key] = value  # type: ignore[index]
        else:
            setattr(self.owner, self.key, value)


def slots_of(thing: Any, path: str = "", depth: int = DEPTH) -> Iterator[Slot]:
    """Yields the places of arrays in an object, a dict or a list, and in the objects in it."""
    yield from _slots(thing, path, depth, set())


def _slots(thing: Any, path: str, depth: int, seen: set[int]) -> Iterator[Slot]:
    if id(thing) in seen or depth < 0:
        return
    seen.add(id(thing))
    parts = members(thing)
    if len(parts) > MANY:
        return
    for text, part in parts.items():
        here = (path + text).lstrip(".")
        if is_array(part):
            key = text[1:] if text[0] == "." else _key(thing, text)
            yield Slot(here, thing, key)
        elif not isinstance(part, str | bytes | int | float | bool | None):
            yield from _slots(part, here, depth - 1, seen)


def _key(thing: Any, text: str) -> Any:
    return int(text[1:-1]) if isinstance(thing, list | tuple) else next(k for k in thing if f"[{k!r}]" == text)

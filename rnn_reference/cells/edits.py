"""A function whose computation is changed at some points, so that two mistakes in one function can be made together.

A computation says which points it has: a line of the equations, a weight's sum, what a step enters with. A mistake
changes some of them. Two mistakes that change different points go together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]
Points: TypeAlias = Mapping[str, Any]

AROUND = "around"
"""The point of changes around a whole function: each takes the function and returns another."""


@dataclass(frozen=True, eq=False)
class Edited:
    """A function that ``made(*of, points)`` makes.

    What stands at a point replaces what is right there. A tuple is a chain: functions that are applied in turn.
    Two edited functions with equal ``made`` and ``of`` are edits of the same computation.
    """

    made: Callable[..., Function]
    of: tuple[Any, ...]
    points: Points = field(default_factory=dict)

    @cached_property
    def function(self) -> Function:
        """The function itself."""
        made = self.made(*self.of, self.points)
        for change in self.points.get(AROUND, ()):
            made = change(made)
        return made

    def __call__(self, *arguments: Any) -> Any:
        """Returns the results of the function."""
        return self.function(*arguments)

    def with_(self, points: Points) -> Edited:
        """Returns the function with more points changed. Raises ValueError if one of them is changed already."""
        both = combined(self, Edited(self.made, self.of, points))
        if both is None:
            raise ValueError(f"one of {', '.join(points)} is changed already")
        return both


def _as_it_is(function: Function, points: Points) -> Function:
    return function


def edited(function: Function) -> Edited:
    """Returns a function as an edited one. Of any other function only the whole can be changed."""
    return function if isinstance(function, Edited) else Edited(_as_it_is, (function,))


def around(function: Function, change: Callable[[Function], Function]) -> Edited:
    """Returns the function that ``change`` makes of a function, as an edit of this function."""
    return edited(function).with_({AROUND: (change,)})


def combined(one: Function, other: Function) -> Edited | None:
    """Returns the function with the changes of both; None if both replace the same point, or cannot go together.

    In chains, the changes of ``one`` come first.
    """
    if not isinstance(one, Edited) or not isinstance(other, Edited) or one.made is not other.made:
        return None
    if len(one.of) != len(other.of) or any(a is not b for a, b in zip(one.of, other.of, strict=True)):
        return None
    points = dict(one.points)
    for name, value in other.points.items():
        both = _at_one_point(points[name], value) if name in points else value
        if both is None:
            return None
        points[name] = both
    return Edited(one.made, one.of, points)


def _at_one_point(one: Any, other: Any) -> Any:
    if one is other:
        return one
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one + other
    return combined(one, other)


def in_chains(one: Edited, other: Edited) -> bool:
    """True if both have a chain at one point, where the order may matter."""
    shared = [name for name in one.points if name in other.points and one.points[name] is not other.points[name]]
    both = [(one.points[name], other.points[name]) for name in shared]
    return any(
        isinstance(a, tuple) or (isinstance(a, Edited) and isinstance(b, Edited) and in_chains(a, b)) for a, b in both
    )


def under(points: Points, kind: str) -> dict[str, Any]:
    """Returns the points of a kind, ``line:dc`` of ``line``, by what follows the colon."""
    return {name.partition(":")[2]: value for name, value in points.items() if name.startswith(f"{kind}:")}

"""The list of caches of a reference's forward function. It reads like the document's list, but keeps whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from rnn_reference.arrays import at_least_one_step

Whole = TypeVar("Whole")


class Steps(list[tuple[Any, ...]], Generic[Whole]):
    """A list with the cache of each step, and the arrays of all steps, of which the caches have views.

    After an element was replaced, and in a copy, only the list counts and the whole arrays are not used.
    """

    def __init__(self, steps: Iterable[tuple[Any, ...]], whole: Whole) -> None:
        super().__init__(steps)
        self._made, self._whole = tuple(self), whole

    def whole(self) -> Whole | None:
        """Returns the whole arrays; None if an element of the list was replaced."""
        same = len(self) == len(self._made) and all(one is made for one, made in zip(self, self._made, strict=True))
        return self._whole if same else None

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, or an unpickled object, is a plain list with its own arrays."""
        return list, (list(self),)


def opened(where: str, caches: Any, stacked: Callable[[list[Any]], Whole]) -> Whole:
    """Returns the whole arrays of ``caches``, ``(a list with a cache for each step, x)``.

    ``stacked`` makes them from another list. Raises TypeError for caches of another form, and ValueError if there are
    no steps.
    """
    if not isinstance(caches, tuple | list) or len(caches) != 2:
        raise TypeError(f"{where}: caches must be (a list with one cache for each time step, x)")
    steps, _ = caches
    at_least_one_step(where, "caches", len(steps))
    whole = steps.whole() if isinstance(steps, Steps) else None
    return stacked(steps) if whole is None else whole

"""A fault: one mistake in one function, made on purpose, under a name that reports carry.

A cell's own faults are declared for one of its functions, faults of any cell for a role; either way the declaration
is one function under a decorator, whose name is the fault's id and whose docstring is its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias

from rnn_reference.cells.cell import ROLES, Cell
from rnn_reference.cells.registry import cells
from rnn_reference.cells.words import words_of

Function: TypeAlias = Callable[..., Any]
Factory: TypeAlias = Callable[..., Function]
Variants: TypeAlias = Mapping[str, Mapping[str, Any]]

ANY = "any function"


@dataclass(frozen=True)
class Fault:
    """A mistake in ``function``, in one of the ways (``variant``) in which it is made.

    ``of`` makes the wrong function from the right pieces that its ``stage`` stands on: an activation or a cell's
    backward step from the right one, a cell from its activations, a loop from a cell, and a fault of any function
    from that function. ``where`` and ``change`` are hints of two strengths; ``seen`` says where it was met.
    ``advice``: it is right but for the limits of arithmetic. Two faults of one ``id`` are one mistake.
    """

    id: str
    stage: str
    function: str
    sentence: str
    of: Factory
    where: str
    change: str
    seen: str = ""
    variant: str = ""
    advice: bool = False

    def __str__(self) -> str:
        """``carry-truncated (sliding, k=2)``."""
        return f"{self.id} ({self.variant})" if self.variant else self.id


@dataclass(frozen=True)
class _Declared:
    """A declaration: for one ``function``, or for the function of a ``role`` in every cell."""

    factory: Factory
    function: str
    role: str
    id: str
    where: str
    change: str
    seen: str
    variants: Variants | Callable[[Cell], Variants]
    any_function: bool
    advice: bool

    def faults(self, cell: Cell) -> Iterator[Fault]:
        """The faults of a cell that it declares."""
        of_this = [f for f in cell.functions.values() if f.name == self.function or f.role == self.role]
        for function in of_this:
            words = words_of(cell)
            sentence = _in_a_line(self.factory.__doc__ or "")
            where, change = self.where, self.change
            if self.role:
                sentence, where, change = (text.format(**words) for text in (sentence, where, change))
            variants = self.variants(cell) if callable(self.variants) else self.variants
            for variant, settings in variants.items():
                of = partial(self.factory, cell, **settings) if self.role else partial(self.factory, **settings)
                yield Fault(
                    self.id, ANY if self.any_function else function.name, function.name, sentence, of, where, change,
                    self.seen, variant, self.advice,
                )  # fmt: skip


_DECLARED: list[_Declared] = []


def fault(
    function: str,
    *,
    id: str = "",
    where: str,
    change: str,
    seen: str = "",
    variants: Variants | None = None,
    any_function: bool = False,
    advice: bool = False,
) -> Callable[[Factory], Factory]:
    """Declare a fault of one function: the factory takes the right pieces, its name gives the ``id``.

    ``variants`` are the ways in which the mistake is made: for each, what else the factory is called with.
    """

    def declared(factory: Factory) -> Factory:
        name = id or factory.__name__.replace("_", "-")
        _DECLARED.append(
            _Declared(factory, function, "", name, where, change, seen, variants or {"": {}}, any_function, advice)
        )
        return factory

    return declared


def fault_of_any_cell(
    *roles: str,
    id: str = "",
    where: str,
    change: str,
    seen: str = "",
    variants: Variants | Callable[[Cell], Variants] | None = None,
    any_function: bool = False,
) -> Callable[[Factory], Factory]:
    """Declare a fault of the functions with these roles, in every cell.

    The factory takes the cell, then the right pieces that the function is made from.

    ``variants`` may depend on the cell. In the sentence and the hints the words of ``words_of`` stand in braces.
    """

    def declared(factory: Factory) -> Factory:
        name = id or factory.__name__.replace("_", "-")
        _DECLARED.extend(
            _Declared(factory, "", role, name, where, change, seen, variants or {"": {}}, any_function, False)
            for role in roles
        )
        return factory

    return declared


@cache
def catalogue(cell: Cell) -> tuple[Fault, ...]:
    """Every fault of a cell in every variant, function by function, in the order in which they are declared."""
    faults = [fault for one in _DECLARED for fault in one.faults(cell)]

    def order(fault: Fault) -> int:
        return len(ROLES) if fault.stage == ANY else ROLES.index(cell.functions[fault.function].role)

    return tuple(sorted(faults, key=order))


def every_fault() -> list[Fault]:
    """The faults of every cell."""
    return [fault for cell in cells() for fault in catalogue(cell)]


def _in_a_line(docstring: str) -> str:
    """The sentence as it stands after a colon: no full stop, and no capital but that of a name."""
    first, *rest = docstring.strip().rstrip(".").split()
    is_name = first.startswith("{") or first in ("Waa", "Wax")
    return " ".join([first if is_name else first[0].lower() + first[1:], *rest])

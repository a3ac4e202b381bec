"""A fault: one mistake in one function, made on purpose. Reports use its name.

A fault of one cell is declared for a function, a fault of any cell for a role. The declaration is a function with a
decorator: its name is the id of the fault, its docstring is the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeAlias

from rnn_reference.cells.cell import ROLES, Cell
from rnn_reference.cells.registry import cells, functions
from rnn_reference.cells.words import words_of

Function: TypeAlias = Callable[..., Any]
Factory: TypeAlias = Callable[..., Function]
Variants: TypeAlias = Mapping[str, Mapping[str, Any]]

ANY = "any function"


@dataclass(frozen=True)
class Fault:
    """A mistake in ``function``, in one of the ways (``variant``) to make it.

    ``of`` makes the wrong function from the right pieces: an activation or a step backward from the right one, a step
    forward from its activations, a loop from a step; with ``stage`` ANY, any function from the right one. ``where`` is
    a first hint, ``change`` a stronger one. ``seen`` names a place where the mistake was found. ``advice`` marks a
    function that is correct except for overflow and rounding. Two faults with one ``id`` are one mistake. ``beside`` is
    the id of another mistake in the same function that is made at the same time.
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
    beside: str = ""

    @property
    def ids(self) -> list[str]:
        """The ids of the mistakes that it makes: its own, and the one beside it."""
        return [one for one in (self.beside, self.id) if one]

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
    beside: Mapping[str, str]

    def faults(self, cell: Cell) -> Iterator[Fault]:
        """Yields the faults of a cell from this declaration."""
        of_this = [f for f in cell.functions.values() if f.name == self.function or f.role == self.role]
        for function in of_this:
            variants = self.variants(cell) if callable(self.variants) else self.variants
            for variant, settings in variants.items():
                sentence, where, change = _in_a_line(self.factory.__doc__ or ""), self.where, self.change
                if self.role:
                    words = words_of(cell, settings.get("states", ()))
                    sentence, where, change = (text.format(**words) for text in (sentence, where, change))
                of = partial(self.factory, cell, **settings) if self.role else partial(self.factory, **settings)
                yield Fault(
                    self.id, ANY if self.any_function else function.name, function.name, sentence, of, where, change,
                    self.seen, variant, self.advice, self.beside.get(variant, ""),
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
    beside: Mapping[str, str] | None = None,
) -> Callable[[Factory], Factory]:
    """Declare a fault of one function. The factory takes the right pieces; its name gives the ``id``.

    ``variants`` are the ways to make the mistake: for each, the keyword arguments of the factory. ``beside`` has the id
    of another mistake for a variant that makes it too.
    """

    def declared(factory: Factory) -> Factory:
        name = id or factory.__name__.replace("_", "-")
        _DECLARED.append(
            _Declared(
                factory,
                function,
                "",
                name,
                where,
                change,
                seen,
                variants or {"": {}},
                any_function,
                advice,
                beside or {},
            )
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

    ``variants`` may depend on the cell. The sentence and the hints contain names of ``words_of`` in braces.
    """

    def declared(factory: Factory) -> Factory:
        name = id or factory.__name__.replace("_", "-")
        _DECLARED.extend(
            _Declared(factory, "", role, name, where, change, seen, variants or {"": {}}, any_function, False, {})
            for role in roles
        )
        return factory

    return declared


@cache
def catalogue(cell: Cell) -> tuple[Fault, ...]:
    """Returns every fault of a cell in every variant, by function, in the order of declaration."""
    faults = [fault for one in _DECLARED for fault in one.faults(cell)]

    def order(fault: Fault) -> int:
        return len(ROLES) if fault.stage == ANY else ROLES.index(cell.functions[fault.function].role)

    return tuple(sorted(faults, key=order))


def every_fault() -> list[Fault]:
    """Returns the faults of all cells. Those of a function of several cells are given once."""
    return [fault for cell in cells() for fault in catalogue(cell) if functions()[fault.function].cell == cell]


def _in_a_line(docstring: str) -> str:
    """Returns the sentence for use after a colon: without a full stop, and with a capital only for a name."""
    first, *rest = docstring.strip().rstrip(".").split()
    is_name = first.startswith("{") or first in ("Waa", "Wax")
    return " ".join([first if is_name else first[0].lower() + first[1:], *rest])

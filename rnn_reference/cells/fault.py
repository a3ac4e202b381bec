"""What a fault is: one mistake in one function, made on purpose, under a name that reports carry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

Function: TypeAlias = Callable[..., Any]
Factory: TypeAlias = Callable[..., Function]

ANY = "any function"


@dataclass(frozen=True)
class Fault:
    """A mistake in ``function``, in one of the ways (``variant``) in which it is made.

    ``of`` makes the wrong function from the right pieces that its ``stage`` stands on: an activation or a cell's
    backward step from the right one, a cell from ``tanh, softmax``, a loop from a cell, and a fault of any function
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


CATALOGUE: list[Fault] = []
"""Every fault in every variant, stage by stage, in the order in which they are written down."""

Variants: TypeAlias = Mapping[str, Mapping[str, Any]]


def fault(
    function: str,
    *,
    id: str = "",
    where: str,
    change: str,
    seen: str = "",
    variants: Variants | None = None,
    stage: str = "",
    advice: bool = False,
) -> Callable[[Factory], Factory]:
    """Enter a factory into the catalogue: its name gives the ``id``, its docstring the sentence.

    ``variants`` are the ways in which the mistake is made: for each, what else the factory is called with.
    """

    def entered(factory: Factory) -> Factory:
        sentence = _in_a_line(factory.__doc__ or "")
        for variant, settings in (variants or {"": {}}).items():
            name = id or factory.__name__.replace("_", "-")
            made = partial(factory, **settings)
            CATALOGUE.append(
                Fault(name, stage or function, function, sentence, made, where, change, seen, variant, advice)
            )
        return factory

    return entered


def _in_a_line(docstring: str) -> str:
    """The sentence as it stands after a colon: no full stop, and no capital but that of a name."""
    first, *rest = docstring.strip().rstrip(".").split()
    return " ".join([first if first in ("Waa", "Wax") else first[0].lower() + first[1:], *rest])

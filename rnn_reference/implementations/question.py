"""A question: several calls that an implementation can make one after another without us seeing a result between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.implementations.values import Handle

Call = tuple[str, tuple[Any, ...]]
"""A function's name and its arguments."""

LAST, LAST_BUT_ONE = Handle(-1), Handle(-2)
"""Placeholders for a cache in a question: of the latest forward call, and of the call before that."""


def names_a_cache(argument: Any) -> bool:
    """True if the argument is LAST or LAST_BUT_ONE."""
    return isinstance(argument, Handle) and argument.number < 0


@dataclass(frozen=True, eq=False)
class Question:
    """Calls to make in this order. ``as_they_are``: with these arguments, not copies, which a call may modify."""

    calls: Sequence[Call]
    as_they_are: bool = False

    @property
    def functions(self) -> list[str]:
        """The function of each call."""
        return [name for name, _ in self.calls]

    @property
    def handles(self) -> list[Handle]:
        """The caches among the arguments, without placeholders."""
        arguments = [one for _, arguments in self.calls for one in arguments]
        return [one for one in arguments if isinstance(one, Handle) and not names_a_cache(one)]


def repeated(name: str, *several: tuple[Any, ...], as_they_are: bool = False) -> Question:
    """One call of the function for each tuple of arguments."""
    return Question([(name, arguments) for arguments in several], as_they_are)


def forward_backward(of: str, inputs: tuple[Any, ...], *cotangents: Array, as_they_are: bool = False) -> Question:
    """One forward call, then one backward call for each cotangent. ``of`` is ``rnn`` or ``rnn_cell``."""
    back = [(f"{of}_backward", (da, LAST)) for da in cotangents]
    return Question([(f"{of}_forward", inputs), *back], as_they_are)

"""What an implementation can be asked at once: several calls, none of which needs a result that only we can see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.implementations.values import Handle

Call = tuple[str, tuple[Any, ...]]
"""A function's name and its arguments."""

LAST, LAST_BUT_ONE = Handle(-1), Handle(-2)
"""Stand, among the arguments of a backward pass, for the cache of the forward pass before it, and of the one before."""


def names_a_cache(argument: Any) -> bool:
    """Whether it is one of these."""
    return isinstance(argument, Handle) and argument.number < 0


@dataclass(frozen=True, eq=False)
class Question:
    """Calls to make in this order; ``as_they_are``: with these very arguments, which it may spoil."""

    calls: Sequence[Call]
    as_they_are: bool = False

    @property
    def functions(self) -> list[str]:
        """The function of each call."""
        return [name for name, _ in self.calls]

    @property
    def handles(self) -> list[Handle]:
        """The caches among the arguments, those of its own calls left out."""
        arguments = [one for _, arguments in self.calls for one in arguments]
        return [one for one in arguments if isinstance(one, Handle) and not names_a_cache(one)]


def each(name: str, *several: tuple[Any, ...], as_they_are: bool = False) -> Question:
    """One function, with each of several tuples of arguments."""
    return Question([(name, arguments) for arguments in several], as_they_are)


def there_and_back(of: str, inputs: tuple[Any, ...], *cotangents: Array, as_they_are: bool = False) -> Question:
    """A forward pass, and a backward pass from it for each cotangent; ``of`` is ``rnn`` or ``rnn_cell``."""
    back = [(f"{of}_backward", (da, LAST)) for da in cotangents]
    return Question([(f"{of}_forward", inputs), *back], as_they_are)

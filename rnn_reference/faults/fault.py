"""What a fault is: one mistake in one function, made on purpose, under a name that reports carry."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """A mistake in ``function``. ``of`` makes the wrong function from the right pieces it stands on."""

    id: str
    function: str
    sentence: str
    of: Callable[..., Callable[..., Any]]
    seen: str = ""


def fault(function: str, seen: str = "") -> Callable[[Callable[..., Any]], Fault]:
    """Turn a factory into a ``Fault``: its name gives the id, its docstring the sentence."""

    def declared(factory: Callable[..., Any]) -> Fault:
        sentence = (factory.__doc__ or "").strip().rstrip(".")
        return Fault(factory.__name__.replace("_", "-"), function, sentence, factory, seen)

    return declared

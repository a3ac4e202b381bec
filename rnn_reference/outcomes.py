"""The outcomes of a check that did not pass. Each is an exception, raised where the outcome is found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass
class Outcome(Exception):  # noqa: N818 (an outcome, not an error of ours)
    """The reason why a check did not pass.

    ``lines`` are labels and texts for people, ``evidence`` is data for reports. ``function`` is the function to blame,
    if this is not the function of the check. ``faults`` are the mistakes named with confidence. ``candidates`` are
    several mistakes that explain the failure equally well.
    """

    lines: list[tuple[str, str]]
    function: str | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)

    name = "failed"

    def __str__(self) -> str:
        return "\n".join(f"{label:<11} {text}" for label, text in self.lines)


class Wrong(Outcome):
    """The answer is wrong."""


class Crashed(Outcome):
    """The implementation raised an exception."""

    name = "crashed"


class TimedOut(Outcome):
    """The implementation did not return in time."""

    name = "timed out"


class NotImplementedYet(Outcome):
    """The function is present but is a stub: it returns None or raises NotImplementedError."""

    name = "not implemented"


class NotOffered(Outcome):
    """The implementation has no such function, and need not have one."""

    name = "not offered"


class NotJudged(Outcome):
    """The function is present, but another function that is needed to judge it does not work."""

    name = "not judged"


class Doubt(NamedTuple):
    """An answer of a backward function that may be only a consequence of a wrong forward function.

    If the diagnosis finds that it is not, ``compare`` is called. It compares the answer and raises Wrong.
    """

    function: str
    problem: Any
    compare: Callable[[], None]

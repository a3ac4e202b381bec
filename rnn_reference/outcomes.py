"""What can come of a check, other than that it passes. Each is raised where it is found out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass
class Outcome(Exception):  # noqa: N818 (an outcome, not an error of ours)
    """Why a check did not pass: ``lines`` of label and text, for people; ``evidence``, for reports.

    ``function`` is the one to blame, where that is not the one the check is about. ``faults`` are the mistakes
    named with confidence, ``candidates`` those that cannot be told apart.
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
    """The answer is not the right one."""


class Crashed(Outcome):
    """The implementation raised an exception."""

    name = "crashed"


class TimedOut(Outcome):
    """The implementation did not return in time."""

    name = "timed out"


class NotImplementedYet(Outcome):
    """The function is there, and is a stub: it returns None or raises NotImplementedError."""

    name = "not implemented"


class NotOffered(Outcome):
    """The implementation has no such function, and is not asked to."""

    name = "not offered"


class NotJudged(Outcome):
    """The function is there, and another one that is needed to judge it does not work."""

    name = "not judged"


class Doubt(NamedTuple):
    """An answer of a backward function that is wrong unless it follows from a forward function that is.

    ``compare`` compares it, and raises Wrong: it is called if the diagnosis does not find that it follows.
    """

    function: str
    problem: Any
    compare: Callable[[], None]

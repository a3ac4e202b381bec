"""Failures of a worker: the outcome of a call that did not return, and the number of processes it ended."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rnn_reference.outcomes import Crashed, NotImplementedYet, NotJudged, Outcome, TimedOut

MAX_FAILURES = 3
"""A function that has ended this many processes is not called again."""

DEFINITIONS_ALONE = "only its definitions were run"
"""The end of the note on a file that could not be run as a whole."""

LONGEST = 300
"""The largest number of characters of a text from a worker."""

_WITHOUT_RESULTS = ({"outcome", "function", "lines"}, {"progress"})
"""The parts of the replies without results."""


class Died(Exception):  # noqa: N818 (an event, not an error of ours)
    """The process ended during the call with this number.

    ``how`` is the reason in words. ``where`` is the line of other people's code, if known.
    """

    def __init__(self, how: str, where: str | None, call: int, timed_out: bool = False) -> None:
        super().__init__(how)
        self.how, self.where, self.call, self.timed_out = how, where, call, timed_out


class Failures:
    """Counts the processes that each function has ended. ``seconds`` is the time limit of a call."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._outcomes: defaultdict[str, list[Outcome]] = defaultdict(list)

    def outcome(self, death: Died, functions: Sequence[str]) -> Outcome:
        """Counts the failure, and returns the outcome of the call that ended the process."""
        function = functions[death.call if 0 <= death.call < len(functions) else -1]
        where = [("where", death.where)] if death.where else []
        outcome: Outcome = Crashed([("error", death.how), *where], function)
        if death.timed_out:
            late = f"no answer within {self._seconds:g} s; --rnn-timeout=SECONDS gives a call more time"
            outcome = TimedOut([("timed out", late), *where], function)
        self._outcomes[function].append(outcome)
        return outcome

    def refused(self, functions: Sequence[str]) -> Outcome | None:
        """Returns the outcome if a function is not called any more, after ``MAX_FAILURES`` failures; else None."""
        for function in functions:
            if len(self._outcomes[function]) >= MAX_FAILURES:
                last = self._outcomes[function][-1]
                again = ("again", f"{MAX_FAILURES} calls of {function} ended so; it was not called any more")
                return type(last)([*last.lines, again], function)
        return None


def is_reply(reply: Any, part: str) -> bool:
    """True for a dict with this part, or with the parts of a reply without results."""
    if not isinstance(reply, dict) or type(reply.get("progress", 0)) is not int:
        return False
    return part in reply or any(parts <= reply.keys() for parts in _WITHOUT_RESULTS)


def outcome_in(reply: Mapping[str, Any]) -> Outcome:
    """Returns the outcome in a worker's reply: an exception, a stub, or something that is not installed."""
    function = str(reply["function"])
    lines = [(str(label)[:12], str(text)[:LONGEST]) for label, text in reply["lines"]]
    for kind in (NotImplementedYet, NotJudged):
        if reply["outcome"] == kind.name:
            return kind(lines, function)
    return Crashed(lines, function, {"exception": str(reply.get("exception"))[:LONGEST]})

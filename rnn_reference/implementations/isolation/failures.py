"""The outcome of a call in another process: of what the worker tells, or of how it ended."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rnn_reference.implementations.isolation.process import Died
from rnn_reference.outcomes import Crashed, NotImplementedYet, Outcome, TimedOut

STRIKES = 3
"""A function that has cost so many processes is not called again."""

LONGEST = 300
"""Characters of a text from a worker that are passed on."""


class Deaths:
    """The processes that each function has cost, in which a call has ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._outcomes: defaultdict[str, list[Outcome]] = defaultdict(list)

    def outcome(self, death: Died, functions: Sequence[str]) -> Outcome:
        """The outcome of the call that the process died in, which is one of these."""
        function = functions[min(death.at, len(functions) - 1)]
        outcome = _outcome_of(death, function, self._seconds)
        self._outcomes[function].append(outcome)
        return outcome

    def too_many(self, functions: Iterable[str]) -> Outcome | None:
        """The outcome of a call that is not made, of the first of these that has had ``STRIKES``."""
        for function in functions:
            if len(self._outcomes[function]) >= STRIKES:
                last = self._outcomes[function][-1]
                again = ("again", f"{STRIKES} calls of {function} ended so; it was not called any more")
                return type(last)([*last.lines, again], function)
        return None


def _outcome_of(death: Died, function: str, seconds: float) -> Outcome:
    where = [("where", death.where)] if death.where else []
    if death.timed_out:
        return TimedOut([("timed out", f"no answer within {seconds:g} s"), *where], function)
    return Crashed([("error", death.how), *where], function)


def outcome_in(reply: Mapping[str, Any]) -> Outcome:
    """The outcome that the worker tells of: an exception, or a stub."""
    function = str(reply["function"])
    lines = [(str(label)[:12], str(text)[:LONGEST]) for label, text in reply["lines"]]
    if reply["outcome"] == NotImplementedYet.name:
        return NotImplementedYet(lines, function)
    return Crashed(lines, function, {"exception": str(reply.get("exception"))[:LONGEST]})

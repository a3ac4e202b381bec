"""The outcome of a call in another process: of what the worker tells, or of how it ended."""

from collections.abc import Mapping
from typing import Any

from rnn_reference.implementations.process import Died
from rnn_reference.verification.outcomes import Crashed, NotImplementedYet, Outcome, TimedOut

STRIKES = 3
"""A function that has cost so many processes is not called again."""

LONGEST = 300
"""Characters of a text from a worker that are passed on."""


def outcome_of(death: Died, function: str, seconds: float) -> Outcome:
    """The outcome of the call of ``function`` that the process died in."""
    where = [("where", death.where)] if death.where else []
    if death.timed_out:
        return TimedOut([("timed out", f"no answer within {seconds:g} s"), *where], function)
    return Crashed([("error", death.how), *where], function)


def given_up(function: str, last: Outcome) -> Outcome:
    """The outcome of a call that is not made, after so many that ended as the last one."""
    again = ("again", f"{STRIKES} calls of {function} ended so; it was not called any more")
    return type(last)([*last.lines, again], function)


def outcome_in(reply: Mapping[str, Any]) -> Outcome:
    """The outcome that the worker tells of: an exception, or a stub."""
    function = str(reply["function"])
    lines = [(str(label)[:12], str(text)[:LONGEST]) for label, text in reply["lines"]]
    if reply["outcome"] == NotImplementedYet.name:
        return NotImplementedYet(lines, function)
    return Crashed(lines, function, {"exception": str(reply.get("exception"))[:LONGEST]})

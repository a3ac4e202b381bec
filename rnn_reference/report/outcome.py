"""The record of one check, as plain data."""

from collections.abc import Mapping
from typing import Any

from rnn_reference.outcomes import Outcome
from rnn_reference.report.expected import Expected, expectation
from rnn_reference.report.verdict import WRONG, Record

UNSEEN: Mapping[str, Any] = {
    "problem": None, "smallest_error_seen": None, "ulps": {}, "evidence": {}, "notes": [], "too_wide": None,
}  # fmt: skip
"""The measurements of a check that compared nothing."""


def record_of(
    check: str,
    about: str,
    asks: str,
    raised: BaseException | None,
    seen: Mapping[str, Any] = UNSEEN,
    strict: bool = False,
    printed: str = "",
) -> Record:
    """Returns the record of a check that raised ``raised``, or passed.

    ``about`` is the function of the check, ``asks`` its sentence, ``seen`` its measurements, and ``printed`` the last
    output of the implementation. A failure in the group ``numerics`` is advice, unless ``strict``. An exception that is
    not an outcome is an error of this package: then ``traceback`` is True.
    """
    group = check.partition(".")[0]
    outcome = raised if isinstance(raised, Outcome) else None
    name = outcome.name if outcome else "failed" if raised else "passed"
    if group == "numerics" and not strict and name in ("failed", "crashed"):
        name = "advice"
    lines = outcome.lines if outcome else [("error", f"{type(raised).__name__}: {raised}")] if raised else []
    if name in WRONG:
        lines = [*lines, *(("printed", line[:100]) for line in printed.strip().splitlines()[-3:])]
    if name == "passed" and seen["too_wide"]:
        name, lines = "advice", [("too wide", seen["too_wide"])]
    return {
        "id": check,
        "group": group,
        "about": about,
        "function": (outcome.function if outcome else None) or about,
        "outcome": name,
        "asks": asks,
        "lines": lines,
        "message": "; ".join(f"{label}: {text}" if label else text for label, text in lines),
        "problem": seen["problem"],
        "smallest_error_seen": seen["smallest_error_seen"],
        "ulps": seen["ulps"],
        "faults": outcome.faults if outcome else [],
        "candidates": outcome.candidates if outcome else [],
        "evidence": seen["evidence"] | (outcome.evidence if outcome else {}),
        "notes": list(dict.fromkeys(seen["notes"])),
        "traceback": raised is not None and outcome is None,
    }


def expect(record: Record, expected: Mapping[str, Expected]) -> None:
    """Mark the record of a check that is expected to fail: an expected failure, or a note if it passed."""
    wanted = expectation(record["id"], expected)
    if wanted is None:
        return
    if record["outcome"] == "passed":
        part = wanted if wanted == record["id"] else f"a part of {wanted}"
        record["notes"].append(f"{part} passed, and was expected to fail: {expected[wanted].reason}")
    elif record["outcome"] in (*WRONG, "not implemented"):
        reason = expected[wanted].reason
        record["outcome"], record["expected"] = "expected failure", reason
        record["lines"] = [*record["lines"], ("expected", reason)]

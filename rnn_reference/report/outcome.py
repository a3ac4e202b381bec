"""What one check leaves behind: a record, as plain data."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from rnn_reference.judging.judge import Judge
from rnn_reference.outcomes import Outcome
from rnn_reference.report.expected import expectation
from rnn_reference.report.verdict import WRONG, Record


def record_of(
    item: pytest.Item, check: str, raised: BaseException | None, judge: Judge | None, strict: bool, printed: str = ""
) -> Record:
    """The record of a check that raised ``raised``, or passed; ``printed`` is what the implementation had to say.

    What fails in the group ``numerics`` is advice, unless ``strict``. An exception that is no outcome is a
    mistake of ours: ``traceback`` says that it is to be shown as one.
    """
    marker = item.get_closest_marker("judges")
    assert marker is not None
    group = check.partition(".")[0]
    outcome = raised if isinstance(raised, Outcome) else None
    name = outcome.name if outcome else "failed" if raised else "passed"
    if group == "numerics" and not strict and name in ("failed", "crashed"):
        name = "advice"
    lines = outcome.lines if outcome else [("error", f"{type(raised).__name__}: {raised}")] if raised else []
    if name in WRONG:
        lines = [*lines, *(("printed", line[:100]) for line in printed.strip().splitlines()[-3:])]
    if name == "passed" and judge and judge.blunt:
        name, lines = "advice", [("blunt", judge.blunt)]
    return {
        "id": check,
        "group": group,
        "about": marker.args[0],
        "function": (outcome.function if outcome else None) or marker.args[0],
        "outcome": name,
        "asks": " ".join((item.obj.__doc__ or "").split()),  # type: ignore[attr-defined]
        "lines": lines,
        "message": "; ".join(f"{label}: {text}" if label else text for label, text in lines),
        "problem": _problem(judge),
        "smallest_error_seen": judge.smallest_error_seen if judge else None,
        "ulps": judge.ulps if judge else {},
        "faults": outcome.faults if outcome else [],
        "candidates": outcome.candidates if outcome else [],
        "evidence": (judge.evidence if judge else {}) | (outcome.evidence if outcome else {}),
        "notes": list(dict.fromkeys(judge.notes)) if judge else [],
        "traceback": raised is not None and outcome is None,
    }


def expect(record: Record, expected: Mapping[str, str]) -> None:
    """Mark a record whose check is expected to fail: as an expected failure if it does, with a note if it does not."""
    wanted = expectation(record["id"], expected)
    if wanted is None:
        return
    if record["outcome"] == "passed":
        part = wanted if wanted == record["id"] else f"a part of {wanted}"
        record["notes"].append(f"{part} passed, and was expected to fail: {expected[wanted]}")
    elif record["outcome"] in (*WRONG, "not implemented"):
        record["outcome"], record["expected"] = "expected failure", expected[wanted]
        record["lines"] = [*record["lines"], ("expected", expected[wanted])]


def _problem(judge: Judge | None) -> dict[str, Any] | None:
    if judge is None or judge.problem is None:
        return None
    return {**dataclasses.asdict(judge.problem), "text": str(judge.problem)}

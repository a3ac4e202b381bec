"""The reports on many targets as one table."""

from collections.abc import Iterable, Iterator
from typing import Any

from rnn_reference.report.verdict import COUNTED, WRONG, Report

FAILING = (*WRONG, "not implemented")


def row(report: Report) -> dict[str, Any]:
    """Returns one line of the table: target, verdict, fault, score, and the count of each outcome."""
    counts = report["counts"]
    passed, judged = score(report)
    line = {"target": report["implementation"]["name"], "verdict": report["verdict"], "fault": fault(report)}
    share = f"{passed / judged:.3f}" if judged else ""
    return line | {"score": share} | {outcome: counts.get(outcome, 0) for outcome in COUNTED}


def score(report: Report) -> tuple[int, int]:
    """Returns the number of passed checks, and the number of passed or failed checks."""
    counts = report["counts"]
    passed = counts.get("passed", 0)
    return passed, passed + sum(counts.get(outcome, 0) for outcome in FAILING)


def fault(report: Report) -> str:
    """Returns the mistake in a few words: the named faults, or the function and its outcome."""
    if report["verdict"] == "unusable":
        return str(report["implementation"]["notes"][0])
    outcomes = {check["id"]: check["outcome"] for check in report["checks"]}
    parts = []
    for name, function in report["functions"].items():
        if function["verdict"] == "wrong":
            named = ", ".join(function["faults"]) or " or ".join(function["candidates"])
            parts.append(named or f"{name} {outcomes.get(function['shown_by'], 'failed')}")
        elif function["verdict"] == "not implemented":
            parts.append(f"{name} not implemented")
    return "; ".join(dict.fromkeys(parts))


def lines(reports: Iterable[Report]) -> Iterator[str]:
    """Yields the table for a terminal, and a line that counts the verdicts."""
    rows = [(r["implementation"]["name"], r["verdict"], "{}/{}".format(*score(r)), fault(r)) for r in reports]
    head = ("target", "verdict", "score", "fault")
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(3)]
    for line in [head, *rows]:
        yield "  ".join([*(text.ljust(width) for text, width in zip(line, widths, strict=False)), line[3]]).rstrip()
    verdicts = [verdict for _, verdict, _, _ in rows]
    yield ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in sorted(set(verdicts)))

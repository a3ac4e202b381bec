"""The reports on many targets as one table."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rnn_reference.report.verdict import COUNTED, WRONG, Report

FAILING = (*WRONG, "not implemented")


def row(report: Report, name: str) -> dict[str, Any]:
    """Returns one line of the table: name, target, verdict, fault, score, and the count of each outcome."""
    counts = report["counts"]
    passed, judged = score(report)
    target = report["implementation"]["name"]
    line = {"name": name, "target": target, "verdict": report["verdict"], "fault": fault(report)}
    share = f"{passed / judged:.3f}" if judged else ""
    return line | {"score": share} | {outcome: counts.get(outcome, 0) for outcome in COUNTED}


def score(report: Report) -> tuple[int, int]:
    """Returns the number of passed checks, and the number of passed or failed checks."""
    counts = report["counts"]
    passed = counts.get("passed", 0)
    return passed, passed + sum(counts.get(outcome, 0) for outcome in FAILING)


def fault(report: Report) -> str:
    """Returns the mistakes in a few words on one line."""
    return "; ".join(mistakes(report))


def mistakes(report: Report) -> list[str]:
    """Returns each mistake in a few words: the named faults, or the function and its outcome, or why it is unusable."""
    if report["verdict"] == "unusable":
        return [str(report["implementation"]["notes"][0])]
    outcomes = {check["id"]: check["outcome"] for check in report["checks"]}
    parts: list[str] = []
    for name, function in report["functions"].items():
        if function["verdict"] == "wrong":
            named = function["faults"] or list(filter(None, [" or ".join(function["candidates"])]))
            parts += named or [f"{name} {outcomes.get(function['shown_by'], 'failed')}"]
        elif function["verdict"] == "not implemented":
            parts.append(f"{name} not implemented")
    return list(dict.fromkeys(parts))


def lines(reports: Iterable[Report], names: Mapping[str, str]) -> Iterator[str]:
    """Yields the table for a terminal, and a line that counts the verdicts. ``names`` has the name of each target."""
    rows = [(names[r["implementation"]["name"]], r["verdict"], "{}/{}".format(*score(r)), fault(r)) for r in reports]
    head = ("target", "verdict", "score", "fault")
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(3)]
    for line in [head, *rows]:
        yield "  ".join([*(text.ljust(width) for text, width in zip(line, widths, strict=False)), line[3]]).rstrip()
    verdicts = [verdict for _, verdict, _, _ in rows]
    yield ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in sorted(set(verdicts)))

"""The results of an autograder on Gradescope: its results.json, with a test for each function.

Source of the format: https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rnn_reference.report.page_data import page_data
from rnn_reference.report.verdict import Report

POINTS = 1.0
"""The points for a function that conforms."""


def render(reports: Iterable[Report], names: Mapping[str, str]) -> str:
    """Returns the JSON text for one submission. ``names`` has the name of each target.

    Each function that is present is a test of one point. If several targets have it, the best of them counts.
    """
    pages = {names[report["implementation"]["name"]]: page_data(report) for report in reports}
    best: dict[str, dict[str, Any]] = {}
    for target, page in pages.items():
        for function, test in _tests(page):
            test["name"] = f"{function} ({target})" if len(pages) > 1 else function
            if function not in best or test["score"] > best[function]["score"]:
                best[function] = test
    said = [line for target, page in pages.items() for line in _lead(target, page)]
    return _text(sum((test["score"] for test in best.values()), start=0.0), "\n".join(said), list(best.values()))


def _lead(target: str, page: Mapping[str, Any]) -> Iterator[str]:
    yield f"{target}: {page['verdict']}"
    yield from (*page["lead"], *page["notes"])


def nothing_judged(reason: str) -> str:
    """Returns the JSON text for a submission in which there is nothing to judge."""
    return _text(0.0, reason, [])


def _text(score: float, output: str, tests: list[dict[str, Any]]) -> str:
    found = {"score": score, "output": output, "output_format": "text", "test_output_format": "text", "tests": tests}
    return json.dumps(found, indent=1) + "\n"


def _tests(page: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields the name and the test of each function that the target has."""
    mistakes = {mistake["function"]: mistake for mistake in page["mistakes"]}
    for function in page["functions"]:
        if function["verdict"] == "not offered":
            continue
        right = function["verdict"] == "conforms"
        yield (
            function["name"],
            {
                "score": POINTS if right else 0.0,
                "max_score": POINTS,
                "status": "passed" if right else "failed",
                "output": "\n".join(_said(function, mistakes.get(function["name"]))),
                "visibility": "visible",
            },
        )


def _said(function: Mapping[str, Any], mistake: Mapping[str, Any] | None) -> Iterator[str]:
    """Yields the lines about a function: its verdict, its mistakes and where to look, but not what to change."""
    yield f"{function['verdict']}: {function['says']}" if function["says"] else function["verdict"]
    if mistake:
        for fault in (*mistake["named"], *mistake["candidates"]):
            yield f"{fault['id']}: {fault['sentence']}. Where to look: {fault['where']}."
        if mistake["check"]:
            yield from (f"{label:<11} {text}".rstrip() for label, text in mistake["check"]["seen"])
            yield f"{'problem':<11} {mistake['check']['problem']}".rstrip()
    yield from (mistake["notes"] if mistake else function["notes"])

"""The report as Markdown, as GitHub shows it: for a file, and for the summary of a job."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from rnn_reference.report.page_data import page_data
from rnn_reference.report.terminal import error_per_step
from rnn_reference.report.verdict import Report


def render(report: Report) -> str:
    """Returns the page on one target."""
    return "\n".join(_lines(page_data(report))) + "\n"


def _lines(page: dict[str, Any]) -> Iterator[str]:
    yield f"# {_text(page['name'])}: {page['verdict']}"
    for sentence in page["lead"]:
        yield from ("", _text(sentence))
    for note in page["notes"]:
        yield from ("", f"> {_text(note)}")
    if page["mistakes"]:
        yield from ("", "## Mistakes")
    for mistake in page["mistakes"]:
        yield from _mistake(mistake)
    if page["functions"]:
        yield from _functions(page["functions"])
        counts = ", ".join(f"{count} {outcome}" for outcome, count in page["counts"].items())
        yield from ("", "## Checks", "", f"{page['total']} checks: {counts}.")
    for group in page["groups"]:
        yield from _group(group)


def _mistake(mistake: dict[str, Any]) -> Iterator[str]:
    yield from ("", f"### {mistake['function']}")
    if mistake["candidates"]:
        yield from ("", "One of these; they give the same results here:")
    for fault in (*mistake["named"], *mistake["candidates"]):
        yield from ("", f"**{fault['id']}**: {_text(fault['sentence'])}.")
        yield from ("", f"Where to look: {_text(fault['where'])}.")
        yield from _folded("What to change", ["", f"{_text(fault['change'])}."])
    drawn = list(error_per_step(mistake["evidence"]))
    if mistake["check"]:
        yield from ("", f"Shown by this check: {_text(mistake['check']['asks'])} ({_code(mistake['check']['id'])})")
        yield from _block(mistake["check"], drawn)
    for note in mistake["notes"]:
        yield from ("", f"> {_text(note)}")


def _functions(functions: list[dict[str, Any]]) -> Iterator[str]:
    yield from ("", "## Functions", "", "| function | verdict | finding |", "|---|---|---|")
    for function in functions:
        advice = [f"advice: {check['asks']}" for check in function["advice"]]
        found = "<br>".join(_text(words) for words in (function["says"], *function["notes"], *advice) if words)
        yield f"| {_code(function['name'])} | {function['verdict']} | {found} |"


def _group(group: dict[str, Any]) -> Iterator[str]:
    yield from ("", f"### {group['name']}", "", _text(group["about"]))
    for family in group["families"]:
        yield from ("", f"#### {_text(family['name'])}", "", _text(family["asks"]))
        for check in family["checks"]:
            yield from _folded(f"{check['outcome']}: <code>{escape(check['id'])}</code>", _block(check))
    for outcome, checks in group["quiet"]:
        yield from _folded(f"{len(checks)} of {group['total']} {outcome}", _list(checks))


def _list(checks: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield ""
    for check in checks:
        seen = _text("; ".join(text for _, text in check["seen"]))
        yield " ".join([f"- {_code(check['id'])}: {_text(check['asks'])}", *([f"{seen}."] if seen else []),
                        _code(check["rerun"])])  # fmt: skip


def _block(check: dict[str, Any], drawn: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    """Yields the results of a check and its rerun line, as in a terminal."""
    lines = [*check["seen"], *drawn, ("problem", check["problem"]), ("rerun", check["rerun"])]
    text = "\n".join(f"{label:<11} {words}".rstrip() for label, words in lines if words)
    fence = _fence(text, 3)
    yield from ("", fence, text, fence)


def _folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{summary}</summary>", *lines, "", "</details>")


def _text(text: str) -> str:
    """Returns the text with Markdown's special characters escaped."""
    return re.sub(r"([\\`*_\[\]<>|#&~$])", r"\\\1", " ".join(text.split()))


def _code(text: str) -> str:
    """Returns the text as code on one line. It may contain backticks."""
    line = " ".join(text.split("\n"))
    fence = _fence(line, 1)
    edge = " " if "`" in line else ""
    return f"{fence}{edge}{line}{edge}{fence}"


def _fence(text: str, least: int) -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)

"""The reports on many targets as one HTML page: a table with a link to each page, and a count of each mistake."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from rnn_reference.report import table
from rnn_reference.report.forms.html import template
from rnn_reference.report.page_data import printable
from rnn_reference.report.verdict import Report


@dataclass(frozen=True)
class Row:
    """One target: its name in the table, the path of its page, and the report on it."""

    name: str
    page: str
    report: Report


def render(rows: Sequence[Row], asked: int) -> str:
    """Returns the page. ``asked`` is the number of targets, judged or not."""
    verdicts = Counter(row.report["verdict"] for row in rows)
    page: dict[str, Any] = {
        "rows": [_row(row) for row in rows],
        "verdicts": sorted(verdicts.items(), key=lambda item: _order(item[0])),
        "mistakes": _counted(rows),
        "missing": asked - len(rows),
    }
    return str(template("index.html.j2").render(printable(page)))


def _row(row: Row) -> dict[str, Any]:
    (passed, judged), target = table.score(row.report), row.report["implementation"]["name"]
    return {
        "name": row.name,
        "target": target,
        "page": quote(row.page),
        "verdict": row.report["verdict"],
        "order": _order(row.report["verdict"]),
        "mistakes": [words.replace(target, PurePath(target).name) for words in table.mistakes(row.report)],
        "passed": passed,
        "judged": judged,
        "share": f"{passed / judged:.4f}" if judged else "-1",
    }


def _order(verdict: str) -> int:
    """Returns the place of a verdict: those that need attention first."""
    verdicts = ("wrong", "not implemented", "unusable", "not judged", "conforms")
    return verdicts.index(verdict)


def _counted(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Returns each mistake, its sentence, and the number of targets with it: the most frequent first."""
    counts, sentences = Counter[str](), dict[str, str]()
    for row in rows:
        found = ["could not be loaded"] if row.report["verdict"] == "unusable" else table.mistakes(row.report)
        counts.update(found)
        for function in row.report["functions"].values():
            sentences |= {hint["id"]: hint["sentence"] for hint in function.get("hints", ())}
    unnamed = {mistake: "the mistake is not in the catalogue" for mistake in counts if mistake.endswith(" failed")}
    return [(mistake, (unnamed | sentences).get(mistake, ""), count) for mistake, count in counts.most_common()]

"""Files that are no targets of their own: a student's ``rnn_utils.py``, which the notebook beside it imports."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from rnn_reference.report.verdict import Report

IMPORT = re.compile(r"(?:\bfrom|\bimport|%run)[ \t]+([\w., \t]+)")
"""The words after an import, in a script and in the text of a notebook."""


def helpers(reports: Collection[Report]) -> list[str]:
    """Returns the targets that could not be judged, and that a judged target in the same folder imports."""
    idle = [_file(report) for report in reports if report["verdict"] == "unusable"]
    folders = {path.parent for path in idle}
    judged = [_file(report) for report in reports if report["verdict"] != "unusable"]
    imported = {path.parent / name for path in judged if path.parent in folders for name in _imported_by(path)}
    return [str(path) for path in idle if path.suffix == ".py" and path.with_suffix("") in imported]


def _file(report: Report) -> Path:
    return Path(report["implementation"]["name"])


def _imported_by(path: Path) -> Iterable[str]:
    """Returns the words after the imports of a file."""
    if not path.is_file():
        return set()
    text = path.read_text(encoding="utf-8", errors="replace")
    return {word for found in IMPORT.findall(text) for word in re.findall(r"\w+", found)}

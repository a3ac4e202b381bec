"""Writes a report: to a file, in the form of its suffix, and to the summary of a GitHub job."""

import os
from importlib.util import find_spec
from pathlib import Path

from rnn_reference.paths import either
from rnn_reference.report.forms import form, suffixes
from rnn_reference.report.verdict import Report

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The environment variable with the path of the job's summary, a Markdown file."""


def refusal(path: Path) -> str:
    """Returns the reason why a report cannot be written to ``path``, or "". It is checked before the run."""
    if path.suffix not in suffixes():
        return f"--rnn-report={path}: the name must end in {either(suffixes())}"
    if not path.parent.is_dir():
        return f"--rnn-report={path}: there is no folder {path.parent}"
    package = getattr(form(path.suffix), "NEEDS", None)
    if package and find_spec(package) is None:
        kind = path.suffix.removeprefix(".").upper()
        return f"--rnn-report={path}: {kind} needs {package}: pip install 'rnn-reference[check]'"
    return ""


def write(path: Path, report: Report) -> None:
    """Write the report in the form of the suffix."""
    path.write_text(form(path.suffix).render(report), encoding="utf-8")


def add_to_summary(report: Report) -> str:
    """Adds the report to the summary of the current GitHub job, if any. Returns the reason if this failed, or ""."""
    path = os.environ.get(SUMMARY)
    if not path:
        return ""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(form(".md").render(report) + "\n")
    except OSError as error:
        return f"{SUMMARY}={path}: {error.strerror}"
    return ""

"""Where a report goes: a file whose suffix says in which form, and the summary of a job on GitHub."""

import os
from importlib.util import find_spec
from pathlib import Path

from rnn_reference.paths import either
from rnn_reference.report.forms import form, suffixes
from rnn_reference.report.verdict import Report

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable that names the file whose Markdown is shown on the page of a job."""


def refusal(path: Path) -> str:
    """Why no report can be written to ``path``, known before anything is judged; "" if it can."""
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
    """Add the report to the summary of the job that this runs in, if any; why that failed, or ""."""
    path = os.environ.get(SUMMARY)
    if not path:
        return ""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(form(".md").render(report) + "\n")
    except OSError as error:
        return f"{SUMMARY}={path}: {error.strerror}"
    return ""

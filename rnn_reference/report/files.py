"""Where a report goes: a file whose suffix says in which form, and the summary of a job on GitHub."""

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable that names the file whose Markdown is shown on the page of a job."""


def refusal(path: Path) -> str:
    """Why no report can be written there, known before anything is judged; "" where it can."""
    if path.suffix not in (".json", ".html", ".md"):
        return f"--rnn-report={path}: the name must end in .json, .html or .md"
    if not path.parent.is_dir():
        return f"--rnn-report={path}: there is no folder {path.parent}"
    if path.suffix == ".html" and find_spec("jinja2") is None:
        return f"--rnn-report={path}: HTML needs jinja2: pip install 'rnn-reference[check]'"
    return ""


def write(path: Path, report: dict[str, Any]) -> None:
    """Write the report in the form that the suffix asks for."""
    path.write_text(_FORMS[path.suffix](report), encoding="utf-8")


def add_to_summary(report: dict[str, Any]) -> str:
    """Add the report to the summary of the job that this runs in, if it is in one; why that failed, or ""."""
    path = os.environ.get(SUMMARY)
    if not path:
        return ""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(_markdown(report) + "\n")
    except OSError as error:
        return f"{SUMMARY}={path}: {error.strerror}"
    return ""


def _json(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=1, allow_nan=False) + "\n"


def _html(report: dict[str, Any]) -> str:
    from rnn_reference.report.html import as_html

    return as_html(report)


def _markdown(report: dict[str, Any]) -> str:
    from rnn_reference.report.markdown import as_markdown

    return as_markdown(report)


_FORMS = {".json": _json, ".html": _html, ".md": _markdown}


def write_for(config: "pytest.Config", report: dict[str, Any]) -> None:
    """Write the report where it is asked for, and in the summary of a job on GitHub; a word if there is no writing."""
    if hasattr(config, "workerinput"):
        return
    if config.option.rnn_report:
        write(Path(config.option.rnn_report), report)
    failed = add_to_summary(report)
    if failed:
        config.get_terminal_writer().line(f"note: {failed}", yellow=True)

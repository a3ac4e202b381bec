"""Writes a report: to a file, in the form of its suffix, and to the summary of a GitHub job."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from rnn_reference.paths import either
from rnn_reference.report.forms import form, suffixes
from rnn_reference.report.verdict import Report

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The environment variable with the path of the job's summary, a Markdown file."""


def is_folder(report: str) -> bool:
    """True if ``--rnn-report`` names a folder: its name ends in a slash, or it is one and has no suffix of a form."""
    return report.endswith(("/", os.sep)) or (Path(report).is_dir() and Path(report).suffix not in suffixes())


def refusal(path: Path) -> str:
    """Returns the reason why a report cannot be written to ``path``, or "". It is checked before the run."""
    reason = unknown_form(path.suffix) or unwritable(path) or missing_package(path.suffix)
    return f"--rnn-report={path}: {reason}" if reason else ""


def unknown_form(suffix: str) -> str:
    """Returns which suffixes there are, if there is no form with this one, or ""."""
    return "" if suffix in suffixes() else f"the name must end in {either(suffixes())}"


def missing_package(suffix: str) -> str:
    """Returns what to install for the form with this suffix, or ""."""
    package = getattr(form(suffix), "NEEDS", None)
    if package and find_spec(package) is None:
        return f"{suffix.removeprefix('.').upper()} needs {package}: pip install 'rnn-reference[check]'"
    return ""


def unwritable(path: Path) -> str:
    """Returns the reason why a file cannot be written, or "". It is tried: an old file keeps its content.

    A pipe or a device is not tried, because its reader would see it.
    """
    real = _real(path)
    if not real.parent.is_dir():
        return f"there is no folder {real.parent if path.parent.is_dir() else path.parent}"
    if is_special(real):
        return ""
    is_new = not real.exists()
    try:
        with open(real, "ab"):
            pass
    except OSError as error:
        return str(error.strerror or error)
    if is_new:
        real.unlink(missing_ok=True)  # each process of pytest-xdist tries it
    return ""


def is_special(path: Path) -> bool:
    """True for a pipe or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def write(path: Path, report: Report) -> str:
    """Writes the report in the form of the suffix. Returns the reason if this failed, or ""."""
    return replaced(path, form(path.suffix).render(report))


def replaced(path: Path, text: str) -> str:
    """Writes a file, whole or not at all: an old file is kept until then. Returns the reason if this failed, or ""."""
    real = _real(path)
    in_place = is_special(real) or not os.access(real.parent, os.W_OK)
    new = real if in_place else real.with_name(f"{real.name}.{os.getpid()}.part")
    try:
        new.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
        if not in_place:
            if real.exists():
                shutil.copymode(real, new)
            new.replace(real)
    except OSError as error:
        if not in_place:
            new.unlink(missing_ok=True)
        return str(error.strerror or error)
    return ""


def _real(path: Path) -> Path:
    """Returns the file that is meant: a link is followed, so that it stays a link. A pipe has no other name."""
    return path if is_special(path) else Path(os.path.realpath(path))


def add_to_summary(report: Report) -> str:
    """Adds the report to the summary of the current GitHub job, if any. Returns the reason if this failed, or ""."""
    path = os.environ.get(SUMMARY)
    if not path:
        return ""
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(form(".md").render(report) + "\n")
    except OSError as error:
        return f"{SUMMARY}={path}: {error.strerror}"
    return ""

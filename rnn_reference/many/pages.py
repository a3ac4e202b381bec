"""The folder of ``--rnn-report=FOLDER/``: a page for each target, a page with the table, and the data of both.

The data say what was judged: a target of the same content, options and versions is not judged again.
"""

import hashlib
import json
import platform
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from rnn_reference import __version__
from rnn_reference.many.content import digest
from rnn_reference.many.task import Task, merged
from rnn_reference.report import index
from rnn_reference.report.files import missing_package, replaced, unwritable
from rnn_reference.report.forms import html
from rnn_reference.report.verdict import Report

INDEX, PAGES, DATA = "index.html", "pages", "data"
FINAL = ("conforms", "wrong", "not implemented")
"""Verdicts that are taken over. A target that could not be judged is tried again."""


class Pages:
    """The folder with the pages on the targets of these tasks. Nothing in it is deleted, and only our files change.

    Each page is written when its target is judged. ``names`` has the name of each target.
    """

    def __init__(self, folder: Path, tasks: Sequence[Task], names: Mapping[str, str]) -> None:
        self.folder, self.names = folder, names
        self.ranges = Counter(task.target for task in tasks)
        self._stems = {target: _stem(target) for target in self.ranges}
        self._judged = {task.target: _judged(task, self.ranges[task.target]) for task in reversed(tasks)}
        self._of_ranges: dict[str, list[Report]] = {}
        self._found: dict[str, Report] = {}
        self._errors: dict[Path, str] = {}

    def refusal(self) -> str:
        """Returns the reason why the folder cannot be written, or "". Makes the folder if there is none."""
        reason = missing_package(".html")
        if reason:
            return reason
        try:
            for folder in (self.folder / PAGES, self.folder / DATA):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return f"{error.filename}: {error.strerror}"
        ours = [path for target in self.ranges for path in (self._page(target), self._data(target))]
        for path in (self.folder / INDEX, *ours):
            if path.exists() and not _is_ours(path):
                return f"{path} is not a file of ours, and is not overwritten: name another folder"
        return unwritable(self.folder / INDEX)

    def taken_over(self) -> list[Report]:
        """Returns the reports of targets that were judged before, with nothing changed since."""
        for target in self.ranges:
            before = _read(self._data(target))
            if before and before["judged"] == self._judged[target] and before["judged"]["content"]:
                self._found[target] = before["report"]
        for target in self._found:
            if not self._page(target).exists():
                self._write_page(target)
        self._write_index()
        return list(self._found.values())

    def add(self, report: Report) -> None:
        """Write the pages with this report, as soon as the target's last range of seeds is judged."""
        target = report["implementation"]["name"]
        if target in self._found:  # from before
            return
        ranges = self._of_ranges.setdefault(target, [])
        ranges.append(report)
        if len(ranges) < self.ranges[target]:
            return
        (whole,) = merged(ranges)
        self._found[target] = whole
        self._write_page(target)
        if whole["verdict"] in FINAL:
            data = {"judged": self._judged[target], "report": whole}
            self._write(self._data(target), json.dumps(data, allow_nan=False))
        self._write_index()

    def finish(self, reports: Iterable[Report]) -> str:
        """Writes what is not written yet, and the table of these reports. Returns the reason if this failed, or ""."""
        shown = {report["implementation"]["name"]: report for report in reports}
        for target, report in shown.items():
            if target not in self._found or self._page(target) in self._errors:
                self._found[target] = report
                self._write_page(target)
        self._write_index(without=self._found.keys() - shown.keys())
        return "; ".join(f"{path}: {reason}" for path, reason in self._errors.items())

    def _write_page(self, target: str) -> None:
        self._write(self._page(target), html.render(self._found[target], home=f"../{INDEX}"))

    def _write_index(self, without: Collection[str] = ()) -> None:
        asked = [target for target in self.ranges if target not in without]
        order = [target for target in asked if target in self._found]
        rows = [
            index.Row(self.names[target], self._page(target).relative_to(self.folder).as_posix(), self._found[target])
            for target in order
        ]
        self._write(self.folder / INDEX, index.render(rows, len(asked)))

    def _write(self, path: Path, text: str) -> None:
        reason = replaced(path, text)
        if reason:
            self._errors[path] = reason
        else:
            self._errors.pop(path, None)

    def _page(self, target: str) -> Path:
        return self.folder / PAGES / f"{self._stems[target]}.html"

    def _data(self, target: str) -> Path:
        return self.folder / DATA / f"{self._stems[target]}.json"


def _stem(target: str) -> str:
    """Returns the name of the target's files: readable, and the same whatever the other targets are."""
    readable = re.sub(r"[^\w.-]+", "_", "_".join(PurePath(target).parts[-2:]))[-60:].lstrip("._")
    return f"{readable}-{hashlib.sha256(target.encode(errors='surrogateescape')).hexdigest()[:6]}"


def _judged(task: Task, ranges: int) -> dict[str, Any]:
    """Returns what a verdict depends on: the target, its content, the options with their files, and the versions."""
    options = [[option, _digest_of_value(option)] for option in task.options]
    problems = {"seed": task.seed, "examples": task.examples, "ranges": ranges}
    versions = {"suite": __version__, "python": platform.python_version(), "numpy": np.__version__}
    return {"target": task.target, "content": digest(task.target), "options": options, **problems, **versions}


def _digest_of_value(option: str) -> str:
    """Returns a digest of the file that an option such as ``--rnn-expect=FILE`` names; "" if it names none."""
    path = Path(option.partition("=")[2])
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _is_ours(path: Path) -> bool:
    """True for a file that we wrote before, by its beginning."""
    mark = '{"judged": ' if path.suffix == ".json" else html.GENERATOR
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return mark in file.read(1000)
    except OSError:
        return False


def _read(path: Path) -> dict[str, Any] | None:
    """Returns the data of a target that was judged before; None if there are none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"judged", "report"} <= found.keys() else None

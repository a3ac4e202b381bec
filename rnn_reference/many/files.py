"""The files with the results of many targets. They grow while the targets are judged."""

import contextlib
import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from rnn_reference.report import gradescope, table
from rnn_reference.report.files import is_special, replaced
from rnn_reference.report.verdict import COUNTED, Report

COLUMNS = ("name", "target", "verdict", "fault", "score", *COUNTED)


class Results(Protocol):
    """What is written of many results."""

    def add(self, report: Report) -> None:
        """Add a result, as soon as it is there."""

    def finish(self, reports: Iterable[Report]) -> str:
        """Writes all results, one for each target. Returns the reason if this failed, or ""."""


class ResultsFile:
    """A file with results, complete after each result: when the run is killed, the finished ones are there.

    The old content is kept until the first result. A pipe and a device get everything at the end.
    """

    START = BETWEEN = END = ""

    def __init__(self, path: str, names: Mapping[str, str]) -> None:
        self.path, self.names, self._length = Path(path), names, 0

    def add(self, report: Report) -> None:
        """Add a result. If this fails, ``finish`` tries it again."""
        if is_special(self.path):
            return
        text = (self.BETWEEN if self._length else self.START) + self.one(report)
        data, end = (part.encode(errors="backslashreplace") for part in (text, self.END))
        with contextlib.suppress(OSError):
            with open(self.path, "r+b" if self._length else "wb") as file:
                file.seek(self._length)
                file.write(data + end)
            self._length += len(data)

    def finish(self, reports: Iterable[Report]) -> str:
        """Writes all results, in their order. Returns the reason if this failed, or ""."""
        reason = replaced(self.path, self.START + self.BETWEEN.join(map(self.one, reports)) + self.END)
        return f"{self.path}: {reason}" if reason else ""

    def one(self, report: Report) -> str:
        """Returns the text of one result."""
        raise NotImplementedError


class Csv(ResultsFile):
    """A header line, and a line for each result."""

    START = ",".join(COLUMNS) + "\r\n"

    def one(self, report: Report) -> str:
        """Returns the line of the table."""
        text = io.StringIO(newline="")
        csv.DictWriter(text, COLUMNS).writerow(table.row(report, self.names[report["implementation"]["name"]]))
        return text.getvalue()


class Json(ResultsFile):
    """A list of reports."""

    START, BETWEEN, END = "[\n", ",\n", "\n]\n"

    def one(self, report: Report) -> str:
        """Returns the JSON text of the report."""
        return json.dumps(report, indent=1, allow_nan=False)


class Gradescope:
    """The results of one submission for Gradescope. It is written at the end."""

    def __init__(self, path: str, names: Mapping[str, str]) -> None:
        self.path, self.names = Path(path), names

    def add(self, report: Report) -> None:
        """Do nothing yet: a submission that is half judged has no score."""

    def finish(self, reports: Iterable[Report]) -> str:
        """Writes the file. Returns the reason if this failed, or ""."""
        reason = replaced(self.path, gradescope.render(reports, self.names))
        return f"{self.path}: {reason}" if reason else ""

"""The files with the results of many targets. They grow while the targets are judged."""

import contextlib
import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

from rnn_reference.report import table
from rnn_reference.report.files import is_special, replaced
from rnn_reference.report.verdict import COUNTED, Report

COLUMNS = ("target", "verdict", "fault", "score", *COUNTED)


class ResultsFile:
    """A file with results, complete after each result: when the run is killed, the finished ones are there.

    The old content is kept until the first result. A pipe and a device get everything at the end.
    """

    START = BETWEEN = END = ""

    def __init__(self, path: str) -> None:
        self.path, self._length = Path(path), 0

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
        csv.DictWriter(text, COLUMNS).writerow(table.row(report))
        return text.getvalue()


class Json(ResultsFile):
    """A list of reports."""

    START, BETWEEN, END = "[\n", ",\n", "\n]\n"

    def one(self, report: Report) -> str:
        """Returns the JSON text of the report."""
        return json.dumps(report, indent=1, allow_nan=False)

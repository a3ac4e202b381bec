"""The report on one target, for a running Python: it prints as in a terminal, and shows as a page in a notebook."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Report:
    """What the checks say of one target. It is true if the target conforms.

    ``data`` is the report as plain data, as ``--rnn-report=FILE.json`` writes it.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = dict(data)

    @property
    def name(self) -> str:
        """The name of the target."""
        return str(self.data["implementation"]["name"])

    @property
    def verdict(self) -> str:
        """``conforms``, ``wrong``, ``not implemented``, ``not judged`` or ``unusable``."""
        return str(self.data["verdict"])

    @property
    def functions(self) -> dict[str, str]:
        """The verdict on each function, by its name."""
        return {name: function["verdict"] for name, function in self.data["functions"].items()}

    @property
    def faults(self) -> list[str]:
        """The names of the mistakes, in the order of the functions."""
        found = (fault for function in self.data["functions"].values() for fault in function["faults"])
        return list(dict.fromkeys(found))

    @property
    def checks(self) -> list[dict[str, Any]]:
        """The record of each check: its id, its outcome, what it asks and what it measured."""
        return list(self.data["checks"])

    def save(self, path: str | Path) -> Path:
        """Write the report in the form of the suffix: ``.html``, ``.json`` or ``.md``. Returns the path.

        Raises ValueError for another suffix, OSError if the file cannot be written, ModuleNotFoundError if the form
        needs a package that is not installed.
        """
        from rnn_reference.report import files

        path = Path(path)
        if reason := files.unknown_form(path.suffix):
            raise ValueError(f"{path}: {reason}")
        if reason := files.missing_package(path.suffix):
            raise ModuleNotFoundError(f"{path}: {reason}")
        if reason := files.unwritable(path) or files.write(path, self.data):
            raise OSError(f"{path}: {reason}")
        return path

    def __bool__(self) -> bool:
        return self.verdict == "conforms"

    def __str__(self) -> str:
        from rnn_reference.report.terminal import closing_lines

        return "\n".join([f"{self.name}: {self.verdict}", *(line for line, _ in closing_lines(self.data))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Returns the page on the target, in a frame of its own; the text if there is no jinja2."""
        from rnn_reference.report.forms import form

        try:
            page = form(".html").render(self.data)
        except ModuleNotFoundError:
            return f"<pre>{html.escape(str(self))}</pre>"
        return f'<iframe srcdoc="{html.escape(page)}" width="100%" height="560" style="border: 0"></iframe>'


def read(path: Path, printed: str) -> dict[str, Any]:
    """Returns the report in a file. Raises ValueError, with what was printed, if there is none."""
    if not path.exists():
        said = [line for line in printed.splitlines() if line.strip()]
        raise ValueError(said[-1].removeprefix("ERROR: ") if said else "the checks did not run")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found

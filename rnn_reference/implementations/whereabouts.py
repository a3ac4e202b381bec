"""Where a function of other people is written: its file or its cell, its line, and its code."""

import inspect
from pathlib import Path
from typing import Any, NamedTuple

from rnn_reference.paths import PACKAGE

LONGEST = 60
"""The largest number of lines of code in a report."""


class Whereabouts(NamedTuple):
    """The file, or the notebook and its cell; the line there, from 1; and the code, as far as a report shows it."""

    place: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.place}, line {self.line}"


def whereabouts(function: Any) -> Whereabouts | None:
    """Returns where a function is written; None for one without source, and for our own.

    A function of ours that calls one of theirs has it as its attribute ``theirs``.
    """
    function = inspect.unwrap(getattr(function, "theirs", function))
    try:
        name = inspect.getsourcefile(function) or function.__code__.co_filename
        if Path(name).resolve().is_relative_to(PACKAGE):
            return None  # it is not where people look
        lines, first = inspect.getsourcelines(function)
    except Exception:  # it is only told; other people's objects may do anything
        return None
    shown = "".join(lines[:LONGEST]) + ("...\n" if len(lines) > LONGEST else "")
    return Whereabouts(_short(name), max(first, 1), inspect.cleandoc("\n" + shown) if lines[0][:1].isspace() else shown)


def _short(name: str) -> str:
    """Returns the name of a file as seen from the current folder, if it lies there."""
    path = Path(name)
    if not path.is_absolute():
        return name
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else path.name

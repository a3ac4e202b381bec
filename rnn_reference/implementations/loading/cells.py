"""What IPython does with a cell besides running Python: it writes a file, runs another, or calls another language."""

import re
from typing import NamedTuple

_PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
_WRITES = re.compile(r"\s*%%(?:writefile|file)\s+(?P<append>-a\s+|--append\s+)?(?P<name>\S+)[^\n]*\n(?P<text>.*)", re.S)
_RUNS = re.compile(
    r"^[ \t]*(?:%run\s+|get_ipython\(\)\.(?:run_line_)?magic\(u?['\"]run(?:['\"]\s*,\s*u?['\"]|\s+))"
    r"(?:-\w+\s+)*[\"']?(?P<name>[^\s\"')]+)",
    re.M,
)


class Written(NamedTuple):
    """The file that a cell writes with ``%%writefile``: its name, its text, and whether it is added to the file."""

    name: str
    text: str
    appended: bool


def written_by(source: str) -> Written | None:
    """Returns the file that a cell writes; None for any other cell."""
    found = _WRITES.match(source)
    return Written(found["name"].strip("'\""), found["text"], bool(found["append"])) if found else None


def run_by(source: str) -> list[str]:
    """Returns the names of the files that ``%run`` runs in a cell, or in a script that was a notebook."""
    return [found["name"] for found in _RUNS.finditer(source)]


def is_python(source: str) -> bool:
    """False for a cell that begins with the magic of another language, such as ``%%bash``."""
    begin = source.lstrip()
    return not begin.startswith("%%") or begin.startswith(_PYTHON_CELL_MAGICS)

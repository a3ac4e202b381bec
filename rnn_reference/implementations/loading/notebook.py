"""The Python code of a notebook: without magics and shell lines, and with notes for cells that do not parse."""

import ast
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from rnn_reference.implementations.unusable import Unusable

_NOT_PYTHON = re.compile(r"\s*(?:[\w.,\s]+=\s*)?[%!?]|\s*[\w.]+\?{1,2}\s*$")
_PYTHON_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")


@dataclass(frozen=True)
class CodeCell:
    """A code cell: its number among all cells, from 1, its Python source and its syntax tree."""

    number: int
    source: str
    tree: ast.Module


def read_cells(path: Path) -> tuple[list[CodeCell], list[str]]:
    """Returns the code cells of a notebook that parse, and a note for each cell that does not.

    Raises Unusable if nbformat is not installed, or if the file is not a notebook.
    """
    try:
        import nbformat
    except ModuleNotFoundError:
        raise Unusable(f"{path}: reading a notebook needs nbformat: pip install 'rnn-reference[check]'") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old or untidy notebook is read all the same
        try:
            notebook = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)  # type: ignore[no-untyped-call]
        except Exception as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise Unusable(f"{path} is not a notebook: {reason}") from None
    cells, notes = [], []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        source = python_of(cell.source)
        try:
            cells.append(CodeCell(number, source, ast.parse(source)))
        except (SyntaxError, ValueError) as error:
            line = f" at its line {error.lineno}" if isinstance(error, SyntaxError) else ""
            notes.append(f"cell {number} does not parse{line} and was skipped: {error.args[0]}")
    return cells, notes


def python_of(source: str) -> str:
    """Returns the source of a cell without IPython's own syntax, with the same line numbers.

    A line is dropped only if Python cannot parse it: a line of a normal expression may also begin with ``%``.
    """
    if source.lstrip().startswith("%%") and not source.lstrip().startswith(_PYTHON_CELL_MAGICS):
        return ""  # %%bash, %%html, %%writefile: another language
    lines = source.splitlines()
    while True:
        try:
            ast.parse("\n".join(lines))
            return "\n".join(lines)
        except SyntaxError as error:
            number = (error.lineno or 0) - 1
            if not 0 <= number < len(lines) or not _NOT_PYTHON.match(lines[number]):
                return "\n".join(lines)
            _drop(lines, number)
        except ValueError:
            return source


def _drop(lines: list[str], number: int) -> None:
    """Replace a line with ``pass``, and its continuation lines with empty lines."""
    indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
    continued = lines[number].endswith("\\")
    lines[number] = f"{indent}pass"
    while continued and (number := number + 1) < len(lines):
        continued = lines[number].endswith("\\")
        lines[number] = ""

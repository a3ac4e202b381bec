"""The code cells of a notebook."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnn_reference.implementations.loading.source import text_of
from rnn_reference.implementations.unusable import Unusable


@dataclass(frozen=True)
class CodeCell:
    """A code cell: its number among all cells, from 1, and its source."""

    number: int
    source: str


def read_cells(path: Path) -> list[CodeCell]:
    """Returns the code cells of a notebook.

    Raises Unusable if nbformat is not installed, or if the file is not a notebook, or of another language than Python.
    """
    try:
        import nbformat
    except ModuleNotFoundError:
        raise Unusable(f"{path}: reading a notebook needs nbformat: pip install 'rnn-reference[check]'") from None
    text, _ = text_of(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an old or untidy notebook is read all the same
        try:
            notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        except Exception as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise Unusable(f"{path} is not a notebook: {reason}") from None
    language = _language(notebook.metadata)
    if "python" not in language.lower():
        raise Unusable(f"{path} is a notebook in {language}, expected Python")
    numbered = enumerate(notebook.cells, start=1)
    return [CodeCell(number, cell.source) for number, cell in numbered if cell.cell_type == "code"]


def _language(metadata: Any) -> str:
    """Returns the name of a notebook's language; Python if it names none."""
    kernel, about = metadata.get("kernelspec") or {}, metadata.get("language_info") or {}
    return str(kernel.get("language") or about.get("name") or "python")

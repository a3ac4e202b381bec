"""The pages that are made from the code alone: the question of each check, and every mistake with its hints."""

import ast
from pathlib import Path
from typing import TypeGuard

from benchmarks.markdown import table
from benchmarks.studies.pages import ROOT
from rnn_reference.cells.registry import cell_named
from rnn_reference.cells.words import words_of
from rnn_reference.faults import CATALOGUE
from rnn_reference.report.page_data import GROUPS

COMMAND = "python -m benchmarks.studies"


def checks() -> str:
    """Return the page of checks: a table for each group, with the docstring of each check."""
    parts = [
        "# What each check asks",
        f"Made by `{COMMAND}` from the docstrings of the checks, in the words of the cell rnn.",
    ]
    for group, question in GROUPS.items():
        modules = [ast.parse(path.read_text(encoding="utf-8")) for path in _files_of(group)]
        tests = [node for module in modules for node in module.body if _is_test(node)]
        rows = [[f"`{group}.{node.name.removeprefix('test_')}`", _asks(node)] for node in tests]
        texts = [(ast.get_docstring(module) or "").replace("``", "`") for module in modules]
        parts += [f"## {group}", question, *texts, table(["check", "asks"], rows)]
    return "\n\n".join(parts) + "\n"


def faults() -> str:
    """Return the page of mistakes: a table for each function, with the sentence and the hints of each mistake."""
    heads = ["mistake", "what it is", "where to look", "what to change", "ways"]
    parts = [
        "# Every mistake with a name",
        f"Made by `{COMMAND}` from the catalogue. `python -m rnn_reference rnn_reference.faults:carry_dropped` judges "
        "a network with this one mistake.",
    ]
    for function in dict.fromkeys(fault.function for fault in CATALOGUE):
        mine = [fault for fault in CATALOGUE if fault.function == function]
        rows = []
        for id in dict.fromkeys(fault.id for fault in mine):
            ways = [fault for fault in mine if fault.id == id]
            hints = map(_cell, (ways[0].sentence, ways[0].where, ways[0].change))
            rows.append([f"`{id}`{' (advice)' if ways[0].advice else ''}", *hints, str(len(ways))])
        parts += [f"## {function}", table(heads, rows)]
    return "\n\n".join(parts) + "\n"


PAGES = {"checks.md": checks, "faults.md": faults}


def _files_of(group: str) -> list[Path]:
    folder = ROOT / "checks" / ("blackbox" if group == "blackbox" else "")
    return sorted(folder.glob(f"test_{group}*.py"))


def _is_test(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def _asks(check: ast.FunctionDef) -> str:
    """Return the sentence of a check in the words of the first cell."""
    return _cell(ast.get_docstring(check) or "").format(**words_of(cell_named("rnn")))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")

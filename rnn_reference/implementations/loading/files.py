"""Loads files and notebooks: runs a whole script if it ends without an error, otherwise its definitions only."""

import __future__

import ast
import importlib
import linecache
import sys
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

from rnn_reference.cells.registry import functions
from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.loading.definitions import definitions
from rnn_reference.implementations.loading.missing_imports import substitute
from rnn_reference.implementations.loading.notebook import read_cells
from rnn_reference.implementations.loading.time_limit import TimeLimitReached, time_limit
from rnn_reference.implementations.unusable import Unusable

FILE_SECONDS = 10.0
"""The time limit in seconds for running a ``.py`` file. After it, only the definitions of the file run."""

DEFINITIONS_ALONE = "only its definitions were run"
"""The end of the note for such a file."""


def from_files(names: str, seconds: float, definitions_only: bool) -> tuple[Any, list[str]]:
    """Returns the definitions of one file, or of several, ``forward.py+backward.py``, and notes. Raises Unusable.

    If several files define a name, the first one counts.
    """
    if Path(names).exists() or "+" not in names:
        return from_file(names, seconds, definitions_only)
    loaded = [from_file(name, seconds, definitions_only) for name in names.split("+")]
    together: dict[str, Any] = {}
    for module, _ in reversed(loaded):
        together |= vars(module)
    return SimpleNamespace(**together), [note for _, notes in loaded for note in notes]


def from_file(name: str, seconds: float, definitions_only: bool) -> tuple[ModuleType, list[str]]:
    """Returns the definitions of a ``.py`` file or a notebook, and notes about problems. Raises Unusable."""
    path = Path(name)
    if not path.is_file():
        raise Unusable(f"{name}: no such file")
    make_importable(path.resolve().parent)
    if path.suffix == ".ipynb":
        return _from_notebook(path, seconds)
    return _from_script(path, seconds, definitions_only)


def _from_notebook(path: Path, seconds: float) -> tuple[ModuleType, list[str]]:
    cells, notes = read_cells(path)
    module = _empty_module(path)
    for cell in cells:
        label = f"{path.name}, cell {cell.number}"
        linecache.cache[label] = (len(cell.source), None, cell.source.splitlines(keepends=True), label)
        notes += _run_definitions(module, cell.tree, label, seconds)
    return module, notes


def _from_script(path: Path, seconds: float, definitions_only: bool) -> tuple[ModuleType, list[str]]:
    try:
        tree = ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        text = f": {error.text.strip()}" if error.text else ""
        raise Unusable(f"{path}, line {error.lineno} is not Python ({error.msg}){text}") from None
    except ValueError as error:
        raise Unusable(f"{path} is not Python: {error}") from None
    module = _empty_module(path)
    if definitions_only:
        return module, _run_definitions(module, tree, str(path), seconds)
    try:
        with time_limit(seconds):
            exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)
        return module, []
    except TimeLimitReached:
        reason = f"did not end within {seconds:g} s"
    except (Exception, SystemExit) as error:
        reason = f"failed ({describe(error)})"
    module = _empty_module(path)
    notes = _run_definitions(module, tree, str(path), seconds)
    return module, [f"running the file {reason}; {DEFINITIONS_ALONE}", *notes]


def _run_definitions(module: ModuleType, tree: ast.Module, label: str, seconds: float) -> list[str]:
    """Runs the definitions of ``tree`` in ``module``. Returns notes about substituted and skipped definitions."""
    notes: list[str] = []
    for statement in definitions(tree.body):
        substituted = substitute(statement)
        if substituted:
            names, found = substituted
            module.__dict__.update(names)
            notes += found
            continue
        try:
            with time_limit(seconds):
                exec(_compiled(statement, label, module), module.__dict__)
        except (Exception, SystemExit, TimeLimitReached) as error:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                continue  # a constant of a demo: a function that needs it raises its own error
            name = getattr(statement, "name", None)
            place = f"{label}, line {statement.lineno}"
            reason = describe(error).replace(f"; {Path(label).name}, line {statement.lineno}: ", ": ")
            if name is None or name in functions():
                raise Unusable(f"{place}: {reason}") from None
            notes.append(f"{place}: {name} was skipped: {reason}")
    return notes


def _compiled(statement: ast.stmt, label: str, module: ModuleType) -> CodeType:
    """Returns one statement as code, with every ``from __future__ import`` that has run in the module."""
    imported = [value for value in vars(module).values() if isinstance(value, __future__._Feature)]
    flags = sum({feature.compiler_flag for feature in imported})
    code: CodeType = compile(ast.Module([statement], []), label, "exec", flags=flags, dont_inherit=True)
    return code


def _empty_module(path: Path) -> ModuleType:
    """Returns an empty module. No import can find it, because a file may have the name of a package that it imports."""
    module = ModuleType(f"{path.stem} under test")
    module.__file__ = str(path)
    module.__package__ = ""
    sys.modules[module.__name__] = module  # dataclasses and pickle look a class's module up
    return module


def make_importable(folder: Path) -> None:
    """Make the files in a folder importable from now on, also for later imports inside functions.

    They have priority over installed packages, but not over Python's own modules, because the suite needs these.
    """
    others = [entry for entry in sys.path if entry != str(folder)]
    installed = (n for n, entry in enumerate(others) if Path(entry).name in ("site-packages", "dist-packages"))
    others.insert(next(installed, len(others)), str(folder))
    sys.path[:] = others
    importlib.invalidate_caches()


def describe(error: BaseException) -> str:
    """Returns one line: the exception, its message, and the line that raised it."""
    if isinstance(error, TimeLimitReached):
        return str(error)
    return "; ".join(text for _, text in crash("", error).lines)

"""Loads files and notebooks: runs a whole script if it ends without an error, otherwise its definitions only."""

import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from rnn_reference.implementations.isolation.failures import DEFINITIONS_ALONE
from rnn_reference.implementations.loading.parts import Parts
from rnn_reference.implementations.loading.redefined import stubs_after_definitions
from rnn_reference.implementations.loading.running import FAILURES, Definitions, describe
from rnn_reference.implementations.loading.time_limit import TimeLimitReached, time_limit
from rnn_reference.implementations.unusable import Unusable

FILE_SECONDS = 10.0
"""The time limit in seconds for running a ``.py`` file. After it, only the definitions of the file run."""


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
    parts = Parts(path)
    _require_python(path, parts)
    notes = [*parts.notes, *stubs_after_definitions((part.parsed, part.place) for part in parts.all)]
    module = _empty_module(path)
    reason = "" if path.suffix == ".ipynb" or definitions_only else _run_whole(module, parts, seconds)
    if reason is None:
        return module, notes
    if reason:
        module = _empty_module(path)
        notes.append(f"{reason}; {DEFINITIONS_ALONE}")
    return module, notes + _run_definitions(module, parts, seconds)


def from_module(name: str, path: Path, seconds: float) -> tuple[ModuleType, list[str]]:
    """Returns the definitions of a module that could not be imported, from its file, and notes. Raises Unusable."""
    parts = Parts(path)
    _require_python(path, parts)
    module = _empty_module(path, name.rpartition(".")[0])
    return module, parts.notes + _run_definitions(module, parts, seconds)


def _run_definitions(module: ModuleType, parts: Parts, seconds: float) -> list[str]:
    """Run the definitions of all parts in a module. Returns notes."""
    own = Definitions(module, seconds, parts.written)
    for part in parts.all:
        own.run(part.parsed.tree, part.label)
    own.finish()
    return own.notes


def _require_python(path: Path, parts: Parts) -> None:
    """Raise Unusable for a script in which nothing is Python."""
    last = parts.all[-1].parsed if parts.all else None
    if path.suffix == ".ipynb" or last is None or last.error is None or not last.is_nothing:
        return
    error = last.error
    if "null byte" in str(error.msg):
        raise Unusable(f"{path} is not Python: {error.msg}")
    raise Unusable(
        f"{path}, line {error.lineno} is not Python ({error.msg}): {(error.text or '').strip()}".rstrip(": ")
    )


def _run_whole(module: ModuleType, parts: Parts, seconds: float) -> str | None:
    """Run a script as an import does. Returns the reason why its definitions alone must run, None if there is none."""
    script = parts.all[-1]
    if script.parsed.error is not None:
        return "a part of the file does not parse"
    try:
        with time_limit(seconds):
            exec(compile(script.parsed.tree, script.label, "exec", dont_inherit=True), module.__dict__)
        return None
    except TimeLimitReached:
        return f"running the file did not end within {seconds:g} s"
    except FAILURES as error:
        return f"running the file failed ({describe(error)})"


def _empty_module(path: Path, package: str = "") -> ModuleType:
    """Returns an empty module. No import can find it, because a file may have the name of a package that it imports."""
    module = ModuleType(f"{path.stem} under test")
    module.__file__ = str(path)
    module.__package__ = package
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

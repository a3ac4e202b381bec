"""``--rnn=TARGET`` -> an implementation: a file, a notebook, a module, a built-in adapter, or a part of one."""

import __future__

import ast
import contextlib
import importlib
import inspect
import linecache
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

from rnn_reference.implementations.definitions import definitions
from rnn_reference.implementations.implementation import FUNCTIONS, Implementation, crash
from rnn_reference.implementations.layouts import is_torch_module, recognised
from rnn_reference.implementations.notebook import read_cells
from rnn_reference.implementations.patience import OutOfPatience, at_most
from rnn_reference.implementations.standins import stand_in
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.places import is_file, parted

BUILT_IN = {
    "reference": "rnn_reference",
    "stepwise": "rnn_reference.stepwise",
    "torch": "rnn_reference.implementations.torch_layer",
    "jax": "rnn_reference.implementations.jax_scan",
    "flax": "rnn_reference.implementations.flax_linen",
    "flax-nnx": "rnn_reference.implementations.flax_nnx",
    "keras": "rnn_reference.implementations.keras_layer",
    "onnxruntime": "rnn_reference.implementations.onnxruntime_node",
    "onnx": "rnn_reference.implementations.onnx_evaluator",
}

PATIENCE = 10.0
"""Seconds that a ``.py`` file may take to run before its definitions alone are tried."""

DEFINITIONS_ALONE = "its definitions alone were taken"
"""How the note ends that says so."""


def load(target: str, seconds: float = PATIENCE, definitions_only: bool = False, device: str = "cpu") -> Implementation:
    """The implementation that ``target`` names.

    ``target`` is ``file.py``, ``notebook.ipynb``, ``model.onnx``, ``package.module`` or the name of a built-in
    adapter, each with an optional ``:attribute``. ``seconds`` limits the run of a file, ``definitions_only`` leaves it
    out; ``device`` is where an adapter computes that has a choice. Raises Unusable, with one clear line, if it cannot
    be found or run, or if it offers none of the six functions.
    """
    if not target:
        raise Unusable("expected a target, got an empty name")
    where, attribute = parted(target)
    notes: list[str] = []
    with _quietly():
        if where in BUILT_IN and not Path(where).exists():
            owner = _built_in(where, device)
        elif where.endswith((".py", ".ipynb")):
            owner, notes = _from_files(where, seconds, definitions_only)
        elif where.endswith(".onnx"):
            from rnn_reference.implementations import onnx_file

            owner, notes = onnx_file.read(Path(where))
        else:
            owner = _from_module(where)
        functions = _attribute(owner, attribute, target) if attribute else owner
        functions, taken_for = recognised(functions)
        notes = [*notes, *taken_for]
        implementation = Implementation(target, functions, notes)
    if not implementation.offered:
        because = "".join(f"; {note}" for note in implementation.notes)
        raise Unusable(f"{target} offers none of {', '.join(FUNCTIONS)}{_what_it_has(functions)}{because}")
    return implementation


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        contextlib.chdir(Path.cwd()),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


def _built_in(name: str, device: str) -> Any:
    try:
        module = importlib.import_module(BUILT_IN[name])
    except ModuleNotFoundError as error:
        extra = name.partition("-")[0]
        raise Unusable(f"{extra} is not installed ({error}): pip install 'rnn-reference[{extra}]'") from None
    functions = getattr(module, "NETWORK", module)
    if device != "cpu":
        _on_device(functions, name, device)
    return functions


def _on_device(functions: Any, name: str, device: str) -> None:
    if not hasattr(functions, "use_device"):
        raise Unusable(f"{name} computes on the cpu alone: --rnn-device={device} is for torch, jax and flax")
    try:
        functions.use_device(device)
    except RuntimeError as error:
        raise Unusable(f"--rnn-device={device}: {str(error).splitlines()[0]}") from None


def _from_module(name: str) -> ModuleType:
    if Path(name).exists() and not name.isidentifier():
        raise Unusable(f"{name} is neither a .py file nor a notebook")
    _make_importable(Path.cwd())
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            known = ", ".join(BUILT_IN)
            raise Unusable(
                f"there is no module {error.name}, no file and no adapter of that name (adapters: {known})"
            ) from None
        raise Unusable(f"{name} could not be imported: {_told(error)}") from None


def _from_files(names: str, seconds: float, definitions_only: bool) -> tuple[Any, list[str]]:
    """One file, or what several hold together, ``forward.py+backward.py``: the first that has a name gives it."""
    if Path(names).exists() or "+" not in names:
        return _from_file(names, seconds, definitions_only)
    loaded = [_from_file(name, seconds, definitions_only) for name in names.split("+")]
    together: dict[str, Any] = {}
    for module, _ in reversed(loaded):
        together |= vars(module)
    return SimpleNamespace(**together), [note for _, notes in loaded for note in notes]


def _from_file(name: str, seconds: float, definitions_only: bool) -> tuple[ModuleType, list[str]]:
    path = Path(name)
    if not path.is_file():
        raise Unusable(f"{name}: no such file")
    _make_importable(path.resolve().parent)
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
        with at_most(seconds):
            exec(compile(tree, str(path), "exec", dont_inherit=True), module.__dict__)
        return module, []
    except OutOfPatience:
        reason = f"did not end within {seconds:g} s"
    except (Exception, SystemExit) as error:
        reason = f"failed ({_told(error)})"
    module = _empty_module(path)
    notes = _run_definitions(module, tree, str(path), seconds)
    return module, [f"running the file {reason}; {DEFINITIONS_ALONE}", *notes]


def _run_definitions(module: ModuleType, tree: ast.Module, label: str, seconds: float) -> list[str]:
    """Run the definitions of ``tree`` in ``module``, one by one; the notes on what was stood in for or left out."""
    notes: list[str] = []
    for statement in definitions(tree.body):
        stood_in = stand_in(statement)
        if stood_in:
            names, found = stood_in
            module.__dict__.update(names)
            notes += found
            continue
        try:
            with at_most(seconds):
                exec(_compiled(statement, label, module), module.__dict__)
        except (Exception, SystemExit, OutOfPatience) as error:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                continue  # a constant made of what a demo made: whoever uses it will say so
            name = getattr(statement, "name", None)
            place = f"{label}, line {statement.lineno}"
            told = _told(error).replace(f"; {Path(label).name}, line {statement.lineno}: ", ": ")
            if name is None or name in FUNCTIONS:
                raise Unusable(f"{place}: {told}") from None
            notes.append(f"{place}: {name} was left out: {told}")
    return notes


def _compiled(statement: ast.stmt, label: str, module: ModuleType) -> CodeType:
    """One statement as code, under every ``from __future__ import`` that the module has run already."""
    imported = [value for value in vars(module).values() if isinstance(value, __future__._Feature)]
    flags = sum({feature.compiler_flag for feature in imported})
    code: CodeType = compile(ast.Module([statement], []), label, "exec", flags=flags, dont_inherit=True)
    return code


def _empty_module(path: Path) -> ModuleType:
    """A module that no import can be answered with: a file may be called as a package that it imports itself."""
    module = ModuleType(f"{path.stem} under test")
    module.__file__ = str(path)
    module.__package__ = ""
    sys.modules[module.__name__] = module  # dataclasses and pickle look a class's module up
    return module


def _make_importable(folder: Path) -> None:
    """Files beside the target can be imported from now on: by imports inside functions, later, as well.

    They come before what is installed, but after Python's own modules, which the suite needs itself.
    """
    others = [entry for entry in sys.path if entry != str(folder)]
    installed = (n for n, entry in enumerate(others) if Path(entry).name in ("site-packages", "dist-packages"))
    others.insert(next(installed, len(others)), str(folder))
    sys.path[:] = others
    importlib.invalidate_caches()


def _attribute(owner: ModuleType, attribute: str, target: str) -> Any:
    found: Any = owner
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{target}: there is no {part}{_what_it_has(found)}")
        found = getattr(found, part)
    if is_torch_module(found):
        from rnn_reference.implementations.torch_module import TorchModule

        return TorchModule(found, target)
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except (Exception, SystemExit) as error:
        raise Unusable(f"{target}: {found.__name__}() cannot be made without arguments: {_told(error)}") from None


def _what_it_has(owner: Any) -> str:
    if inspect.isroutine(owner):
        return ": it is a function; name what holds it, and all six are looked for"
    names = [name for name, value in vars(owner).items() if callable(value) and not name.startswith("_")] \
        if hasattr(owner, "__dict__") else []  # fmt: skip
    parts = [n for n in names if any(callable(getattr(getattr(owner, n), f, None)) for f in FUNCTIONS)]
    if parts:
        return f"; did you mean :{parts[0]}?"
    return f"; it has {', '.join(names[:8])}" if names else ""


def _told(error: BaseException) -> str:
    if isinstance(error, OutOfPatience):
        return str(error)
    return "; ".join(text for _, text in crash("", error).lines)


def callable_named(target: str, seconds: float = PATIENCE) -> tuple[Callable[..., Any], list[str]]:
    """The callable that ``module:callable`` or ``file.py:callable`` names, and notes. Raises Unusable."""
    where, attribute = parted(target)
    if not attribute:
        raise Unusable(f"{target!r} names no callable: module:callable or file.py:callable does")
    with _quietly():
        owner, notes = _from_file(where, seconds, False) if is_file(where) else (_from_module(where), [])
        found = _attribute(owner, attribute, target)
    if not callable(found):
        raise Unusable(f"{target} is no callable: it is of type {type(found).__name__}")
    return found, notes

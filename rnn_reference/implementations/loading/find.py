"""Finds the implementation for ``--rnn=TARGET``: a file, a notebook, a module, an adapter, or an attribute of one."""

import contextlib
import importlib
import importlib.util
import inspect
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from rnn_reference.cells.registry import function_named, functions
from rnn_reference.implementations import adapters
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.isolation.failures import DEFINITIONS_ALONE
from rnn_reference.implementations.layouts import recognised
from rnn_reference.implementations.loading import onnx_backend
from rnn_reference.implementations.loading.files import (
    FILE_SECONDS,
    from_file,
    from_files,
    from_module,
    make_importable,
)
from rnn_reference.implementations.loading.running import describe
from rnn_reference.implementations.loading.standins import Missing, missing_in, reason_of
from rnn_reference.implementations.roles.own import own_network
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import is_file, split_target


def load(
    target: str, seconds: float = FILE_SECONDS, definitions_only: bool = False, device: str = "cpu"
) -> Implementation:
    """Returns the implementation that ``target`` names.

    ``target`` is ``file.py``, ``notebook.ipynb``, ``model.onnx``, ``package.module`` or the name of an adapter, each
    with an optional ``:attribute``. ``seconds`` is the time limit for running a file; with ``definitions_only`` only
    its definitions run. ``device`` is for adapters with several devices. Raises Unusable, with one clear line, if the
    target cannot be found or run, or if it has none of the functions.
    """
    if not target:
        raise Unusable("expected a target, got an empty name")
    where, attribute = split_target(target)
    notes: list[str] = []
    with _quietly():
        if where in adapters.names() and not Path(where).exists():
            owner = adapters.adapter(where, device)
        elif where.endswith((".py", ".ipynb")):
            owner, notes = from_files(where, seconds, definitions_only)
        elif where.endswith(".onnx"):
            from rnn_reference.implementations.loading import onnx_file

            owner, notes = onnx_file.read(Path(where))
        else:
            owner, notes = _from_module(where, seconds)
        found = _attribute(owner, attribute, target, notes) if attribute else owner
        return implementation_of_object(found, target, notes)


def implementation_of_object(found: Any, name: str, notes: Sequence[str] = ()) -> Implementation:
    """Returns the implementation that a module, a class, an instance or another object is. Raises Unusable."""
    theirs, taken_for = _in_our_layout(found, name)
    implementation = Implementation(name, theirs, [*notes, *taken_for])
    if not implementation.offered:
        because = "".join(f"; {note}" for note in implementation.notes)
        raise Unusable(f"{name} offers none of {', '.join(functions())}{_what_it_has(theirs)}{because}")
    _require_imports(implementation.offered, theirs)
    return implementation


def _require_imports(offered: list[str], theirs: Any) -> None:
    """Raise Unusable if every function uses something that its import did not give.

    A backward function needs the caches of a forward function, so that it does not count.
    """
    forward = [name for name in offered if not function_named(name).takes_cache]
    reasons = {name: missing_in(getattr(theirs, name), functions()) for name in forward}
    if reasons and all(reasons.values()):
        raise Unusable(f"{next(iter(reasons.values()))}; used by {', '.join(forward)}")


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


def _from_module(name: str, seconds: float) -> tuple[ModuleType, list[str]]:
    """Returns a module, or the definitions of its file if it cannot be imported, and notes. Raises Unusable."""
    if Path(name).exists() and not name.isidentifier():
        raise Unusable(f"{name} is neither a .py file nor a notebook")
    make_importable(Path.cwd())
    try:
        return importlib.import_module(name), []
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            known = ", ".join(adapters.names())
            raise Unusable(
                f"there is no module {error.name}, no file and no adapter of that name (adapters: {known})"
            ) from None
        failed = f"{name} could not be imported: {describe(error)}"
    path = _file_of(name)
    if path is None:
        raise Unusable(failed)
    module, notes = from_module(name, path, seconds)
    return module, [f"{failed}; {DEFINITIONS_ALONE}", *notes]


def _file_of(name: str) -> Path | None:
    """Returns the file of a module, which is not imported; its packages are."""
    with contextlib.suppress(Exception):
        spec = importlib.util.find_spec(name)
        return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
    return None


def _attribute(owner: ModuleType, attribute: str, target: str, notes: Sequence[str] = ()) -> Any:
    found: Any = owner
    for part in attribute.split("."):
        if not hasattr(found, part):
            because = "".join(f"; {note}" for note in notes)
            raise Unusable(f"{target}: there is no {part}{_what_it_has(found)}{because}")
        found = getattr(found, part)
        if isinstance(found, Missing):
            raise Unusable(f"{reason_of(found)}; used by {attribute}")
    return found


def _in_our_layout(found: Any, target: str) -> tuple[Any, list[str]]:
    """Returns the object with the document's functions, and notes about its layout; for a class usually an instance."""
    if onnx_backend.is_backend(found) and not any(callable(getattr(found, name, None)) for name in functions()):
        return onnx_backend.functions_of(found, target)
    adapted = _recognised(found, target)
    if adapted or not inspect.isclass(found):
        return adapted or (found, [])
    instance = _instance(found, target)
    return recognised(instance, target) or (instance, [])


def _recognised(found: Any, target: str) -> tuple[Any, list[str]] | None:
    """Returns the document's functions and notes, from a known layout or from one of its own; None for neither."""
    try:
        adapted = recognised(found, target)
    except Unusable:
        adapted = own_network(found)
        if adapted is None:
            raise
    if adapted is None and not any(callable(getattr(found, name, None)) for name in functions()):
        adapted = own_network(found)
    return adapted


def _instance(found: Any, target: str) -> Any:
    """Returns an instance of a class, and any other object unchanged. Raises Unusable if the class needs arguments."""
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except (Exception, SystemExit) as error:
        raise Unusable(f"{target}: {found.__name__}() cannot be made without arguments: {describe(error)}") from None


def _what_it_has(owner: Any) -> str:
    if inspect.isroutine(owner):
        return ": it is a function; name the file, module or object with the functions"
    names = [name for name, value in vars(owner).items() if callable(value) and not name.startswith("_")] \
        if hasattr(owner, "__dict__") else []  # fmt: skip
    parts = [n for n in names if any(callable(getattr(getattr(owner, n), f, None)) for f in functions())]
    if parts:
        return f"; did you mean :{parts[0]}?{_other_arguments(getattr(owner, parts[0]))}"
    return f"; it has {', '.join(names[:8])}" if names else ""


def _other_arguments(owner: Any) -> str:
    """Returns a sentence about the first of its functions with fewer arguments than the document's; "" if all fit."""
    for function in (function_named(name) for name in functions() if callable(getattr(owner, name, None))):
        own = [*inspect.signature(getattr(owner, function.name)).parameters]
        own = own[1:] if inspect.isclass(owner) else own
        if len(own) < len(function.arguments):
            wanted = ", ".join(function.arguments)
            return f" Its {function.name}({', '.join(own)}) would have to be {function.name}({wanted})"
    return ""


def callable_named(target: str, seconds: float = FILE_SECONDS) -> tuple[Callable[..., Any], list[str]]:
    """Returns the callable that ``module:callable`` or ``file.py:callable`` names, and notes. Raises Unusable."""
    where, attribute = split_target(target)
    if not attribute:
        raise Unusable(f"{target!r} does not name a callable: write module:callable or file.py:callable")
    with _quietly():
        owner, notes = from_file(where, seconds, False) if is_file(where) else _from_module(where, seconds)
        found = _instance(_attribute(owner, attribute, target), target)
    if not callable(found):
        raise Unusable(f"{target} is not callable: it has type {type(found).__name__}")
    return found, notes

"""``--rnn=TARGET`` -> an implementation: a file, a notebook, a module, a built-in adapter, or a part of one."""

import contextlib
import importlib
import inspect
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from rnn_reference.implementations.implementation import FUNCTIONS, Implementation
from rnn_reference.implementations.layouts.recognise import is_torch_module, recognised
from rnn_reference.implementations.loading.files import PATIENCE, describe, from_file, from_files, make_importable
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import is_file, parted

BUILT_IN = {
    "reference": "rnn_reference",
    "stepwise": "rnn_reference.cells.loop",
    "torch": "rnn_reference.implementations.adapters.torch",
    "jax": "rnn_reference.implementations.adapters.jax",
    "flax": "rnn_reference.implementations.adapters.flax",
    "flax-nnx": "rnn_reference.implementations.adapters.flax_nnx",
    "keras": "rnn_reference.implementations.adapters.keras",
    "onnxruntime": "rnn_reference.implementations.adapters.onnxruntime",
    "onnx": "rnn_reference.implementations.adapters.onnx",
}


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
            owner, notes = from_files(where, seconds, definitions_only)
        elif where.endswith(".onnx"):
            from rnn_reference.implementations.layouts import onnx_file

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


def package_of(name: str) -> str:
    """The package, and the extra, that a built-in adapter needs: its name without the variant (``flax-nnx``)."""
    return name.partition("-")[0]


def _built_in(name: str, device: str) -> Any:
    try:
        module = importlib.import_module(BUILT_IN[name])
    except ModuleNotFoundError as error:
        extra = package_of(name)
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
    make_importable(Path.cwd())
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
            known = ", ".join(BUILT_IN)
            raise Unusable(
                f"there is no module {error.name}, no file and no adapter of that name (adapters: {known})"
            ) from None
        raise Unusable(f"{name} could not be imported: {describe(error)}") from None


def _attribute(owner: ModuleType, attribute: str, target: str) -> Any:
    found: Any = owner
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{target}: there is no {part}{_what_it_has(found)}")
        found = getattr(found, part)
    if is_torch_module(found):
        from rnn_reference.implementations.layouts.torch_module import TorchModule

        return TorchModule(found, target)
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except (Exception, SystemExit) as error:
        raise Unusable(f"{target}: {found.__name__}() cannot be made without arguments: {describe(error)}") from None


def _what_it_has(owner: Any) -> str:
    if inspect.isroutine(owner):
        return ": it is a function; name what holds it, and all six are looked for"
    names = [name for name, value in vars(owner).items() if callable(value) and not name.startswith("_")] \
        if hasattr(owner, "__dict__") else []  # fmt: skip
    parts = [n for n in names if any(callable(getattr(getattr(owner, n), f, None)) for f in FUNCTIONS)]
    if parts:
        return f"; did you mean :{parts[0]}?"
    return f"; it has {', '.join(names[:8])}" if names else ""


def callable_named(target: str, seconds: float = PATIENCE) -> tuple[Callable[..., Any], list[str]]:
    """The callable that ``module:callable`` or ``file.py:callable`` names, and notes. Raises Unusable."""
    where, attribute = parted(target)
    if not attribute:
        raise Unusable(f"{target!r} names no callable: module:callable or file.py:callable does")
    with _quietly():
        owner, notes = from_file(where, seconds, False) if is_file(where) else (_from_module(where), [])
        found = _attribute(owner, attribute, target)
    if not callable(found):
        raise Unusable(f"{target} is no callable: it is of type {type(found).__name__}")
    return found, notes

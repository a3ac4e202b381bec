"""Frameworks under a name, such as torch: one file each, imported when its name is asked for.

The file is all there is to an adapter: ``flax_nnx.py`` is known as ``flax-nnx``, the first line of its docstring
describes it, and its name up to the ``-`` is the package it needs and the extra that brings it. It offers the six
functions, or a ``NETWORK`` that has them; with a function ``use_device(name)`` it takes ``--rnn-device``.
"""

import ast
import importlib
from typing import Any

from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import ADAPTERS, parts_in


def names() -> list[str]:
    """The names of all adapters."""
    return list(parts_in(ADAPTERS))


def package_of(name: str) -> str:
    """The package that an adapter needs, which is also the name of the extra that brings it."""
    return name.partition("-")[0]


def description_of(name: str) -> str:
    """The first line of an adapter's docstring; the adapter is not imported."""
    path = (ADAPTERS / name.replace("-", "_")).with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def adapter(name: str, device: str = "cpu") -> Any:
    """The object that has the functions, computing on ``device``. Raises Unusable if its framework is missing."""
    try:
        module = importlib.import_module(parts_in(ADAPTERS)[name])
    except ModuleNotFoundError as error:
        package = package_of(name)
        raise Unusable(f"{package} is not installed ({error}): pip install 'rnn-reference[{package}]'") from None
    functions = getattr(module, "NETWORK", module)
    if device != "cpu":
        _use_device(functions, name, device)
    return functions


def _use_device(functions: Any, name: str, device: str) -> None:
    if not hasattr(functions, "use_device"):
        raise Unusable(f"{name} computes on the cpu alone: --rnn-device={device} is for adapters that have a choice")
    try:
        functions.use_device(device)
    except RuntimeError as error:
        raise Unusable(f"--rnn-device={device}: {str(error).splitlines()[0]}") from None

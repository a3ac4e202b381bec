"""Adapters: frameworks with a name, such as torch. Each is one file, imported on first use.

An adapter is only this file: ``flax_nnx.py`` has the name ``flax-nnx``, and the first line of its docstring describes
it. The part of the name before ``-`` is the package that it needs, and the extra that installs it. The file has some
of the cells' functions, or an object ``NETWORK`` with them. With a function ``use_device(name)`` it supports
``--rnn-device``.
"""

import ast
import importlib
from typing import Any

from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import ADAPTERS, parts_in


def names() -> list[str]:
    """Returns the names of all adapters."""
    return list(parts_in(ADAPTERS))


def package_of(name: str) -> str:
    """Returns the package that an adapter needs. The extra that installs it has the same name."""
    return name.partition("-")[0]


def description_of(name: str) -> str:
    """Returns the first line of an adapter's docstring. The adapter is not imported."""
    path = (ADAPTERS / name.replace("-", "_")).with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def adapter(name: str, device: str = "cpu") -> Any:
    """Returns the object with the functions, set to ``device``. Raises Unusable if its framework is not installed."""
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
        raise Unusable(f"{name} computes on the cpu only: --rnn-device={device} is for adapters with several devices")
    try:
        functions.use_device(device)
    except RuntimeError as error:
        raise Unusable(f"--rnn-device={device}: {str(error).splitlines()[0]}") from None

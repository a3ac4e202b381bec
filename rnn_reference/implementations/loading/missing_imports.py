"""Substitutes for missing modules: a course's helper file, or a package for plots.

Public solutions of the exercise begin with ``from rnn_utils import *``, but the file is not published. Its functions
(softmax, sigmoid, tanh) are replaced by ours, and the report has a note. A package that only shows something (a plot, a
progress bar) is replaced by an object that does nothing.
"""

import ast
import importlib.util
import sys
from types import ModuleType
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.activations import tanh_forward
from rnn_reference.cells.head import softmax_forward

SHOWING = frozenset("matplotlib seaborn plotly IPython ipywidgets tqdm pandas PIL cv2 google".split())

PACKAGES = frozenset("numpy scipy sklearn torch tensorflow keras jax theano mxnet cupy autograd".split())
"""Packages without a substitute: they must be installed, because the axis of their softmax differs."""


def sigmoid(x: Array) -> Array:
    """Returns the logistic function of ``x``, finite for every finite ``x``."""
    return np.asarray((1 + np.tanh(np.asarray(x) / 2)) / 2)


HELPERS = {
    "softmax": softmax_forward,
    "sigmoid": sigmoid,
    "tanh": tanh_forward,
    "relu": lambda x: np.maximum(x, 0),
}


class Nothing:
    """A substitute for a package that shows something. Any use of it does nothing.

    A call returns an iterable argument, because a progress bar around a loop must do so.
    """

    def __getattr__(self, name: str) -> "Nothing":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: D102 (said above)
        return arguments[0] if arguments and hasattr(arguments[0], "__iter__") else self


def substitute(statement: ast.stmt) -> tuple[dict[str, Any], list[str]] | None:
    """Returns names and notes for an import of a missing module; None if the import can run."""
    if isinstance(statement, ast.ImportFrom):
        if statement.level or statement.module is None or not _is_missing(statement.module):
            return None
        return _names_from(statement.module, statement.names)
    if isinstance(statement, ast.Import):
        missing = [alias for alias in statement.names if _is_missing(alias.name)]
        if not missing or not all(alias.name.split(".")[0] in SHOWING for alias in missing):
            return None
        names = {alias.asname or alias.name.split(".")[0]: Nothing() for alias in missing}
        return names, [f"{alias.name} is not installed; nothing is shown" for alias in missing]
    return None


def _names_from(module: str, aliases: list[ast.alias]) -> tuple[dict[str, Any], list[str]] | None:
    wanted = {alias.name: alias.asname or alias.name for alias in aliases}
    if module.split(".")[0] in SHOWING:
        return {name: Nothing() for name in wanted.values()}, [f"{module} is not installed; nothing is shown"]
    if module.split(".")[0] in PACKAGES:
        return None
    if "*" in wanted:
        given = ", ".join(HELPERS)
        return dict(HELPERS), [f"there is no {module} beside it: replaced by our {given}"]
    if set(wanted) <= set(HELPERS):
        given = ", ".join(wanted)
        return {own: HELPERS[name] for name, own in wanted.items()}, [
            f"there is no {module} beside it: replaced by our {given}"
        ]
    return None


def _is_missing(module: str) -> bool:
    root = module.split(".")[0]
    if isinstance(sys.modules.get(root), ModuleType):
        return False
    try:
        return importlib.util.find_spec(root) is None
    except (ImportError, ValueError):
        return True

"""Substitutes for imports that fail: a course's helper file, a package for plots, and anything else.

Public solutions of the exercise begin with ``from rnn_utils import *``, but the file is not published. Its functions
(softmax, sigmoid, tanh) are replaced by ours, and the report has a note. A package that only shows something (a plot, a
progress bar) is replaced by an object that does nothing. Any other name is replaced by an object that nothing may use.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.activations import tanh_forward
from rnn_reference.cells.head import softmax_forward
from rnn_reference.implementations.loading.standins import Loading, Missing, Nothing
from rnn_reference.paths import either

Import: TypeAlias = ast.Import | ast.ImportFrom

SHOWING = frozenset("matplotlib seaborn plotly IPython ipywidgets tqdm pandas PIL cv2 google".split())

PACKAGES = frozenset(
    "numpy scipy sklearn torch torchvision tensorflow keras jax flax haiku theano lasagne mxnet cupy autograd chainer "
    "dezero paddle tinygrad mlx d2l numba nltk".split()
)
"""Packages whose softmax is not replaced by ours, because its axis differs."""


def sigmoid(x: Array) -> Array:
    """Returns the logistic function of ``x``, finite for every finite ``x``."""
    return np.asarray((1 + np.tanh(np.asarray(x) / 2)) / 2)


HELPERS: Mapping[str, Any] = {
    "softmax": softmax_forward,
    "sigmoid": sigmoid,
    "tanh": tanh_forward,
    "relu": lambda x: np.maximum(x, 0),
}


def substitute(
    statement: Import, aliases: Sequence[ast.alias], error: BaseException, failed: str, loading: Loading
) -> tuple[dict[str, Any], list[str]]:
    """Returns the names that an import of ``aliases`` would have bound, and notes.

    ``error`` is what the import raised, ``failed`` says it in words, with the place.
    """
    module = module_of(statement, aliases[0])
    own = {alias.asname or alias.name.split(".")[0]: alias.name for alias in aliases}
    if module.split(".")[0] in SHOWING and isinstance(error, ImportError):
        return {name: Nothing() for name in own if name != "*"}, [f"{module} is not installed; nothing is shown"]
    if isinstance(statement, ast.Import):
        return {name: Missing(failed, loading) for name in own}, [_not_judged(failed, own)]
    helpers = HELPERS if _is_helper(statement, module.split(".")[0], error) else {}
    if "*" in own:
        return dict(helpers), [_replaced(module, helpers) if helpers else failed]
    ours = {name: helpers[theirs] for name, theirs in own.items() if theirs in helpers}
    rest = {name: Missing(failed, loading) for name in own if name not in ours}
    notes = [_replaced(module, [own[name] for name in ours])] if ours else []
    return {**ours, **rest}, [*notes, *([_not_judged(failed, rest)] if rest else [])]


def module_of(statement: Import, alias: ast.alias) -> str:
    """Returns the name of the module that a statement imports, or imports from."""
    return alias.name if isinstance(statement, ast.Import) else statement.module or ""


def _replaced(module: str, names: Iterable[str]) -> str:
    return f"there is no {module} beside it: replaced by our {', '.join(names)}"


def _not_judged(failed: str, names: Iterable[str]) -> str:
    return f"{failed}: a function that uses {either(list(names))} is not judged"


def _is_helper(statement: ast.ImportFrom, root: str, error: BaseException) -> bool:
    """True for a missing module that is no known package: a file that lay beside the target."""
    missing = isinstance(error, ModuleNotFoundError) and str(error.name).split(".")[0] == root
    return missing and not statement.level and root not in PACKAGES

"""The same numbers in other arrays: strides, dtypes and flags that callers meet, such as ``W.T`` and integers."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_FORWARD, Function
from rnn_reference.problems.answers import Tensors, cell_answers, network_answers, tolerances_of
from rnn_reference.problems.problem import Problem

OTHER = {"float64": "float32", "float32": "float64", "float16": "float32"}
"""For each dtype of the weights, another dtype of the data."""

COARSER = {"float64": "float32", "float32": "float32", "float16": "float16"}
"""The precision of a right result for weights of a dtype and data of the other."""


class Layout(NamedTuple):
    """A way in which arrays come. ``words`` are for messages, after "for".

    ``made(array, dtype)`` returns the array in this layout; ``dtype`` is that of the weights. ``numbers(array)``
    changes numbers that the layout cannot hold. With ``data_only`` the initial states and the parameters come as usual.
    With ``coarser`` a right result may have the precision of the data.
    """

    words: str
    made: Callable[[Array, str], Array]
    numbers: Callable[[Array], Array] = np.asarray
    data_only: bool = False
    read_only: bool = False
    coarser: bool = False


def _time_first(array: Array, dtype: str) -> Array:
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, -1, 0)), 0, -1)


def _strided(array: Array, dtype: str) -> Array:
    return np.repeat(array, 2, axis=-1)[..., ::2]


def _reversed(array: Array, dtype: str) -> Array:
    back = (slice(None, None, -1),) * array.ndim
    return np.ascontiguousarray(array[back])[back]


def _one_column(array: Array) -> Array:
    return np.repeat(array[:, :1], array.shape[1], axis=1)


LAYOUTS = {
    "fortran": Layout("arrays in Fortran order, such as W.T", lambda array, dtype: np.asfortranarray(array)),
    "time-first": Layout("arrays with time first in memory", _time_first),
    "strided": Layout("every other element of larger arrays", _strided),
    "reversed": Layout("arrays with negative strides, such as x[:, :, ::-1]", _reversed),
    "broadcast": Layout(
        "data from np.broadcast_to, with strides of 0",
        lambda array, dtype: np.broadcast_to(array[:, :1], array.shape),
        _one_column, data_only=True, read_only=True,
    ),
    "read-only": Layout("read-only arrays", lambda array, dtype: array, read_only=True),
    "mixed": Layout(
        "data of another dtype than the weights",
        lambda array, dtype: array.astype(OTHER[dtype]),
        lambda array: array.astype(np.float32).astype(np.float64), data_only=True, coarser=True,
    ),
}  # fmt: skip

OF_ONE_ARRAY = tuple(name for name in LAYOUTS if name not in ("time-first", "mixed"))
"""The layouts that make a difference for a function of one array, such as tanh."""

INTEGERS = "integers"
"""Not among the layouts: right networks make ``dx = np.zeros_like(x)``."""

EVERY = LAYOUTS | {
    INTEGERS: Layout(
        "data of integers",
        lambda array, dtype: array.astype(np.int64),
        lambda array: np.rint(2 * array), data_only=True, coarser=True,
    )
}  # fmt: skip


def laid_out(layout: Layout, given: Mapping[str, Any], dtype: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns arguments by name twice: as contiguous arrays of the dtype, and the same numbers in the layout."""
    usual: dict[str, Any] = {}
    unusual: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, Mapping):
            usual[name] = {key: np.array(one, dtype, order="C") for key, one in value.items()}
            asked = not layout.data_only
            unusual[name] = {key: layout.made(one, dtype) if asked else one.copy() for key, one in usual[name].items()}
            continue
        asked = not layout.data_only or name in DATA or name.startswith("d")
        usual[name] = np.array(layout.numbers(value) if asked else value, dtype, order="C")
        unusual[name] = layout.made(usual[name], dtype) if asked else usual[name].copy()
    return usual, unusual


DATA = ("x", "xt", "z")
"""Names of inputs. Names of cotangents begin with d."""


@lru_cache(maxsize=64)
def tolerance_in(problem: Problem, name: str, function: Function) -> Tensors:
    """Returns the tolerance between two right runs, in a layout and as usual, by the names of a forward function.

    The names of its backward function are there too.
    """
    layout, cell, step = EVERY[name], problem.cell, function.role == CELL_FORWARD
    if not layout.data_only:
        tolerance = (cell_answers if step else network_answers)(problem).tolerance
    else:
        given, cotangents = (
            (problem.first_step, problem.step_cotangents) if step else (problem.given, problem.cotangents)
        )
        dtype = COARSER[problem.dtype] if layout.coarser else problem.dtype
        numbers = {s: layout.numbers(value) for s, value in cotangents.items()}
        tolerance = tolerances_of(given.at(x=layout.numbers(given.x)), dtype, numbers)
    doubled = {one: 2 * value for one, value in tolerance.items()}
    return of_a_step(cell, doubled) if step else doubled


def of_a_step(cell: Any, tensors: Tensors) -> Tensors:
    """Returns tensors of a sequence of one step by the names of a step, without the time axis."""
    return {cell.of_step.get(name, name): one[..., 0] if one.ndim == 3 else one for name, one in tensors.items()}

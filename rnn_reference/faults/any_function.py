"""Mistakes that any function can make. Each factory takes the cell and a right function, and returns a wrong one."""

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from rnn_reference.cells.cell import ROLES, Cell
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell

THE_SIZES = "numbers in the code that are sizes: 3, 5, 2, 10, 4"


@fault_of_any_cell("forward", any_function=True, where=THE_SIZES,
                   change="read every size from the shapes of the arguments", seen="public notebooks",
                   variants={"buffers": {"buffers": True}, "steps": {"buffers": False}})  # fmt: skip
def sizes_hard_coded(cell: Cell, right: Function, buffers: bool) -> Function:
    """It is right only at the sizes of the course: n_x=3 n_a=5 n_y=2 m=10 T_x=4."""
    lengths = {"n_x": 3, "n_a": 5, "n_y": 2, "m": 10, "T_x": 4}

    def forward(x: Any, *rest: Any) -> Any:
        results = cell.forward.results(right(x[:, :, [0, 1, 2, 3]], *rest))
        for name in cell.forward.tensors:
            if buffers:
                np.zeros(cell.shape(name, lengths))[...] = results[name]
            results[name] = np.pad(results[name], ((0, 0), (0, 0), (0, x.shape[2] - 4)))
        return tuple(results[name] for name in cell.forward.returns)

    return forward


def _arguments_of(role: str) -> Callable[[Cell], Variants]:
    """Variants of a function that modifies an argument: each argument, and one of the parameters."""

    def variants(cell: Cell) -> Variants:
        arguments = cell.function(role).arguments if role in ("cell_forward", "forward") else ("x",)
        parameter = next(reversed(cell.trained)) if role == "cell_forward" else cell.trained[-2]
        return {
            parameter if name == "parameters" else name: {"position": n, "name": parameter * (name == "parameters")}
            for n, name in enumerate(arguments)
        }

    return variants


MODIFIED: dict[str, Any] = {
    "any_function": True,
    "where": "assignments into arrays that were passed in: x[...] =, a0 +=",
    "change": "work on a copy",
    "seen": "keras-team/keras#23462",
}


@fault_of_any_cell("forward", variants=_arguments_of("forward"), **MODIFIED)
@fault_of_any_cell("cell_forward", variants=_arguments_of("cell_forward"), **MODIFIED)
@fault_of_any_cell("activation", variants=_arguments_of("activation"), **MODIFIED)
def inputs_modified(cell: Cell, right: Function, position: int, name: str) -> Function:
    """The arguments are modified: x, {initial} or the parameters are not as before the call."""

    def wrong(*inputs: Any) -> Any:
        copies = [{k: np.array(v) for k, v in i.items()} if isinstance(i, dict) else np.array(i) for i in inputs]
        result = right(*copies)
        given = inputs[position][name] if name else inputs[position]
        given += 1
        return result

    return wrong


def _moved(result: Any, by: Callable[[Any], Any]) -> Any:
    """A result with its first array changed, in a dict a weight's gradient; ``by`` gives the change for a shape."""
    if isinstance(result, dict):
        name = next(name for name in result if name.startswith("dW"))
        return {**result, name: result[name] + by(result[name].shape)}
    if isinstance(result, tuple):
        return (result[0] + by(result[0].shape), *result[1:])
    return result + by(result.shape)


@fault_of_any_cell(*ROLES, any_function=True, seen="soumith/cudnn.torch#348",
                   where="what is kept between calls: module-level arrays, default arguments",
                   change="start every call from its arguments alone")  # fmt: skip
def state_between_calls(cell: Cell, right: Function) -> Function:
    """The second call differs from the first: something is kept between calls."""
    calls = count()

    def wrong(*inputs: Any) -> Any:
        kept = 0.01 * next(calls)
        return _moved(right(*inputs), lambda shape: kept)

    return wrong


@fault_of_any_cell(*ROLES, any_function=True, seen="pytorch/pytorch#35661",
                   where="random numbers, and arrays made with np.empty",
                   change="remove everything random; start from np.zeros")  # fmt: skip
def not_repeatable(cell: Cell, right: Function) -> Function:
    """Two equal calls give different results, also after a restart."""
    rng = np.random.default_rng()
    return lambda *inputs: _moved(right(*inputs), lambda shape: 0.01 * rng.standard_normal(shape))


@fault_of_any_cell(*ROLES, any_function=True, seen="a public notebook", where="the line that the error names",
                   change="write float for np.float, np.float64 for np.float_, and so on")  # fmt: skip
def removed_numpy_name(cell: Cell, right: Function) -> Function:
    """It uses a name that numpy has removed, such as np.float."""
    removed = "float"
    return lambda *inputs: _moved(right(*inputs), lambda shape: getattr(np, removed)(0))

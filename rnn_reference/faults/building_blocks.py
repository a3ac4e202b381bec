"""Building blocks for the faults of any cell."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.fault import Function
from rnn_reference.cells.loop import forward_of

Arrays = list[Array]


def results_of(cell: Cell, step: Function, *arguments: Any) -> dict[str, Any]:
    """Returns the results of a right loop over ``step``, by name."""
    return cell.forward.results(forward_of(cell, step)(*arguments))


def in_order(cell: Cell, results: Mapping[str, Any]) -> tuple[Any, ...]:
    """Returns the results of a forward function as a tuple, in its order."""
    return tuple(results[name] for name in cell.forward.returns)


def called(cell: Cell, step: Function, x: Array, states: Sequence[Any], parameters: Any) -> dict[str, Any]:
    """Returns the results of a right loop over ``step`` for other inputs, by name."""
    initial = {f"{s}0": state for s, state in zip(cell.states, states, strict=True)}
    return results_of(cell, step, *cell.forward.ordered({"x": x, "parameters": parameters, **initial}))


def added(one: Sequence[Array], other: Sequence[Any]) -> list[Array]:
    """Returns the sum for each state."""
    return [a + b for a, b in zip(one, other, strict=True)]


def shifted(array: Array, by: int, wraps: bool) -> Array:
    """Returns the array with each step stored ``by`` steps later. The free steps are zero, or wrap around."""
    moved = np.roll(array, by, axis=2)
    if not wraps:
        moved[:, :, slice(by) if by > 0 else slice(by, None)] = 0
    return moved


def scaled(right: Function, names: Sequence[str], factor: Callable[[Array], float]) -> Function:
    """Returns a backward function with some gradients multiplied by a factor. ``factor`` takes the first cotangent."""

    def backward(*arguments: Any) -> Gradients:
        return {name: factor(arguments[0]) * g if name in names else g for name, g in right(*arguments).items()}

    return backward


def each_and_all(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Returns variants of a mistake: in each tensor alone, and in all tensors."""
    return {name: {"names": (name,)} for name in names} | {"all": {"names": tuple(names)}}


def each_state(cell: Cell) -> dict[str, dict[str, Any]]:
    """Returns variants of a mistake: in each state alone, and in all. For a cell with one state it has no name."""
    if len(cell.states) == 1:
        return {"": {"states": cell.states}}
    return {"all": {"states": cell.states}} | {s: {"states": (s,)} for s in cell.states}


MAX_FOR_SUBSETS = 3
"""Up to this number of tensors, every subset is a variant. For more, the variants are each tensor alone, and all."""


def subsets(names: Sequence[str], without: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Returns variants of a mistake in any subset of the tensors, except the subsets of ``without``."""
    if len(names) > MAX_FOR_SUBSETS:
        return {name: some for name, some in each_and_all(names).items() if not {*some["names"]} <= {*without}}
    chosen = [some for count in range(len(names), 0, -1) for some in combinations(names, count)]
    ordered = sorted(chosen, key=lambda some: [name in some for name in reversed(names)], reverse=True)
    return {", ".join(some): {"names": some} for some in ordered if not {*some} <= {*without}}

"""Pieces that mistakes in any cell's functions are made of."""

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
    """What a right loop over the cell returns, by name."""
    return cell.forward.results(forward_of(cell, step)(*arguments))


def in_order(cell: Cell, results: Mapping[str, Any]) -> tuple[Any, ...]:
    """The results of a forward function as it returns them."""
    return tuple(results[name] for name in cell.forward.returns)


def called(cell: Cell, step: Function, x: Array, states: Sequence[Any], parameters: Any) -> dict[str, Any]:
    """What a right loop returns for other inputs, by name."""
    initial = {f"{s}0": state for s, state in zip(cell.states, states, strict=True)}
    return results_of(cell, step, *cell.forward.ordered({"x": x, "parameters": parameters, **initial}))


def shifted(array: Array, by: int, wraps: bool) -> Array:
    """Every step's entry stored ``by`` steps later; what is left free is zero, or comes round from the other end."""
    moved = np.roll(array, by, axis=2)
    if not wraps:
        moved[:, :, slice(by) if by > 0 else slice(by, None)] = 0
    return moved


def scaled(right: Function, names: Sequence[str], factor: Callable[[Array], float]) -> Function:
    """A backward function, of a step or a sequence, with some gradients multiplied by a factor of the cotangent."""

    def backward(*arguments: Any) -> Gradients:
        return {name: factor(arguments[0]) * g if name in names else g for name, g in right(*arguments).items()}

    return backward


def each_and_all(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Variants of a mistake that is made with one tensor, or with all."""
    return {name: {"names": (name,)} for name in names} | {"all": {"names": tuple(names)}}


MAX_FOR_SUBSETS = 3
"""Tensors of which every subset is a variant; of more, each alone and all together."""


def subsets(names: Sequence[str], without: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
    """Variants of a mistake that may be made with any of several tensors, but not with some of ``without`` alone."""
    if len(names) > MAX_FOR_SUBSETS:
        return {name: some for name, some in each_and_all(names).items() if not {*some["names"]} <= {*without}}
    chosen = [some for count in range(len(names), 0, -1) for some in combinations(names, count)]
    ordered = sorted(chosen, key=lambda some: [name in some for name in reversed(names)], reverse=True)
    return {", ".join(some): {"names": some} for some in ordered if not {*some} <= {*without}}

"""Building blocks for the faults of any cell."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edits import Edited, Function, around

Arrays = list[Array]


def added(one: Sequence[Array], other: Sequence[Any]) -> list[Array]:
    """Returns the sum for each state."""
    return [a + b for a, b in zip(one, other, strict=True)]


def shifted(array: Array, by: int, wraps: bool) -> Array:
    """Returns the array with each step stored ``by`` steps later. The free steps are zero, or wrap around."""
    moved = np.roll(array, by, axis=2)
    if not wraps:
        moved[:, :, slice(by) if by > 0 else slice(by, None)] = 0
    return moved


SHIFTS = {
    f"{by:+d}, {'round' if wraps else 'zero'}": {"by": by, "wraps": wraps} for by in (1, -1) for wraps in (False, True)
}
"""The ways to shift an array by one step."""


def with_results(right: Function, change: Callable[[Array, Gradients], Gradients]) -> Edited:
    """Returns a backward function with other results: ``change`` takes the first cotangent and the results."""

    def changed(backward: Function) -> Function:
        return lambda *arguments: change(arguments[0], backward(*arguments))

    return around(right, changed)


def each_changed(right: Function, names: Sequence[str], change: Callable[[Array, Array], Array]) -> Edited:
    """Returns a backward function with some gradients changed. ``change`` takes the first cotangent and a gradient."""
    return with_results(right, lambda da, found: {n: change(da, g) if n in names else g for n, g in found.items()})


def scaled(right: Function, names: Sequence[str], factor: Callable[[Array], float]) -> Edited:
    """Returns a backward function with some gradients multiplied by a factor. ``factor`` takes the first cotangent."""
    return each_changed(right, names, lambda da, gradient: factor(da) * gradient)


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

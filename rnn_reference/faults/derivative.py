"""The right backward pass for any forward pass, also a wrong one: its exact derivative, by complex steps."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.fault import Function
from rnn_reference.numerics.complex_step import by_complex_step


def derivative_of(
    cell: Cell, forward: Function, cotangents: Mapping[str, Array], arguments: Sequence[Any]
) -> Gradients:
    """Returns the right gradients for a forward function. The function must take complex numbers.

    ``cotangents`` are those of the states, by name; ``arguments`` are those of the forward function. It is called once
    for every element of every input.
    """
    given = cell.forward.named(arguments)
    parameters = given.pop("parameters")
    inputs = {**given, **{name: parameters[name] for name in cell.trained}}
    others = {name: np.asarray(value).astype(complex) for name, value in parameters.items()}

    def states(moved: Mapping[str, Array]) -> dict[str, Array]:
        own = {name: moved[name] for name in cell.trained}
        return cell.forward.results(forward(*cell.forward.ordered({**moved, "parameters": others | own})))

    found = by_complex_step(states, inputs, cotangents)
    return {f"d{name}": value for name, value in found.items()}


def cell_backward_of(cell: Cell, cell_forward: Function) -> Function:
    """Returns the right step backward for a step forward. The cache of the step holds its arguments."""

    def cell_backward(*arguments: Any) -> Gradients:
        given = cell.cell_backward.named(arguments)
        step = dict(zip(cell.cache, given["cache"], strict=True))
        parameters = step["parameters"]
        inputs = {name: step[name] for name in ("xt", *(f"{s}_prev" for s in cell.states))}
        inputs |= {name: parameters[name] for name in cell.trained}
        others = {name: np.asarray(value).astype(complex) for name, value in parameters.items()}

        def states(moved: Mapping[str, Array]) -> dict[str, Array]:
            own = {name: moved[name] for name in cell.trained}
            called = cell_forward(*cell.cell_forward.ordered({**moved, "parameters": others | own}))
            return cell.cell_forward.results(called)

        cotangents = {f"{s}_next": given[f"d{s}_next"] for s in cell.states}
        return {f"d{name}": value for name, value in by_complex_step(states, inputs, cotangents).items()}

    return cell_backward

"""One step of any cell, forward and backward, with points that mistakes can change."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edits import Edited, Function, Points, under
from rnn_reference.cells.functions import cell_backward_of, cell_forward_of
from rnn_reference.numerics.affine import Affine

Change = Callable[[Any], Any]
"""``change(v)`` returns one gradient, from the values of the step backward and its gradients so far, as attributes."""


def step_forward(cell: Cell, *activations: Function, **points: Any) -> Edited:
    """Returns a step forward. Other ``activations`` than the right ones are given in the cell's order.

    Its points: an activation, by its name; ``line:c_next``, a line of the equations; ``parameters``, a chain of
    functions of them; ``term:z:a``, the product of a weight and an operand in a map; ``bias:z``, of the bias of a map;
    ``head:state(values of the step)`` and ``head:bias(bias)``, for the scores.
    """
    given = zip(activations, cell.activations.items(), strict=False)
    others = {name: own for own, (name, right) in given if own is not right.function}
    return Edited(_step_forward, (cell,), {**others, **points})


def _step_forward(cell: Cell, points: Points) -> Function:
    activations = [points.get(name, right.function) for name, right in cell.activations.items()]
    maps, lines, head = _maps_with(points), under(points, "line"), under(points, "head")

    def scores(of: Any, values: Mapping[str, Any], p: Mapping[str, Array]) -> Array:
        state, bias = head.get("state", lambda values: values["after"]), head.get("bias", lambda bias: bias)
        return np.asarray(p[of.weight] @ state(values) + bias(p[of.bias]))

    step = partial(cell.step, lines=lines) if lines else None
    return cell_forward_of(cell, *activations, affine=maps, scores=scores, step=step)


def _maps_with(points: Points) -> type[Affine]:
    """Returns the affine maps with other terms, biases or parameters."""
    terms, biases, used = under(points, "term"), under(points, "bias"), points.get("parameters", ())
    if not terms and not biases and not used:
        return Affine

    class Other(Affine):
        def __init__(self, maps: Any, parameters: Any) -> None:
            for change in used:
                parameters = change(parameters)
            super().__init__(maps, parameters)

        def __call__(self, name: str, /, **operands: Any) -> Any:
            bias = biases.get(name)
            if bias is None and not any(f"{name}:{operand}" in terms for operand in operands):
                return super().__call__(name, **operands)
            found = [terms.get(f"{name}:{operand}", np.matmul)(W, u) for operand, W, u in self._apart(name, operands)]
            b = self.parameters[self.maps[name].bias]
            self.results[name] = self.summed(found, bias(b) if bias else b)
            return self.results[name]

        def _apart(self, name: str, operands: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
            """Returns the terms of a map: for each operand its name, its columns of the weight, and its value."""
            found = []
            for weight, names in self.maps[name].weights.items():
                ends = np.cumsum([operands[operand].shape[-2] for operand in names])
                columns = np.split(self.parameters[weight], ends[:-1], axis=1)
                found += [(operand, W, operands[operand]) for operand, W in zip(names, columns, strict=True)]
            return found

    return Other


@cache
def right_step_backward(cell: Cell) -> Edited:
    """Returns the right step backward, with nothing changed."""
    return step_backward(cell)


def step_backward(cell: Cell, **points: Any) -> Edited:
    """Returns a step backward.

    Its points: ``line:dc``, a line of the gradient's equations; ``gradient:dWf``, one of its results, a ``Change``.
    """
    return Edited(_step_backward, (cell,), points)


def _step_backward(cell: Cell, points: Points) -> Function:
    lines, changes = under(points, "line"), under(points, "gradient")
    seen: dict[str, Any] = {}

    def back(*given: Any) -> Any:
        return cell.back(*given, lines=lines, seen=seen)  # type: ignore[misc]

    right = cell_backward_of(cell, back if lines or changes else None)
    names = [name for name in (*cell.weight_gradients, *cell.cell_backward.returns) if name in changes]
    if not changes:
        return right

    def cell_backward(*arguments: Any) -> Gradients:
        found: Gradients = right(*arguments)
        given = cell.cell_backward.named(arguments)
        parts = dict(zip(cell.cache, given.pop("cache"), strict=True))
        values = SimpleNamespace(**parts, **parts["parameters"], **given)
        vars(values).update(seen | found)
        for name in names:
            found = {**found, name: changes[name](values)}
            setattr(values, name, found[name])
        return found

    return cell_backward

"""The functions of any cell, made from its equations, with parameters for the places where people make mistakes.

Unlike the reference, they do not check their arguments, so that the catalogue of mistakes runs fast. Shapes and caches
are those of the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.description import Back, Head, Step
from rnn_reference.cells.loop import Function, backward_of, forward_of
from rnn_reference.cells.trace import back_of
from rnn_reference.numerics.affine import Affine

AffineKind = Callable[[Any, Any], Affine]
Scores = Callable[[Head, Mapping[str, Any], Any], Any]
"""``scores(head, values of a step by name, parameters)`` returns the argument of softmax."""


def softmax(x: Array, axis: int | None = 0) -> Array:
    """Returns ``exp(x) / sum(exp(x))`` over ``axis``, also for complex ``x``."""
    e = np.exp(x - x.real.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def scores(head: Head, values: Mapping[str, Any], p: Mapping[str, Array]) -> Array:
    """Returns ``W a_next + b``, ``(n_y, m)``. A fault may use other values of the step."""
    return np.asarray(p[head.weight] @ values["after"] + p[head.bias])


def cell_forward_of(
    cell: Cell, *activations: Function, affine: AffineKind = Affine, scores: Scores = scores, step: Step | None = None
) -> Function:
    """Returns a step forward. Other ``activations`` than the right ones are given in the cell's order.

    ``step`` replaces the equations.
    """
    equations = step or cell.step
    given = dict(zip(cell.activations, activations, strict=False))
    predict = given.pop("softmax_forward", softmax)
    keywords = {name.removesuffix("_forward"): function for name, function in given.items()}

    def cell_forward(*arguments: Any) -> tuple[Any, ...]:
        named = cell.cell_forward.named(arguments)
        p, before = named["parameters"], tuple(named[f"{s}_prev"] for s in cell.states)
        maps = affine(cell.maps, p)
        after, kept = equations(maps, named["xt"], before, **keywords)
        values = {"after": after[0], "states": after, "before": before[0], "z": maps.results}
        prediction = predict(scores(cell.head, values, p))
        return (*after, prediction, cache_of(cell, after, before, kept, named["xt"], p))

    return cell_forward


def cell_backward_of(cell: Cell, back: Back | None = None, affine: AffineKind = Affine) -> Function:
    """Returns a step backward. ``back`` and ``affine`` replace the gradient of the equations and the affine maps."""
    derivative = back_of(replace(cell, back=back or cell.back))

    def cell_backward(*arguments: Any) -> dict[str, Array]:
        named = cell.cell_backward.named(arguments)
        step = dict(zip(cell.cache, named["cache"], strict=True))
        after, before = (tuple(step[f"{s}_{when}"] for s in cell.states) for when in ("next", "prev"))
        maps = affine(cell.maps, step["parameters"])
        if cell.multiplies_only_inputs:
            maps.remember({"x": step["xt"], **dict(zip(cell.states, before, strict=True))})
        else:
            cell.step(maps, step["xt"], before)
        dstates = tuple(named[f"d{s}_next"] for s in cell.states)
        dxt, found = derivative(maps, dstates, after, before, {name: step[name] for name in cell.kept}, step["xt"])
        weights = maps.gradients()
        gradients = {f"d{s}_prev": gradient for s, gradient in zip(cell.states, found, strict=True)}
        return {"dxt": dxt, **gradients, **{name: weights[name] for name in cell.weight_gradients}}

    return cell_backward


def cache_of(cell: Cell, after: Any, before: Any, kept: Mapping[str, Any], xt: Any, parameters: Any) -> tuple[Any, ...]:
    """Returns the document's cache of a step."""
    named = {"xt": xt, "parameters": parameters, **kept}
    for s, new, old in zip(cell.states, after, before, strict=True):
        named |= {f"{s}_next": new, f"{s}_prev": old}
    return tuple(named[name] for name in cell.cache)


def kept_by(cell: Cell, xt: Array, before: tuple[Array, ...], parameters: Mapping[str, Array]) -> Mapping[str, Any]:
    """Returns the values that a right step keeps, by name. The step runs only if the cell keeps any."""
    return cell.step(Affine(cell.maps, parameters), xt, before)[1] if cell.kept else {}


def caches_at(cell: Cell, given: Any, states: Mapping[str, Array]) -> tuple[list[Any], Array]:
    """Returns the document's caches for ``Inputs`` and states ``(n_a, m, T_x)``, which may be wrong."""
    steps = []
    for t, at in enumerate(given.each_step(states)):
        after, before = tuple(states[s][:, :, t] for s in cell.states), tuple(at.initial[s] for s in cell.states)
        xt = at.x[:, :, 0]
        kept = kept_by(cell, xt, before, at.parameters)
        steps.append(cache_of(cell, after, before, kept, xt, at.parameters))
    return steps, given.x


@cache
def reference_of(cell: Cell) -> Any:
    """Returns an object with the reference functions: the cell's ``home``, or functions made from its equations."""
    return import_module(cell.home) if cell.home else functions_of(cell)


def functions_of(cell: Cell) -> SimpleNamespace:
    """Returns all functions of a cell, made from its equations."""
    made = {name: activation.function for name, activation in cell.activations.items()}
    step, back = cell_forward_of(cell), cell_backward_of(cell)
    made |= {cell.cell_forward.name: step, cell.forward.name: forward_of(cell, step)}
    made |= {cell.cell_backward.name: back, cell.backward.name: backward_of(cell, back)}
    return SimpleNamespace(**made)

"""The right answers to a problem and their tolerances, computed once for each problem."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell, Function
from rnn_reference.cells.functions import reference_of
from rnn_reference.cells.rounding import backward_tolerances, tolerances
from rnn_reference.cells.trace import gradients_at_states
from rnn_reference.numerics.stochastic import unit_roundoff
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem

Tensors = dict[str, Array]


class Answers(NamedTuple):
    """The results of the reference in float64, by name, and a tolerance of the same shape for each result.

    ``forward`` are the states and the predictions, ``gradients`` the results of the backward function.
    """

    forward: Tensors
    gradients: Tensors
    tolerance: Tensors


@lru_cache(maxsize=64)
def network_answers(problem: Problem) -> Answers:
    """Returns the answers for the two functions of the whole sequence."""
    return _answers(problem.given, problem.cotangents, _tolerances(problem, step=False))


@lru_cache(maxsize=64)
def cell_answers(problem: Problem) -> Answers:
    """Returns the answers for the two functions of a step, at the first step, with the names of a sequence."""
    return _answers(problem.first_step, problem.step_cotangents, _tolerances(problem, step=True))


def answers_to(given: Inputs, cotangents: Mapping[str, Array], dtype: str) -> Answers:
    """Returns the answers to any inputs and cotangents."""
    return _answers(given, cotangents, tolerances_of(given, dtype, cotangents))


def _tolerances(problem: Problem, step: bool) -> Tensors:
    """Returns the tolerances at a problem. Those for float32 are computed from its numbers in float64, once for both.

    Rounding the numbers to float32 changes a tolerance by 1e-7 of itself.
    """
    numbers = "float64" if problem.dtype == "float32" else problem.dtype
    times = unit_roundoff(problem.dtype) / unit_roundoff(numbers)
    return {name: times * value for name, value in _tolerances_of(problem.at(dtype=numbers), step).items()}


@lru_cache(maxsize=128)
def _tolerances_of(problem: Problem, step: bool) -> Tensors:
    given, cotangents = (problem.first_step, problem.step_cotangents) if step else (problem.given, problem.cotangents)
    return tolerances_of(given, problem.dtype, cotangents)


def _answers(given: Inputs, cotangents: Mapping[str, Array], tolerance: Tensors) -> Answers:
    cell = given.cell
    returned = cell.forward.results(_reference(given, cell.forward.name)(*given.forward))
    gradients = _reference(given, cell.backward.name)(*backward_arguments(given, cotangents, returned["caches"]))
    forward = {name: returned[name] for name in cell.forward.tensors}
    return Answers(forward, gradients, tolerance)


def reference_states(given: Inputs) -> Tensors:
    """Returns the states of the reference for any inputs, by name."""
    returned = given.cell.forward.results(_reference(given, given.cell.forward.name)(*given.forward))
    return {s: returned[s] for s in given.cell.states}


@lru_cache(maxsize=64)
def reference_at(problem: Problem, function: Function) -> Tensors:
    """Returns the reference's results of a function on a problem, by name, without tolerances."""
    forward = function.partner if function.takes_cache else function
    results = forward.results(_reference(problem.given, forward.name)(*problem.arguments(forward)))
    if not function.takes_cache:
        return {name: results[name] for name in function.tensors}
    name, cache = forward.returns[-1], results[forward.returns[-1]]
    arguments = function.ordered({**problem.cotangents_of(function), name: cache})
    return function.results(_reference(problem.given, function.name)(*arguments))


@lru_cache(maxsize=256)
def reference_in(problem: Problem, function: Function, dtype: str) -> Tensors:
    """Returns the reference's results of a function on a problem, computed in ``dtype``, by name."""
    forward = function.partner if function.takes_cache else function
    given = [_in_dtype(one, dtype) for one in problem.arguments(forward)]
    results = forward.results(_reference(problem.given, forward.name)(*given))
    if function.takes_cache:
        cotangents = {name: value.astype(dtype) for name, value in problem.cotangents_of(function).items()}
        name = forward.returns[-1]
        arguments = function.ordered({**cotangents, name: results[name]})
        results = function.results(_reference(problem.given, function.name)(*arguments))
    return {name: results[name] for name in function.tensors}


def _in_dtype(value: Any, dtype: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _in_dtype(one, dtype) for name, one in value.items()}
    return value.astype(dtype)


def tolerances_of(given: Inputs, dtype: str, cotangents: Mapping[str, Array]) -> Tensors:
    """Returns the tolerance of each result on given inputs, by name and of its shape."""
    cell = given.cell
    initial = list(given.start.values())
    return tolerances(cell, given.x, initial, given.parameters, complete(cell, cotangents), unit_roundoff(dtype))


def complete(cell: Cell, cotangents: Mapping[str, Array]) -> list[Array]:
    """Returns the cotangent of each state, in order. One that is not there is zero."""
    first = cotangents[cell.states[0]]
    return [cotangents.get(s, np.zeros_like(first)) for s in cell.states]


def forward_tolerance(problem: Problem) -> Tensors:
    """Returns the tolerance between two right runs of the forward function, for each result."""
    tolerance = network_answers(problem).tolerance
    return {name: 2 * tolerance[name] for name in problem.cell.forward.tensors}


def gradients_at(
    states: Mapping[str, Array], given: Inputs, cotangents: Mapping[str, Array], dtype: str
) -> tuple[Tensors, Tensors]:
    """Returns the reference's gradients at given states ``(n_a, m, T_x)``, and their tolerances.

    The states may be wrong. A backward pass that returns these gradients is right for any forward pass.
    """
    cell = given.cell
    initial = list(given.start.values())
    found = [states[s] for s in cell.states]
    ordered = complete(cell, cotangents)
    tolerance = backward_tolerances(cell, given.x, initial, given.parameters, found, ordered, unit_roundoff(dtype))
    return gradients_at_states(cell, given.x, initial, given.parameters, found, ordered), tolerance


def backward_arguments(given: Inputs, cotangents: Mapping[str, Array], caches: Any) -> tuple[Any, ...]:
    """Returns the arguments of the backward function of the sequence, in order."""
    return given.cell.backward.ordered({"caches": caches, **{f"d{s}": value for s, value in cotangents.items()}})


def _reference(given: Inputs, name: str) -> Any:
    return getattr(reference_of(given.cell), name)

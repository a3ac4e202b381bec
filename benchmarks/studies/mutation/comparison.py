"""Compares a network with right results, and with another network, without a tolerance of rnn-reference."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from benchmarks.studies.mutation.right_answers import Case, cases
from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.registry import cell_named
from rnn_reference.problems.problem import Problem

CLOSE = 1e-12
"""Results are equal if they differ by no more than this times the largest of their array."""

Functions = Mapping[str, Callable[..., Any]]
Answers = dict[str, dict[str, Any]]


def takes_optional(cell: Cell, functions: Functions) -> bool:
    """True if the forward function takes every optional argument of its cell."""
    forward = cell.forward
    return len(inspect.signature(functions[forward.name]).parameters) >= len(forward.arguments + forward.optional)


def asked(cell: str, functions: Functions) -> list[Case]:
    """Return the cases that can be asked of these functions."""
    return cases(cell, takes_optional(cell_named(cell), functions))


def answers(functions: Functions, problem: Problem) -> Answers:
    """Return every result by function and name, from copies of the arrays of the problem.

    The backward functions are called twice; the second results count too. The arguments after the calls are results of
    the function that was called last. Steps are asked if the problem has one step. Raises whatever a function raises.
    """
    cell, found = problem.cell, {}
    given = _copied(problem)
    for name in cell.activations:
        if name in functions:
            found[name] = {name: functions[name](given["x"][:, :, 0])}
    pairs = [(cell.forward, cell.backward)]
    if problem.T_x == 1 and cell.cell_forward.name in functions:
        pairs.append((cell.cell_forward, cell.cell_backward))
        given |= _of_step(cell, given)
    for forward, backward in pairs:
        results = forward.results(functions[forward.name](*forward.ordered(given)))
        found[forward.name] = {name: np.array(results[name]) for name in forward.tensors}
        if backward.name in functions:
            arguments = backward.ordered({**given, forward.returns[-1]: results[forward.returns[-1]]})
            first, second = (dict(functions[backward.name](*arguments)) for _ in range(2))
            found[backward.name] = {**first, **{f"{name} again": value for name, value in second.items()}}
        last = backward.name if backward.name in functions else forward.name
        found[last] |= {f"given {name}": value for name, value in _flat(given) if isinstance(value, np.ndarray)}
    return found


def _copied(problem: Problem) -> dict[str, Any]:
    named = {name: np.array(array) for name, array in problem.arrays.items() if name not in problem.without}
    return {**named, "parameters": {name: named[name] for name in problem.cell.parameters}}


def _of_step(cell: Cell, given: Mapping[str, Any]) -> dict[str, Array]:
    """Return the arguments of one step: those of a sequence of one step, with zeros for what it lacks."""
    first = given[f"{cell.states[0]}0"]
    step = {f"{s}_prev": np.array(given.get(f"{s}0", 0 * first)) for s in cell.states}
    cotangents = {f"d{s}_next": np.array(given.get(f"d{s}", 0 * first[:, :, None])[:, :, 0]) for s in cell.states}
    return {"xt": np.array(given["x"][:, :, 0]), **step, **cotangents}


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        yield from ((name, value),) if not isinstance(value, dict) else value.items()


def expected(case: Case, of_right: Answers) -> Answers:
    """Return the right results in the form of ``answers``, for the names that a right network gives."""
    cell, known = case.problem.cell, dict(case.right)
    if case.problem.T_x == 1:
        known |= _named_as_step(cell, known)
    given = {f"given {name}": value for name, value in _flat(_copied(case.problem))}
    if case.problem.T_x == 1:
        given |= {f"given {name}": value for name, value in _of_step(cell, _copied(case.problem)).items()}
    found: Answers = {}
    for function, names in of_right.items():
        step = function in (cell.cell_forward.name, cell.cell_backward.name)
        found[function] = {}
        for name in names:
            value = given[name] if name in given else known[name.removesuffix(" again")]
            found[function][name] = value[:, :, 0] if step and name not in given and value.ndim == 3 else value
    return found


def _named_as_step(cell: Cell, known: Mapping[str, Array]) -> dict[str, Array]:
    names = {"dxt": "dx", cell.head.of_step: cell.head.of_sequence}
    for s in cell.states:
        names |= {f"{s}_next": s, f"d{s}_prev": f"d{s}0"}
    return {new: known[old] for new, old in names.items() if old in known}


def differing(got: Answers, right: Answers) -> set[str]:
    """Return the functions with a result that is not there, has another shape, or is not close."""
    return {function for function, results in right.items() if not _all_close(got.get(function, {}), results)}


def _all_close(got: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return all(name in got and is_close(np.asarray(got[name]), np.asarray(value)) for name, value in right.items())


def is_close(got: Array, right: Array) -> bool:
    """True if no element is further off than ``CLOSE`` times the largest element."""
    if got.shape != right.shape or got.dtype.kind not in "fiu":
        return False
    return bool(np.all(np.abs(got - right) <= CLOSE * np.max(np.abs(right), initial=0)))

"""Inputs that a wrong forward function does not use: their gradient is zero, and zero is no mistake there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.problem import Problem


def without_unused(
    own: Implementation, forward: Signature, inputs: tuple[Any, ...], states: Mapping[str, Array], got: dict[str, Array]
) -> dict[str, Array]:
    """Returns the gradients, without those that are zero because the forward function does not use the input.

    ``inputs`` are the arguments of the forward function, ``states`` the states that it returned for them.
    """
    given = forward.named(inputs)
    zero = [name for name, gradient in got.items() if gradient.size and not gradient.any()]
    unused = [name for name in zero if _is_unused(own, forward, given, states, name.removeprefix("d"))]
    return {name: gradient for name, gradient in got.items() if name not in unused}


def unused_starts(own: Implementation, cell: Cell, problem: Problem) -> tuple[str, ...]:
    """Returns the states whose initial values the forward function of the sequence does not use."""
    inputs = problem.arguments(cell.forward)
    try:
        results = own.ask(cell.forward.name, *inputs)
    except Outcome:
        return ()
    states, given = {s: results[s] for s in cell.states}, cell.forward.named(inputs)
    return tuple(s for s in cell.states if _is_unused(own, cell.forward, given, states, f"{s}0"))


def _is_unused(
    own: Implementation, forward: Signature, given: Mapping[str, Any], states: Mapping[str, Array], name: str
) -> bool:
    """True if the states stay the same when this input is doubled and raised."""
    if name in given:
        moved = {**given, name: 2 * given[name] + 1}
    elif name in given["parameters"]:
        moved = {**given, "parameters": {**given["parameters"], name: 2 * given["parameters"][name] + 1}}
    else:
        return False
    try:
        results = own.ask(forward.name, *forward.ordered(moved))
    except Outcome:
        return False
    own_names = {s: f"{s}_next" if f"{s}_next" in results else s for s in states}
    return all(np.array_equal(results[own_names[s]], value) for s, value in states.items())

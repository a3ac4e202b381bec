"""Right results for mutants, from no code of rnn-reference: certified values, and fresh problems in 100 digits.

The fresh ones are made like the certified ones (``benchmarks/studies/certify.py``): the chain rule in mpmath, and for
the small ones the complex step too, which must agree to 50 digits. Then each value is rounded once.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from benchmarks.studies import certify
from benchmarks.studies.multiprecision import exact, rounded, set_digits, softmax, tanh
from rnn_reference.arrays import Array
from rnn_reference.paths import golden_folder
from rnn_reference.problems.golden import read_certified
from rnn_reference.problems.problem import Problem

SMALL = 20
"""How many fresh problems are small."""


class Case(NamedTuple):
    """A problem, and its right results by name; those of an activation are for ``x`` at the first step."""

    problem: Problem
    right: dict[str, Array]


@cache
def cases(cell: str, optional: bool) -> list[Case]:
    """Return the certified and the fresh cases of a cell, for networks with or without optional arguments."""
    certified = read_certified(golden_folder(cell) / "certified.json").values()
    leave_out = () if optional else _optional(cell)
    own = [case for case in certified if case.problem.without == leave_out]
    fresh = [problem.at(cell_name=cell, without=leave_out) for problem in _fresh()]
    return [
        *(_with_activations(case.problem, case.arrays) for case in own),
        *(_with_activations(problem, _computed(problem, k < SMALL)) for k, problem in enumerate(fresh)),
    ]


def _optional(cell: str) -> tuple[str, ...]:
    functions = Problem(cell_name=cell).cell
    return (*functions.forward.optional, *functions.backward.optional)


def _fresh() -> list[Problem]:
    """Return problems of many sizes: small ones, two of each three with several steps, and large ones in one axis."""
    rng = np.random.default_rng(16)
    names, found = ("n_x", "n_a", "n_y", "m"), []
    for k in range(SMALL):
        sizes = {name: int(size) for name, size in zip(names, rng.integers(1, 6, 4), strict=True)}
        found.append(Problem(T_x=int(rng.integers(2, 6)) if k % 3 else 1, seed=100 + k, gain=1.0 + k % 2, **sizes))
    for k, name in enumerate((*names, "T_x") * 2):
        sizes = {**dict.fromkeys((*names, "T_x"), 3), "n_y": 4, name: int(rng.integers(17, 70))}
        found.append(Problem(seed=200 + k, **sizes))
    return found


def _computed(problem: Problem, small: bool) -> dict[str, Array]:
    cell = certify.CELLS[problem.cell_name]
    set_digits()
    inputs = {name: exact(array) for name, array in cell.inputs_of(problem).items()}
    carried = cell.through_time(inputs)
    if small:
        certify.require_agreement(f"{cell.NAME}, {problem}", carried, cell.stepped(inputs))
    return {name: rounded(array) for name, array in {**cell.forward(inputs), **carried}.items()}


def _with_activations(problem: Problem, arrays: Any) -> Case:
    set_digits()
    first = exact(problem.x[:, :, 0])
    return Case(problem, {**arrays, "tanh_forward": rounded(tanh(first)), "softmax_forward": rounded(softmax(first))})

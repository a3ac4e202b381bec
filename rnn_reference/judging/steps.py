"""Compares the results of the forward functions: those of a step with the reference, those of a loop step by step."""

from collections.abc import Mapping, Sequence

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.question import repeated
from rnn_reference.judging.batched import CheckSteps
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.problems.answers import Tensors, cell_answers, network_answers
from rnn_reference.problems.layouts import of_a_step
from rnn_reference.problems.problem import Problem


def step_close(judge: Judge, problem: Problem, *tensors: str) -> None:
    """Compare some results of a step, by their names in a sequence, with those of a sequence of one step."""
    cell, right = problem.cell, cell_answers(problem)
    got = judge.implementation.ask(cell.cell_forward.name, *problem.step)
    expected, tolerance = (
        of_a_step(cell, {name: of[name] for name in tensors}) for of in (right.forward, right.tolerance)
    )
    judge.close(got, expected, tolerance)


def step_by_step(judge: Judge, problem: Problem, *tensors: str) -> CheckSteps:
    """Compare each step of the loop with the implementation's own step from the same state, or with the reference.

    If every step of a loop is a step of its cell, the loop is right.
    """
    cell, right, source = problem.cell, network_answers(problem), "the reference gives"
    (got,) = yield repeated(cell.forward, problem.inputs)
    expected = right.forward
    if judge.implementation.offers(cell.cell_forward.name):
        require_shapes(got, {s: right.forward[s].shape for s in cell.states})
        each = problem.given.each_step({s: got[s] for s in cell.states})
        steps = yield repeated(cell.cell_forward, *(one.step for one in each))
        expected = joined(cell, steps)
        source = "your own cell, step by step, gives"
    judge.close(got, {name: expected[name] for name in tensors}, right.tolerance, source)


def joined(cell: Cell, steps: Sequence[Mapping[str, Array]]) -> Tensors:
    """Returns the results of single steps as those of a sequence."""
    return {name: np.stack([step[cell.of_step[name]] for step in steps], axis=2) for name in cell.forward.tensors}

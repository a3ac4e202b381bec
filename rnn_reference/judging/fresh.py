"""Fresh problems: sizes and numbers drawn from a seed, the same in every run."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from rnn_reference.cells.cell import Cell
from rnn_reference.judging.batched import CheckSteps, run_batched
from rnn_reference.judging.judge import Judge
from rnn_reference.problems.problem import Problem

AT_ONCE = 50
"""The number of problems that a check runs at once."""

SIZES = np.arange(1, 10)
"""Sizes of a problem: it has five of them, all different."""


@lru_cache(maxsize=1)
def fresh(examples: int, seed: int) -> list[tuple[Problem, int]]:
    """Returns ``examples`` problems with at least four steps, each with a step ``1 <= t < T_x``."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(examples):
        n_x, n_a, n_y, m, *rest = rng.permutation(SIZES).tolist()
        T_x = next(size for size in rest if size >= 4)
        t, own = int(rng.integers(1, T_x)), int(rng.integers(2**32))
        drawn.append((Problem(n_x, n_a, n_y, m, T_x, seed=own), t))
    return drawn


def on_every_problem(
    check: Callable[[Problem, int], CheckSteps], judge: Judge, cell: Cell, examples: int, seed: int
) -> None:
    """Run a check on fresh problems of a cell, the same for the same seed. Raises the outcome of the check.

    There is no search for a smaller problem: the problems are small, and a wrong network fails on all of them.
    """
    drawn = fresh(examples, seed)
    for start in range(0, len(drawn), AT_ONCE):
        some = [(judge.set_problem(problem.of(cell)), t) for problem, t in drawn[start : start + AT_ONCE]]
        run_batched(judge, [(problem, check(problem, t)) for problem, t in some])

"""Fresh problems: sizes by hypothesis, numbers by a seed."""

import itertools
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from rnn_reference.cells.cell import Cell
from rnn_reference.judging.batched import CheckSteps, run_batched
from rnn_reference.judging.judge import Judge
from rnn_reference.problems.problem import Problem

AT_ONCE = 50
"""Problems that a check is about at the same time."""

MAX_SIZES = 1000
"""Sizes that are drawn at most; of more problems some have the same, and other numbers."""

Sizes = tuple[int, int, int, int, int]
"""``n_x, n_a, n_y, m, T_x``."""


@st.composite
def sizes_and_step(draw: st.DrawFn) -> tuple[Sizes, int]:
    """Sizes that differ pairwise, each from 2 to 9, with at least four steps; and a step after the first."""
    n_x, n_a, n_y, m, *rest = draw(st.permutations(range(2, 10)))
    T_x = next(size for size in rest if size >= 4)
    return (n_x, n_a, n_y, m, T_x), draw(st.integers(1, T_x - 1))


@lru_cache(maxsize=1)
def fresh(examples: int, seed: int) -> list[tuple[Problem, int]]:
    """So many problems, each with a step ``1 <= t < T_x``; the same for the same seed."""
    drawn: list[tuple[Sizes, int]] = []

    @seeded(seed)
    @settings(
        max_examples=min(examples, MAX_SIZES),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(sizes_and_step())
    def draw(one: tuple[Sizes, int]) -> None:
        drawn.append(one)

    draw()
    # hypothesis would take some large numbers from whatever modules are loaded: they differ from run to run
    seeds = np.random.default_rng(seed).integers(2**32, size=examples).tolist()
    return [(Problem(*sizes, seed=own), t) for (sizes, t), own in zip(itertools.cycle(drawn), seeds, strict=False)]


def on_every_problem(
    check: Callable[[Problem, int], CheckSteps], judge: Judge, cell: Cell, examples: int, seed: int
) -> None:
    """Run a check of fresh problems of a cell, the same for the same seed; what it raises is raised.

    There is no search for a smaller problem: these are small, and a wrong network fails on all of them.
    """
    drawn = fresh(examples, seed)
    for start in range(0, len(drawn), AT_ONCE):
        some = [(judge.set_problem(problem.of(cell)), t) for problem, t in drawn[start : start + AT_ONCE]]
        run_batched(judge, [(problem, check(problem, t)) for problem, t in some])

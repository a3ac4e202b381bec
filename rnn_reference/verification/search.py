"""Fresh problems of every size, by hypothesis."""

from collections.abc import Callable
from functools import lru_cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from rnn_reference.verification.conversation import Conversation, hold
from rnn_reference.verification.judge import Judge
from rnn_reference.verification.problems import Problem

AT_ONCE = 50
"""Problems that a check is about at the same time."""


@st.composite
def problems(draw: st.DrawFn) -> tuple[Problem, int]:
    """A problem whose sizes differ pairwise, each from 2 to 9, with at least four steps; and a step after the first."""
    n_x, n_a, n_y, m, *rest = draw(st.permutations(range(2, 10)))
    T_x = next(size for size in rest if size >= 4)
    problem = Problem(n_x, n_a, n_y, m, T_x, seed=draw(st.integers(0, 2**32 - 1)))
    return problem, draw(st.integers(1, T_x - 1))


@lru_cache(maxsize=1)
def fresh(examples: int, seed: int) -> list[tuple[Problem, int]]:
    """So many problems, each with a step ``1 <= t < T_x``; the same for the same seed."""
    drawn = []

    @seeded(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(problems())
    def draw(one: tuple[Problem, int]) -> None:
        drawn.append(one)

    draw()
    return drawn


def on_every_problem(ask: Callable[[Problem, int], Conversation], judge: Judge, examples: int, seed: int) -> None:
    """Ask of ``examples`` fresh problems, the same for the same seed; what ``ask`` raises is raised.

    There is no search for a smaller problem: these are small, and a wrong network fails on all of them.
    """
    drawn = fresh(examples, seed)
    for start in range(0, len(drawn), AT_ONCE):
        some = [(judge.posed(problem), t) for problem, t in drawn[start : start + AT_ONCE]]
        hold(judge, [(problem, ask(problem, t)) for problem, t in some])

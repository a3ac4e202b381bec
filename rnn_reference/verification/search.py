"""Fresh problems of every size, by hypothesis."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from rnn_reference.verification.problems import Problem


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A problem whose sizes differ pairwise, each from 2 to 9, with at least four steps."""
    n_x, n_a, n_y, m, *rest = draw(st.permutations(range(2, 10)))
    T_x = next(size for size in rest if size >= 4)
    return Problem(n_x, n_a, n_y, m, T_x, seed=draw(st.integers(0, 2**32 - 1)))


def on_every_problem(ask: Callable[[Problem, int], None], examples: int, seed: int) -> None:
    """Ask of ``examples`` problems, each with a step ``1 <= t < T_x``; the same for the same seed.

    What ``ask`` raises is raised, once. No deadline, and no search for a smaller problem: these are small, and a
    wrong network fails on all of them.
    """

    @seeded(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(problems(), st.data())
    def run(problem: Problem, data: st.DataObject) -> None:
        ask(problem, data.draw(st.integers(1, problem.T_x - 1)))

    run()

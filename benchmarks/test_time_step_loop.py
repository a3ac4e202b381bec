"""The time-step loop across batch sizes, beside others'.

``pytest benchmarks [--rnn=THEIRS] [--grid=full]``; each group of the table is one size, and all in it do the same
work. A result is compared with the reference before it is timed, and each round times the reference too, so that a
ratio is one of neighbours.
"""

from functools import lru_cache

import numpy as np
import pytest
from grid import SECONDS, operations
from loops import Loop, Reference, require_agreement, right_answer
from results import DIRECTIONS
from side_by_side import CLOCK, peak_of, ratio

from rnn_reference.problems.problem import Problem

pytestmark = pytest.mark.benchmark(timer=CLOCK)

LIMIT: dict[tuple[Problem, str], float] = {}
"""The limit's time, ours as 1, where it has been measured."""


def test_forward(benchmark, problem, column, request):
    """Every step forward, the predictions included."""
    measure(benchmark, problem, *column, "forward", SECONDS[request.config.option.grid])


def test_forward_and_backward(benchmark, problem, column, request):
    """Every step forward and back again, in one call."""
    if not column[1].offers_backward:
        pytest.skip(f"{column[0]} offers no rnn_backward")
    measure(benchmark, problem, *column, "there_and_back", SECONDS[request.config.option.grid])


def measure(benchmark, problem: Problem, name: str, kind: type[Loop], direction: str, seconds: float) -> None:
    """Check one column at one point, time it, and note what else there is to say."""
    loop = made(kind, problem)
    call = getattr(loop, direction)
    result = loop.named(call())
    try:
        require_agreement(result, answer(problem), problem.dtype)
    except AssertionError as error:
        pytest.fail(f"{name} is not timed, for it is wrong: {error}", pytrace=False)
    ours = getattr(made(Reference, problem), direction)
    sizes = {axis: getattr(problem, axis) for axis in ("n_x", "n_a", "n_y", "T_x", "m", "dtype")}
    benchmark.group = f"{DIRECTIONS[direction]}, {' '.join(f'{k}={v}' for k, v in sizes.items())}"
    if not benchmark.enabled:  # --benchmark-disable
        return
    theirs, our_time = ratio(benchmark, call, ours, seconds)
    if name == "limit":
        LIMIT[problem, direction] = theirs
    limit = LIMIT.get((problem, direction))
    work = operations(problem, direction == "there_and_back")
    benchmark.extra_info |= sizes | {
        "column": name,
        "direction": direction,
        "ratio": theirs,
        "our_seconds": our_time,
        "share_of_limit": limit and limit / (1 if kind is Reference else theirs),
        "operations": work,
        "gflops": work / benchmark.stats.stats.min / 1e9,
        "returned_bytes_per_step": sum(np.asarray(value).nbytes for value in result.values()) / problem.T_x,
        "peak_bytes_per_step": peak_of(call) / problem.T_x if kind.in_numpy else None,
    }


@lru_cache(maxsize=2)  # this column's and ours
def made(kind: type[Loop], problem: Problem) -> Loop:
    """A loop with its inputs."""
    try:
        return kind(problem)
    except ModuleNotFoundError as error:
        pytest.skip(f"left out: {error}")


@lru_cache(maxsize=1)
def answer(problem: Problem):
    """The right results."""
    return right_answer(problem)

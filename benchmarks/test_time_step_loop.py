"""The time-step loop over many batch sizes, ours and others'.

``pytest benchmarks [--rnn=THEIRS] [--grid=full]``. Each group of the table is one size, where all do the same work. A
result is compared with the reference before it is timed. The table shows plain times; ``extra_info`` of the saved
results has the ratio to the reference, measured in alternation.
"""

from functools import lru_cache

import numpy as np
import pytest

from benchmarks.grid import SECONDS, operations
from benchmarks.loops import Loop, Reference, require_agreement, right_answer
from benchmarks.paired_timing import compare, peak_memory
from benchmarks.report.results import DIRECTIONS
from rnn_reference.problems.problem import Problem

LIMIT: dict[tuple[Problem, str], float] = {}
"""The ratio of the limit to the reference, where it has been measured."""


def test_forward(benchmark, problem, competitor, request):
    """Every step forward, predictions included."""
    measure(benchmark, problem, *competitor, "forward", SECONDS[request.config.option.grid])


def test_forward_and_backward(benchmark, problem, competitor, request):
    """Every step forward and backward, in one call."""
    if not competitor[1].offers_backward:
        pytest.skip(f"{competitor[0]} offers no rnn_backward")
    measure(benchmark, problem, *competitor, "forward_backward", SECONDS[request.config.option.grid])


def measure(benchmark, problem: Problem, name: str, kind: type[Loop], direction: str, seconds: float) -> None:
    """Check one competitor at one point, time it, then time it in alternation with the reference."""
    loop = made(kind, problem)
    call, ours = getattr(loop, direction), getattr(made(Reference, problem), direction)
    result = loop.named(call())
    try:
        require_agreement(result, answer(problem), problem.dtype)
    except AssertionError as error:
        pytest.fail(f"{name} is not timed, for it is wrong: {error}", pytrace=False)
    sizes = {axis: getattr(problem, axis) for axis in ("n_x", "n_a", "n_y", "T_x", "m", "dtype")}
    benchmark.group = f"{DIRECTIONS[direction]}, {' '.join(f'{k}={v}' for k, v in sizes.items())}"
    benchmark(call)
    if not benchmark.enabled:  # --benchmark-disable
        return
    pair = compare(call, ours, seconds)
    if name == "limit":
        LIMIT[problem, direction] = pair.ratio
    limit = LIMIT.get((problem, direction))
    work = operations(problem, direction == "forward_backward")
    benchmark.extra_info |= sizes | {
        "column": name,
        "direction": direction,
        "ratio": pair.ratio,
        "our_seconds": pair.ours,
        "share_of_limit": limit and limit / (1 if kind is Reference else pair.ratio),
        "operations": work,
        "gflops": work / pair.theirs / 1e9,
        "returned_bytes_per_step": sum(np.asarray(value).nbytes for value in result.values()) / problem.T_x,
        "peak_bytes_per_step": peak_memory(call) / problem.T_x if kind.in_numpy else None,
    }


@lru_cache(maxsize=2)  # this competitor's and the reference's
def made(kind: type[Loop], problem: Problem) -> Loop:
    """Return a loop with its inputs; skip the test if a package is missing."""
    try:
        return kind(problem)
    except ModuleNotFoundError as error:
        pytest.skip(f"left out: {error}")


@lru_cache(maxsize=1)
def answer(problem: Problem):
    """Return the right results."""
    return right_answer(problem)

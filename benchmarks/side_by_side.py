"""Two calls timed in turns, so that what else the machine does meets both."""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from pins import core

Call = Callable[[], Any]

CLOCK = time.perf_counter if core() is None else time.process_time
"""What this process computes, which on one core is all the time there is but for what others compute on that core;
where it is not held on one core, the time on the wall. Asking costs half a microsecond, in everybody's times."""

FEWEST, MOST = 9, 2000
SHORT = 2e-3
"""Seconds. What takes less is called once more before it is timed, and so finds its own data in the cache."""


def ratio(benchmark: Any, call: Call, ours: Call, seconds: float) -> tuple[float, float]:
    """Have ``benchmark`` time ``call``, ours before it in each round: the ratio of the times, and ours in seconds.

    The ratio is the median over the rounds, each of which lasts milliseconds: a machine that is slow for a while is
    slow for both. Ours is the least of its times, since noise only ever adds.
    """
    pair = min(_timed(call) + _timed(ours) for _ in range(2))
    twice = pair < SHORT
    rounds = max(FEWEST, min(MOST, int(seconds / pair / (1 + twice))))
    our_times: list[float] = []

    def before_each() -> None:
        if twice:
            ours()
        our_times.append(_timed(ours))
        if twice:
            call()

    collected = gc.isenabled()
    gc.disable()
    try:
        benchmark.pedantic(call, setup=before_each, rounds=rounds)
    finally:
        if collected:
            gc.enable()
    their_times = benchmark.stats.stats.data
    return statistics.median(t / o for t, o in zip(their_times, our_times, strict=True)), min(our_times)


def _timed(call: Call) -> float:
    start = CLOCK()
    call()
    return CLOCK() - start


def peak_of(call: Call) -> int:
    """The most bytes that a call has in hand at any moment, its results included and what was there before not."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

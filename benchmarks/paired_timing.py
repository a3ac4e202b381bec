"""Two calls timed in alternation, so that a slow moment of the machine slows both; and the peak memory of a call."""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from benchmarks.cpu_pinning import core

Call = Callable[[], Any]

CLOCK = time.perf_counter if core() is None else time.process_time
"""The CPU time of this process, if it is pinned to one core: other processes on that core do not count. Otherwise wall
time. Reading the clock takes half a microsecond, which is part of every time."""

MIN_ROUNDS, MAX_ROUNDS = 9, 2000
SHORT = 2e-3
"""Seconds. A shorter call is made once untimed before each timed one, so that its data is in the cache."""


class Pair(NamedTuple):
    """The median ratio of the times of two calls, and the least time of each in seconds."""

    ratio: float
    theirs: float
    ours: float


def compare(theirs: Call, ours: Call, seconds: float) -> Pair:
    """Time both calls one after the other, round after round, for about the given time.

    The ratio is the median over the rounds. A round takes milliseconds, so a machine that is slow for a while is slow
    for both calls.
    """
    once = min(_timed(theirs) + _timed(ours) for _ in range(2))
    warm = once < SHORT
    rounds = max(MIN_ROUNDS, min(MAX_ROUNDS, int(seconds / once / (1 + warm))))
    with _no_garbage_collection():
        pairs = [(_timed(ours, warm), _timed(theirs, warm)) for _ in range(rounds)]
    our_times, their_times = zip(*pairs, strict=True)
    return Pair(statistics.median(t / o for o, t in pairs), min(their_times), min(our_times))


def _timed(call: Call, warm: bool = False) -> float:
    if warm:
        call()
    start = CLOCK()
    call()
    return CLOCK() - start


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def peak_memory(call: Call) -> int:
    """Return the most bytes that a call has allocated at any moment, its results included."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

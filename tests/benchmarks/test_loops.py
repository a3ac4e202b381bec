"""Every loop of the benchmarks is right, and one_thread() restores all that it sets.

Torch and jax start threads, after which a process must not fork. So whatever imports them runs in another process.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context

import numpy as np
import pytest

from benchmarks import cpu_pinning
from benchmarks.competitors import COMPETITORS
from benchmarks.loops import BACKWARD, FORWARD, missing, require_agreement, right_answer
from rnn_reference.problems.problem import Problem

TINY = Problem(n_x=3, n_a=5, n_y=2, m=4, T_x=6)
LOOPS = [(name, dtype) for name, kind in COMPETITORS.items() if name != "limit" for dtype in kind.dtypes]
cores_can_be_chosen = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="there is no affinity here")


@pytest.fixture(scope="module")
def apart():
    """Call a function of this module in another process, which all tests here share."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


def require(*packages):
    """Skip the test if a package is not installed, without importing it."""
    lacking = [package for package in packages if find_spec(package) is None]
    if lacking:
        pytest.skip(f"{' and '.join(lacking)} not installed")


@pytest.mark.waits
@pytest.mark.parametrize("name, dtype", LOOPS)
def test_every_loop_is_right(apart, name, dtype):
    """Each loop returns every result that it is timed for, and each agrees with the reference."""
    require(*missing(COMPETITORS[name]))
    apart(require_right_loop, name, dtype)


def require_right_loop(name, dtype):
    """Fail if a loop's results differ from the reference in name, shape or value."""
    problem = TINY.at(dtype=dtype)
    right = right_answer(problem)
    with cpu_pinning.one_thread():
        loop = COMPETITORS[name](problem)
        results = {FORWARD: loop.named(loop.forward())}
        if loop.offers_backward:
            results[BACKWARD] = loop.named(loop.forward_backward())
    for names, result in results.items():
        shapes = {tensor: np.shape(value) for tensor, value in result.items()}
        assert shapes == {tensor: right[tensor].shape for tensor in names}
        require_agreement(result, right, dtype)


@cores_can_be_chosen
def test_no_core_is_chosen_without_threadpoolctl(monkeypatch):
    """Without threadpoolctl, libraries keep their threads, so the process keeps its cores, and the header says so."""
    before = os.sched_getaffinity(0)
    monkeypatch.setattr(cpu_pinning, "find_spec", lambda name: None)
    monkeypatch.setattr(cpu_pinning, "_version", lambda name: None)
    with cpu_pinning.one_thread():
        assert os.sched_getaffinity(0) == before
    said = cpu_pinning.machine()
    assert said["pinned"] == "not pinned to a core" and said["threads"].endswith("threadpoolctl is missing")
    assert said["clock"] == "time on the wall"


@cores_can_be_chosen
@pytest.mark.waits
def test_cores_are_restored(apart):
    """The process has one core while loops are timed, and all its cores afterwards."""
    require("threadpoolctl")
    before, inside, core, after = apart(cores_around_one_thread)
    assert inside == {core}
    assert after == before


def cores_around_one_thread():
    """Return the cores before, inside and after one_thread(), and the core that it chooses."""
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    before = os.sched_getaffinity(0)
    with cpu_pinning.one_thread():
        inside, core = os.sched_getaffinity(0), cpu_pinning.core()
    return before, inside, core, os.sched_getaffinity(0)


@pytest.mark.waits
def test_threads_of_libraries_are_restored(apart):
    """Every library has one thread while loops are timed, and as many as before afterwards."""
    require("threadpoolctl", "torch")
    before, inside, after = apart(threads_around_one_thread)
    assert set(inside.values()) == {1}
    assert after == before


def threads_around_one_thread():
    """Return the number of threads of each library before, inside and after one_thread()."""
    import torch
    from threadpoolctl import threadpool_info

    def threads():
        return {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()} | {
            "torch": torch.get_num_threads()
        }

    before = threads()
    with cpu_pinning.one_thread():
        inside = threads()
    return before, inside, threads()


@pytest.mark.waits
def test_jax_precision_is_restored(apart):
    """The loop in jax turns float64 on for the process, and one_thread() turns it off again."""
    require("jax")
    before, inside, after = apart(precision_around_one_thread)
    assert inside
    assert after == before


def precision_around_one_thread():
    """Return jax's float64 switch before, inside and after one_thread()."""
    import jax

    before = jax.config.jax_enable_x64
    with cpu_pinning.one_thread():
        COMPETITORS["jax"](TINY)
        inside = jax.config.jax_enable_x64
    return before, inside, jax.config.jax_enable_x64

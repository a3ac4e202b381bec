"""Every loop of the benchmarks is right, and what is pinned is put back (run by test_benchmarks.py)."""

import os

import numpy as np
import pytest

from rnn_reference.problems.problem import Problem

TINY = Problem(n_x=3, n_a=5, n_y=2, m=4, T_x=6)
COLUMNS = ("reference", "own-layout", "stepwise", "torch", "jax", "onnxruntime", "onnx-evaluator", "keras-numpy")


def made(bench, column, problem):
    """A column's loop; skipped where it is not installed or has not the dtype."""
    kind = bench.columns.COLUMNS[column]
    if bench.loops.missing(kind):
        pytest.skip(f"{' and '.join(bench.loops.missing(kind))} not installed")
    if problem.dtype not in kind.dtypes:
        pytest.skip(f"{column} has no {problem.dtype}")
    try:
        return kind(problem)
    except ModuleNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture
def pinned(bench):
    """One thread, and jax' precision put back."""
    with bench.pins.one_thread():
        yield


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("column", COLUMNS)
def test_every_loop_is_right(bench, pinned, column, dtype):
    """Each loop gives all that it is timed for, and gives what the reference gives."""
    problem = TINY.at(dtype=dtype)
    loop, right = made(bench, column, problem), bench.loops.right_answer(problem)
    results = {bench.loops.FORWARD: loop.named(loop.forward())}
    if loop.offers_backward:
        results[bench.loops.BACKWARD] = loop.named(loop.there_and_back())
    for names, result in results.items():
        assert set(result) == set(names)
        assert {name: np.shape(value) for name, value in result.items()} == {n: right[n].shape for n in names}
        bench.loops.require_agreement(result, right, dtype)


cores_can_be_chosen = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores are not ours to choose")


@cores_can_be_chosen
def test_nothing_is_held_on_one_core_without_threadpoolctl(bench, monkeypatch):
    """Where nobody can tell the libraries to use one thread, they keep their cores, and the header says so."""
    before = os.sched_getaffinity(0)
    monkeypatch.setattr(bench.pins, "find_spec", lambda name: None)
    monkeypatch.setattr(bench.pins, "_version", lambda name: None)
    with bench.pins.one_thread():
        assert os.sched_getaffinity(0) == before
    said = bench.pins.machine()
    assert said["pinned"] == "not pinned to a core" and said["threads"].endswith("threadpoolctl is missing")
    assert said["clock"] == "time on the wall"


@cores_can_be_chosen
def test_cores_are_put_back(bench):
    """While loops are timed the process has one core, and afterwards those it had."""
    pytest.importorskip("threadpoolctl")
    os.sched_setaffinity(0, range(os.cpu_count() or 1))  # whatever another test left
    before = os.sched_getaffinity(0)
    with bench.pins.one_thread():
        assert os.sched_getaffinity(0) == {bench.pins.core()}
    assert os.sched_getaffinity(0) == before


def test_libraries_threads_are_put_back(bench):
    """While loops are timed every library has one thread, and afterwards as many as it had."""
    pools = pytest.importorskip("threadpoolctl").threadpool_info
    torch = pytest.importorskip("torch")
    before, threads = {pool["filepath"]: pool["num_threads"] for pool in pools()}, torch.get_num_threads()
    with bench.pins.one_thread():
        assert {pool["num_threads"] for pool in pools()} == {1} == {torch.get_num_threads()}
    assert {pool["filepath"]: pool["num_threads"] for pool in pools()} == before
    assert torch.get_num_threads() == threads


def test_jax_precision_is_put_back(bench):
    """The loop in jax turns float64 on for the process, and the pins turn it off again."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    with bench.pins.one_thread():
        made(bench, "jax", TINY)
        assert jax.config.jax_enable_x64
    assert jax.config.jax_enable_x64 == before


def test_no_loop_is_left_out(bench):
    """The list of loops tested here is the table's, but for the limit, which computes nothing of use."""
    assert {*COLUMNS, "limit"} == set(bench.columns.COLUMNS)

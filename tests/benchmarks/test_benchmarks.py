"""The benchmarks of the time-step loop time right loops only, and time them fairly."""

from types import SimpleNamespace

import numpy as np
import pytest
from folders import ROOT

from benchmarks import grid, loops, paired_timing, test_time_step_loop
from benchmarks.competitors import COMPETITORS
from rnn_reference.implementations.loading.find import load
from rnn_reference.problems.problem import Problem

TINY = Problem(n_x=3, n_a=5, n_y=2, m=4, T_x=6)


def made(name, problem):
    """Return a competitor's loop."""
    return COMPETITORS[name](problem)


def test_running_a_loop_changes_nothing():
    """A second run of a loop gives what the first one gave: each round does the same work."""
    for column in ("reference", "own-layout", "stepwise"):
        loop = made(column, TINY)
        first, second = loop.named(loop.forward_backward()), loop.named(loop.forward_backward())
        assert all(np.array_equal(first[name], second[name]) for name in first)


def test_the_own_layout_has_time_first():
    """In their own layout arrays keep the document's shape, and lie in memory with one step in one piece."""
    loop = made("own-layout", TINY)
    assert loop.x.shape == TINY.x.shape
    assert loop.x.transpose(2, 0, 1).flags.c_contiguous
    assert loop.da.transpose(2, 0, 1).flags.c_contiguous


def test_a_wrong_loop_is_not_timed():
    """A result that is wrong by a thousandth in one element is refused, by name, in either dtype."""
    right = loops.right_answer(TINY)
    wrong = right | {"dWaa": right["dWaa"].copy()}
    wrong["dWaa"][1, 2] += 1e-3 * abs(right["dWaa"]).max()
    for dtype in ("float64", "float32"):
        loops.require_agreement(right, right, dtype)
        with pytest.raises(AssertionError, match="dWaa"):
            loops.require_agreement(wrong, right, dtype)


def test_no_time_is_taken_of_a_wrong_loop():
    """A loop with one gradient of half its size fails by its name before pytest-benchmark is asked for a time."""

    class HalfOfDa0(loops.Stepwise):
        def forward_backward(self):
            a, y_pred, gradients = super().forward_backward()
            return a, y_pred, gradients | {"da0": gradients["da0"] * 0.5}

    measure = test_time_step_loop.measure
    with pytest.raises(pytest.fail.Exception, match="half is not timed, for it is wrong"):
        measure(None, TINY, "half", HalfOfDa0, "forward_backward", 0.1)


def test_theirs_is_a_column():
    """Somebody's own network becomes a loop; one without a backward pass is timed forward alone."""
    right = loops.right_answer(TINY)
    loop = loops.theirs(load(str(ROOT / "examples" / "right.py")))(TINY)
    loops.require_agreement(loop.named(loop.forward_backward()), right, "float64")
    functions = SimpleNamespace(offers=lambda name: name == "rnn_forward")
    assert not loops.theirs(functions).offers_backward


def test_the_limit_does_the_products():
    """The limit's weight gradients are the products of what it is given: the work is done, and not left out."""
    limit = COMPETITORS["limit"](TINY)
    limit.forward_backward()
    np.testing.assert_allclose(limit.dWax, np.einsum("imt,jmt->ij", TINY.da, TINY.x), atol=1e-12)
    np.testing.assert_allclose(limit.dWaa, np.einsum("imt,jmt->ij", TINY.da, TINY.da), atol=1e-12)
    np.testing.assert_allclose(limit.dx, np.einsum("ji,jmt->tim", TINY.parameters["Wax"], TINY.da), atol=1e-12)
    projected = np.einsum("ij,jmt->tim", TINY.parameters["Wax"], TINY.x)
    np.testing.assert_allclose(limit.a, np.tanh(projected), atol=1e-12)
    np.testing.assert_allclose(limit.y, np.exp(TINY.parameters["Wya"] @ np.tanh(projected)), atol=1e-12)


def test_operations_are_counted():
    """The matrix products of one column and one step: three forward, four backward, two operations for each weight."""
    forward = 2 * (5 * 3 + 5 * 5 + 2 * 5)
    assert grid.operations(Problem(m=1, T_x=1), backward=False) == forward
    assert grid.operations(Problem(m=7, T_x=3), backward=True) == 21 * (forward + 2 * 2 * (5 * 3 + 5 * 5))


def test_the_full_grid_is_whole():
    """Every size, length and dtype with every batch size, and 1024 columns of the smallest; it has the short grid."""
    full, short = (set(grid.points(name)) for name in ("full", "short"))
    assert len(full) == 3 * 2 * 2 * 5 + 2 * 2
    assert short < full


def test_a_ratio_is_of_neighbours(monkeypatch):
    """On a machine that gets slower and slower, what takes three times as long comes out as three times as long."""
    now = [0.0, 1.0]  # the time, and how slow the machine is

    def takes(seconds):
        def call():
            now[0] += seconds * now[1]
            now[1] *= 1.001

        return call

    monkeypatch.setattr(paired_timing, "CLOCK", lambda: now[0])
    pair = paired_timing.compare(takes(0.03), takes(0.01), seconds=4.0)
    assert pair.ratio == pytest.approx(3, rel=0.01)
    assert pair.ours < 0.0105 and pair.theirs < 0.0315
    assert now[1] > 1.2


def test_peak_is_of_the_call():
    """The peak includes memory that the call frees again, and excludes memory allocated before."""
    kept = np.ones(10**6)

    def call():
        return (kept[:1000] + 1).sum()

    assert 8000 <= paired_timing.peak_memory(call) < 20000

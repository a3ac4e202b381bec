"""Mistakes at sizes are found, reduced to small sizes, and told by their pattern; right networks raise no alarm."""

import itertools

import numpy as np
import pytest
from mistakes import backward, but, forward, right
from suite import put_through

import rnn_reference
from rnn_reference.problems import sizes
from rnn_reference.problems.patterns import TRIED, in_words, with_ends
from rnn_reference.problems.sizes import AXES, EDGES


def sizes_line(network, check):
    """What a check says about the sizes at which a network is wrong, and the problem that it shows."""
    run = put_through(network, f"--rnn-only={check}", group=check.partition(".")[0])
    (record,) = [record for id, record in run.records.items() if "lstm" not in id]
    assert record["outcome"] in ("failed", "crashed"), run.printed
    return dict(record["lines"])["sizes"].partition(";")[0], record["problem"]


def wrong_where(condition):
    """A forward pass that is wrong where a condition on (n_x, n_a, n_y, m, T_x) holds."""

    def changed(a, y, caches, x, a0, p):
        given = {"n_x": len(x), "n_a": len(a0), "n_y": len(y), "m": x.shape[1], "T_x": x.shape[2]}
        return (a + 0.1 if condition(**given) else a), y, caches

    return forward(changed)


PATTERNS = {
    "for T_x from 101 on": lambda T_x, **_: T_x > 100,
    "where T_x is a multiple of 16, from 32": lambda T_x, **_: T_x % 16 == 0 and T_x > 16,
    "where T_x is odd, from 11": lambda T_x, **_: T_x % 2 and T_x > 9,
    "for m from 4097 on": lambda m, **_: m > 4096,
    "for T_x from 1001 on": lambda T_x, **_: T_x > 1000,
    "for n_a from 513 on": lambda n_a, **_: n_a > 512,
    "for n_x from 1025 on": lambda n_x, **_: n_x > 1024,
    "for n_y from 1025 on": lambda n_y, **_: n_y > 1024,
    "where m is 32 or 64": lambda m, **_: m in (32, 64),
    "where n_a is not a multiple of 4, from 9": lambda n_a, **_: n_a % 4 and n_a > 8,
    "for n_a from 65 on": lambda n_a, **_: n_a > 64,
    "for T_x from 10 to 99": lambda T_x, **_: 10 <= T_x < 100,
    "where n_x = n_a": lambda n_x, n_a, **_: n_x == n_a and n_a > 5,
    "at T_x=1 m=1 together": lambda m, T_x, **_: (m, T_x) == (1, 1),
}


@pytest.mark.waits
@pytest.mark.parametrize("words", PATTERNS)
def test_the_pattern_is_said(words):
    """A mistake that shows only at some sizes is told by the pattern of these sizes."""
    said, _ = sizes_line(wrong_where(PATTERNS[words]), "forward.sizes")
    axes = words.startswith("at ")
    assert (sorted(said.split()) if axes else said) == (sorted(f"wrong {words}".split()) if axes else f"wrong {words}")


def test_the_problem_is_reduced():
    """The problem of the report is the smallest that still fails: ordinary sizes, but for the one that matters."""
    _, problem = sizes_line(wrong_where(PATTERNS["for n_a from 65 on"]), "forward.sizes")
    assert {axis: problem[axis] for axis in AXES} == {"n_x": 3, "n_a": 65, "n_y": 2, "m": 4, "T_x": 6}


@pytest.mark.waits
def test_a_backward_pass_has_a_pattern_too():
    """A backward loop with a block of 32 steps is told where it goes wrong."""
    network = backward(lambda g, da, caches: {**g, "da0": g["da0"] * (1 + (da.shape[2] > 32))})
    assert sizes_line(network, "gradient.sizes")[0] == "wrong for T_x from 33 on"


def test_a_crash_at_some_sizes_has_a_pattern():
    """A network that crashes at some sizes is told which."""

    def rnn_forward(x, a0, parameters):
        1 / (x.shape[1] % 8)
        return right.rnn_forward(x, a0, parameters)

    line, _ = sizes_line(but(rnn_forward=lambda x, a0, p: rnn_forward(x[:, 1:] if x.shape[1] == 8 else x, a0, p)
                             if x.shape[1] != 8 else right.rnn_forward(x, a0, p)), "forward.sizes")  # fmt: skip
    assert line == "wrong where m is a multiple of 8, from 16"


@pytest.mark.waits
def test_the_step_is_blamed_for_its_loop():
    """A loop over a wrong step is not blamed: the step is."""

    def wrong_cell(xt, a_prev, parameters):
        a, y, cache = rnn_reference.rnn_cell_forward(xt, a_prev, parameters)
        return a + (len(a) > 64), y, cache

    network = but(rnn_cell_forward=wrong_cell, rnn_forward=wrong_where(lambda n_a, **_: n_a > 64).rnn_forward)
    run = put_through(network, "--rnn-only=forward.sizes", group="forward")
    assert [record["function"] for record in run.records.values()] == ["rnn_cell_forward"]


@pytest.mark.waits
def test_a_wrong_network_is_not_reduced():
    """A network that is wrong at ordinary sizes is told so at once, without a search."""
    run = put_through(wrong_where(lambda **_: True), "--rnn-only=forward.sizes", group="forward")
    (record,) = run.records.values()
    assert "sizes" not in dict(record["lines"])
    assert record["problem"]["text"].startswith("n_x=3 n_a=5 n_y=2 m=8 T_x=6")


@pytest.mark.waits
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("target", ["reference", "stepwise"])
def test_no_alarm(target, dtype, suite):
    """Two right networks use a small part of the tolerance, at every size and in both precisions."""
    from rnn_reference.implementations.loading.find import load

    implementation = load(target)
    implementation.set_dtype(dtype)
    for group in ("forward", "gradient"):
        run = put_through(implementation, f"--rnn-only={group}.sizes", group=group)
        assert run.status == 0, run.printed


def test_every_value_and_kind_is_covered():
    """In an ordinary run every size has every value of the edges, and every two sizes have all pairs of kinds."""
    problems = [{axis: getattr(problem, axis) for axis in AXES} for problem in sizes.ordinary()]
    for axis in AXES:
        assert {problem[axis] for problem in problems} >= set(EDGES)
    kinds = {n: "one" if n == 1 else str(n % 16) for n in EDGES if n != 2}
    for a, b in itertools.combinations(AXES, 2):
        pairs = {(kinds.get(problem[a]), kinds.get(problem[b])) for problem in problems}
        assert len({pair for pair in pairs if None not in pair}) == 16, (a, b)
    assert len(problems) < 40


@pytest.mark.slow
def test_the_thorough_set_covers_every_pair_it_can_afford():
    """The thorough set has nine of ten pairs of values of every two sizes; the rest would cost too much."""
    problems = [{axis: getattr(problem, axis) for axis in AXES} for problem in sizes.thorough()]
    wanted = [(a, v, b, w) for a, b in itertools.combinations(AXES, 2) for v in EDGES for w in EDGES]
    seen = {(a, p[a], b, p[b]) for p in problems for a, b in itertools.combinations(AXES, 2)}
    assert np.mean([pair in seen for pair in wanted]) > 0.9


@pytest.mark.parametrize(("wrong", "words"), [
    ({16}, "where n is 16"), (set(range(2, 131, 2)), "where n is even"), ({3, 7, 20}, "for some values of n: 3, 7, 20"),
    (set(range(33, 131)), "for n from 33 on"), ({5, 6, 7, 8, 9}, "for n from 5 to 9"),
    ({v for v in range(131) if v % 3}, "where n is not a multiple of 3"),
])  # fmt: skip
def test_patterns_in_words(wrong, words):
    """Values are told as a pattern if they have one, and are listed otherwise."""
    table = {value: value in wrong for value in TRIED}
    with_ends(table, lambda value: value in wrong)
    assert in_words("n", table) == words

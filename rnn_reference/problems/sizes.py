"""Problems at sizes where fast code goes wrong: at the edges of tiles and blocks, and where two sizes are equal.

Every size takes every value of ``EDGES``. In an ordinary run every two sizes also take every pair of residues of 16;
the thorough set has every pair of values. In both, each size is also much larger once. No other problem costs more
than ``MOST`` multiplications a run.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, product

import numpy as np

from rnn_reference.problems.problem import Problem

AXES = ("n_x", "n_a", "n_y", "m", "T_x")
EDGES = (1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129)
SQUARE = (("n_x", "n_a"), ("n_y", "n_a"), ("m", "n_a"), ("m", "T_x"))
"""Pairs of sizes that code may confuse if they are equal."""

SMALL = {"n_x": 3, "n_a": 5, "n_y": 2, "m": 4, "T_x": 6}
"""Sizes of a small problem, from which each is changed by itself."""

USUAL = {"n_x": 6, "n_a": 9, "n_y": 7, "m": 5, "T_x": 4}
LARGE = (USUAL | {"m": 4100}, USUAL | {"T_x": 1030}, USUAL | {"n_a": 520}, USUAL | {"n_x": 1030, "n_y": 1030})
"""Sizes beyond ``EDGES``, past blocks of 512, 1024 and 4096. Each takes a few hundredths of a second in numpy."""

KINDS = ("one", "15", "0", "1")
"""The kinds of a size: one, and the residues of 16 at the edges of tiles."""

MOST = 1.5e7
"""The largest number of multiplications of a run forward, in an ordinary run."""

MOST_THOROUGH = 2e8

Sizes = dict[str, int]
Pair = tuple[str, object, str, object]


def cost(problem: Problem) -> float:
    """Returns the multiplications of a forward run of a cell with one map."""
    return float(problem.T_x) * problem.m * problem.n_a * (problem.n_x + problem.n_a + problem.n_y)


@cache
def ordinary() -> tuple[Problem, ...]:
    """Returns some 30 problems: each value of each size, each pair of residues of 16, and equal sizes."""
    wanted: set[Pair] = {(axis, value, axis, value) for axis in AXES for value in EDGES}
    wanted |= {(a, r, b, s) for a, b in combinations(AXES, 2) for r, s in product(KINDS, KINDS)}
    rows = [*LARGE, *map(_with, SQUARE)]
    return tuple(_problems([*rows, *_covering(wanted, MOST, rows)]))


@cache
def thorough() -> tuple[Problem, ...]:
    """Returns problems with each pair of values of each two sizes, as far as ``MOST_THOROUGH`` allows."""
    wanted: set[Pair] = {(a, v, b, w) for a, b in combinations(AXES, 2) for v, w in product(EDGES, EDGES)}
    rows = [*LARGE, USUAL | {"n_a": 1030}, *map(_with, SQUARE)]
    return tuple(_problems([*rows, *_covering(wanted, MOST_THOROUGH, rows)]))


def _with(equal: tuple[str, str]) -> Sizes:
    return USUAL | dict.fromkeys(equal, 11)


def _problems(rows: Sequence[Sizes]) -> Iterator[Problem]:
    for seed, sizes in enumerate(rows):
        yield Problem(**sizes, seed=seed)  # type: ignore[arg-type]


def _pairs(sizes: Sizes) -> set[Pair]:
    """Returns what a problem covers: its values, pairs of values, and pairs of residues of 16."""
    residues = {axis: _kind(n) for axis, n in sizes.items() if n != 2}
    found: set[Pair] = {(axis, n, axis, n) for axis, n in sizes.items()}
    for a, b in combinations(AXES, 2):
        found.add((a, sizes[a], b, sizes[b]))
        if a in residues and b in residues:
            found.add((a, residues[a], b, residues[b]))
    return found


def _covering(wanted: set[Pair], most: float, rows: Sequence[Sizes]) -> list[Sizes]:
    """Returns sizes that cover what is wanted: of some random sizes, always those that cover most of the rest."""
    rng, left, found = np.random.default_rng(16), set(wanted), []
    for sizes in rows:
        left -= _pairs(sizes)
    failures = 0
    while left and failures < 60:
        drawn = [{axis: int(rng.choice(EDGES)) for axis in AXES} for _ in range(60)]
        drawn += [one | _needed(left, rng) for one in drawn[:30]]
        fitting = [one for one in drawn if cost(Problem(**one)) <= most]  # type: ignore[arg-type]
        best = max(fitting, key=lambda one: len(left & _pairs(one)), default={})
        covered = left & _pairs(best) if best else set()
        failures = 0 if covered else failures + 1
        if covered:
            left -= covered
            found.append(best)
    return found


def _needed(left: set[Pair], rng: np.random.Generator) -> Sizes:
    """Returns the two sizes of a pair that is not covered yet."""
    a, v, b, w = sorted(left, key=str)[int(rng.integers(len(left)))]
    return {axis: int(rng.choice([n for n in EDGES if n != 2 and _kind(n) == want])) if isinstance(want, str)
            else int(want) for axis, want in ((a, v), (b, w))}  # type: ignore[call-overload]  # fmt: skip


def _kind(n: int) -> str:
    return "one" if n == 1 else str(n % 16)

"""The points at which the time-step loop is timed: sizes, lengths, batch sizes and dtypes."""

from itertools import product

from rnn_reference.problems.problem import Problem

SIZES = ((3, 5, 2), (64, 128, 32), (256, 512, 64))
"""n_x, n_a, n_y: the document's sizes, dominated by calls; a medium size; one dominated by arithmetic."""

BATCHES = (1, 8, 32, 128, 512)
DTYPES = ("float64", "float32")
GRIDS = ("tiny", "short", "full")
SECONDS = {"tiny": 0.01, "short": 0.25, "full": 1.0}
"""How long one competitor is timed against the reference at one point; MIN_ROUNDS may take longer."""


def points(grid: str) -> list[Problem]:
    """Return the problems of a grid, sorted by size."""
    if grid == "tiny":
        return [Problem(m=m, T_x=4, dtype=dtype) for dtype in DTYPES for m in (1, 8, 32)]
    return [
        Problem(*size, m=m, T_x=T_x, dtype=dtype)
        for size, dtype in product(SIZES, DTYPES)
        for T_x in _lengths(grid, size)
        for m in _batches(grid, size, dtype)
    ]


def _lengths(grid: str, size: tuple[int, int, int]) -> tuple[int, ...]:
    return (10, 50) if grid == "full" else (50,) if size == SIZES[1] else (10,)


def _batches(grid: str, size: tuple[int, int, int], dtype: str) -> tuple[int, ...]:
    if grid == "full":
        return (*BATCHES, 1024) if size == SIZES[0] else BATCHES
    some = BATCHES[:-1] if size == SIZES[2] else BATCHES  # its last takes a minute of the five
    return some if dtype == "float64" else (some[0], some[2], some[-1])


def operations(problem: Problem, backward: bool) -> int:
    """Count the additions and multiplications of the matrix products, forward or forward and backward."""
    n_x, n_a, n_y = problem.n_x, problem.n_a, problem.n_y
    products = n_a * (n_x + n_a + n_y) + 2 * backward * n_a * (n_x + n_a)
    return 2 * products * problem.m * problem.T_x

"""The tables of the results: heads and rows."""

from collections.abc import Iterable

from benchmarks.markdown import Table
from benchmarks.report.results import (
    DIRECTIONS,
    LIMIT,
    NOISE,
    OURS,
    Result,
    allowed,
    columns_of,
    fitted,
    geometric_mean,
    ratios,
    series,
)

RATIOS = "Time of the others, ours as 1 (more is slower): forward / forward and backward."


def ratio_rows(results: list[Result]) -> Table:
    """Return the ratios: a row for each point, a column for each loop; forward / forward and backward."""
    columns = columns_of(results)
    found = {(r.point, r.column, r.direction): r.ratio for r in results}
    heads = ["n_x, n_a, n_y", "T_x", "dtype", "m", *columns]
    rows = []
    for size, T_x, dtype, m in dict.fromkeys(r.point for r in results):
        both = ([found.get(((size, T_x, dtype, m), c, d)) for d in DIRECTIONS] for c in columns)
        rows.append([", ".join(map(str, size)), str(T_x), dtype, str(m), *map(_cell, both)])
    for words, of in (("geometric mean", geometric_mean), ("least", min)):
        both = ([of(some) if (some := ratios(results, c, d)) else None for d in DIRECTIONS] for c in columns)
        rows.append([words, "", "", "", *map(_cell, both)])
    counted = [" / ".join(_faster(ratios(results, c, d)) for d in DIRECTIONS) if c != LIMIT else "-" for c in columns]
    return heads, [*rows, [f"faster than ours (below {NOISE})", "", "", "", *counted]]


def _faster(some: list[float]) -> str:
    return f"{sum(value < NOISE for value in some)} of {len(some)}" if some else "-"


def noise(results: list[Result]) -> str:
    """Return a sentence on the error of a ratio: the ratio of the reference to itself, measured like the others."""
    found = [r for d in DIRECTIONS for r in ratios(results, OURS, d)]
    if not found:
        return ""
    return f"The reference against itself, measured like the others: {min(found):.3f} to {max(found):.3f}."


def _cell(both: Iterable[float | None]) -> str:
    shown = [f"{value:.3g}" if value and value >= 10 else f"{value:.2f}" if value else "-" for value in both]
    return "-" if set(shown) == {"-"} else " / ".join(shown)


def line_rows(results: list[Result]) -> Table:
    """Return the lines through the reference's time of a step against batch size."""
    heads = ["n_x, n_a, n_y", "T_x", "dtype", "direction", "a, µs", "b, µs", "a = b m at m", "off by at most",
             "GFLOP/s", "share of the limit"]  # fmt: skip
    rows = []
    for direction, words in DIRECTIONS.items():
        for (size, T_x, dtype), some in series(results, OURS, direction).items():
            line = fitted(some)
            even = f"{line.break_even:.0f}" if line.break_even else "-"
            speed = f"{some[0].gflops:.2g} to {max(r.gflops for r in some):.2g}"
            shares = [r.share_of_limit for r in some if r.share_of_limit]
            reached = f"{min(shares):.2f} to {max(shares):.2f}" if shares else "-"
            rows.append([", ".join(map(str, size)), str(T_x), dtype, words, f"{line.a:.3g}", f"{line.b:.3g}", even,
                         f"{line.worst:.0%}", speed, reached])  # fmt: skip
    return heads, rows


def length_rows(results: list[Result]) -> list[str]:
    """Return sentences on the cost of a step in longer sequences, if two lengths were measured."""
    steps = {(r.size, r.dtype, r.m, r.direction, r.T_x): r.microseconds for r in results if r.column == OURS}
    said = []
    for direction, words in DIRECTIONS.items():
        short, long = min(k[-1] for k in steps), max(k[-1] for k in steps)
        pairs = [steps[(*k[:4], long)] / t for k, t in steps.items()
                 if k[3:] == (direction, short) and (*k[:4], long) in steps and short != long]  # fmt: skip
        if pairs:
            said.append(f"{words}, a step of {long} takes {min(pairs):.2f} to {max(pairs):.2f} times as long as one "
                        f"of {short} (geometric mean {geometric_mean(pairs):.2f})")  # fmt: skip
    return said


def memory_rows(results: list[Result]) -> Table:
    """Return the peak memory by step, of the loops whose memory tracemalloc sees."""
    heads = ["n_x, n_a, n_y", "T_x", "m", "direction", "column", "peak, KiB", "returned, KiB", "allowed, KiB"]
    large = {(r.size, r.T_x): max(o.m for o in results if (o.size, o.T_x) == (r.size, r.T_x)) for r in results}
    rows = [
        [", ".join(map(str, r.size)), str(r.T_x), str(r.m), DIRECTIONS[r.direction], r.column,
         *(f"{b / 1024:.4g}" for b in (r.peak, r.returned)), f"{b / 1024:.4g}" if (b := allowed(r)) else "-"]
        for r in results
        if r.dtype == "float64" and r.m == large[r.size, r.T_x] and r.peak is not None and r.column != LIMIT
    ]  # fmt: skip
    return heads, rows

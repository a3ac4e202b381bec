"""The goals of the loop, and whether the results meet them."""

from collections.abc import Iterable

from benchmarks.markdown import Table
from benchmarks.report.results import DIRECTIONS, NOISE, OURS, OWN, Result, allowed, geometric_mean, ratios

MEANS = {"stepwise": (2.0, 2.4), "torch": (2.0, 2.0), "jax": (1.0, 1.0), "onnxruntime": (1.0, 1.0)}
"""The geometric mean of a column's ratios, forward and forward and backward."""

ARITHMETIC = 128
"""The least n_a with a goal for the share of the limit. In smaller networks calls take most of a step."""


def goal_rows(results: list[Result]) -> Table:
    """Return a row for each goal that these results decide."""
    rows = [*_never_slower(results), *_means(results), *_shares(results), *_memory(results)]
    return ["to reach", "measured", "holds"], [[*row[:2], "yes" if row[2] else "**no**"] for row in rows]


def _never_slower(results: list[Result]) -> Iterable[tuple[str, str, bool]]:
    for column in ("stepwise", "torch"):
        some = [r for r in results if r.column == column]
        if some:
            least = min(some, key=lambda r: r.ratio)
            slower = sum(r.ratio < NOISE for r in some)
            measured = f"slower at {slower} of {len(some)} points; least {_where(least, least.ratio)}"
            yield f"nowhere slower than {column} (ratio of {NOISE} or more)", measured, not slower


def _means(results: list[Result]) -> Iterable[tuple[str, str, bool]]:
    for column, wanted in MEANS.items():
        for (direction, words), least in zip(DIRECTIONS.items(), wanted, strict=True):
            some = ratios(results, column, direction)
            if some:
                mean = geometric_mean(some)
                yield f"{least} times as fast as {column}, {words} (geometric mean)", f"{mean:.2f}", mean >= least


def _shares(results: list[Result]) -> Iterable[tuple[str, str, bool]]:
    some = [r for r in results if r.size[1] >= ARITHMETIC and r.share_of_limit]
    for column in (OURS, OWN):
        for least, words, of in ((0.9, "m >= 32", lambda m: m >= 32), (0.75, "m = 1", lambda m: m == 1)):
            asked = [r for r in some if r.column == column and of(r.m)]
            if asked:
                worst = min(asked, key=lambda r: r.share_of_limit or 0)
                reached = sum((r.share_of_limit or 0) >= least for r in asked)
                measured = f"at {reached} of {len(asked)} points; least {_where(worst, worst.share_of_limit or 0)}"
                goal = f"{least} of the limit at n_a >= {ARITHMETIC}, {words} ({column})"
                yield goal, measured, reached == len(asked)


def _memory(results: list[Result]) -> Iterable[tuple[str, str, bool]]:
    for column in (OURS, OWN):
        some = [r for r in results if r.column == column and r.size[1] >= ARITHMETIC and r.peak is not None]
        used = {r: (r.peak or 0) / (allowed(r) or 1) for r in some}
        if used:
            worst = max(used, key=lambda r: used[r])
            yield (f"no more memory than is returned, a gradient like a, and copies of the layout ({column})",
                   f"at most {_where(worst, used[worst])} times that", used[worst] <= 1.05)  # fmt: skip


def _where(r: Result, value: float) -> str:
    return (
        f"{value:.3g} ({', '.join(map(str, r.size))}; T_x = {r.T_x}, m = {r.m}, {r.dtype}, {DIRECTIONS[r.direction]})"
    )

"""Two pictures of the time-step loop: the time of a step, and the share of the limit, against batch size."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.report.results import DIRECTIONS, LIMIT, OURS, OWN, Result, columns_of, fitted, geometric_mean, series

mpl.use("agg")  # without windows
mpl.rcParams |= {"svg.hashsalt": "rnn-reference", "svg.fonttype": "none", "font.size": 9}
mpl.rcParams |= {"axes.spines.top": False, "axes.spines.right": False}

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of how to draw
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator  # noqa: E402

COLOURS = {
    OURS: "#000000",
    OWN: "#777777",
    LIMIT: "#d55e00",
    "stepwise": "#0072b2",
    "torch": "#cc79a7",
    "jax": "#009e73",
    "onnx-evaluator": "#56b4e9",
}
"""The colours of Okabe and Ito, which colour-blind readers can distinguish. The user's own column is purple."""
DRAWN = "float64"
"""The dtype of the plots. The table has both dtypes."""


def draw(results: list[Result], folder: Path) -> list[Path]:
    """Draw both pictures as SVG and PNG, and return the files."""
    results = [r for r in results if r.dtype == DRAWN]
    longest = {r.size: max(o.T_x for o in results if o.size == r.size) for r in results}
    results = [r for r in results if r.T_x == longest[r.size]]
    folder.mkdir(parents=True, exist_ok=True)
    return [
        file
        for name, figure in (("performance-time", time_of_a_step(results)), ("performance-limit", share(results)))
        for file in _saved(figure, folder / name)
    ]


def _saved(figure: Any, stem: Path) -> list[Path]:
    files = [stem.with_suffix(".svg"), stem.with_suffix(".png")]
    for file in files:
        figure.savefig(file, dpi=130, bbox_inches="tight", metadata={"Date": None} if file.suffix == ".svg" else None)
    plt.close(figure)
    return files


def time_of_a_step(results: list[Result]) -> Any:
    """Draw microseconds a step, log-log. A dotted line marks the break-even batch size of the reference."""
    turns = {key[0][1]: fitted(some).break_even for key, some in series(results, OURS, "forward_backward").items()}
    told = ", ".join(f"{turn or 0:.0f} at {units} units" for units, turn in turns.items())
    title = f"More columns cost less than the calls do up to m = {told} (forward and backward)"
    figure, panels = _panels(results, title, "µs a step", lambda r: r.microseconds, [OWN])
    for panel, direction, key in panels:
        panel.set_yscale("log")
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_minor_locator(NullLocator())
        panel.yaxis.set_major_formatter(FuncFormatter(lambda t, _: f"{t:g}"))
        turn = fitted(series(results, OURS, direction)[key]).break_even
        if turn and panel.get_xlim()[0] < turn < panel.get_xlim()[1]:
            panel.axvline(turn, color=COLOURS[OURS], linestyle=":", linewidth=1)
            free = 0.02 if turn > 8 else 0.9  # the lines rise from left to right
            panel.annotate(f"a = b m\nat m = {turn:.0f}", (turn, free), xycoords=("data", "axes fraction"),
                           textcoords="offset points", xytext=(3, 0), fontsize=8)  # fmt: skip
        _label(panel, direction, key, results, lambda r: r.microseconds)
    return figure


def share(results: list[Result]) -> Any:
    """Draw the share of the limit that each loop reaches."""
    ours = [r.share_of_limit for r in results if r.column == OURS and r.share_of_limit]
    title = "No limit was measured"
    if ours:
        title = (f"Of the speed of its products, tanh and exp alone, the reference reaches {min(ours):.0%} to "
                 f"{max(ours):.0%} (mean {geometric_mean(ours):.0%})")  # fmt: skip
    figure, panels = _panels(results, title, "share of the limit", lambda r: r.share_of_limit, [LIMIT])
    for panel, direction, key in panels:
        panel.axhline(1, color=COLOURS[LIMIT], linestyle="--", linewidth=1)
        panel.set_ylim(0, max(1.08, panel.get_ylim()[1]))
        _label(panel, direction, key, results, lambda r: r.share_of_limit, [])
    return figure


def _panels(results: list[Result], title: str, unit: str, of: Callable[[Result], Any], without: list[str]) -> Any:
    """Make a row for each direction and a column for each size. Return the figure, and the key of each panel."""
    keys = list(series(results, OURS, "forward"))
    figure, axes = plt.subplots(2, len(keys), figsize=(1.0 + 4.4 * len(keys), 7.0), squeeze=False, layout="constrained")
    figure.get_layout_engine().set(wspace=0.03, hspace=0.05)
    figure.suptitle(f"{title}; {DRAWN}, one thread", fontsize=11, x=0.01, ha="left")
    for panel, (size, T_x, _) in zip(axes[0], keys, strict=True):
        panel.set_title("{} inputs, {} units, {} outputs, {} steps".format(*size, T_x), fontsize=9, loc="left")
    panels = []
    for row, direction in zip(axes, DIRECTIONS, strict=True):
        for panel, key in zip(row, keys, strict=True):
            for column in [*columns_of(results), OURS]:
                some = series(results, column, direction).get(key)
                if some and column not in without:
                    style = {"linestyle": "--" if column == LIMIT else "-", "linewidth": 2.2 if column == OURS else 1.3}
                    panel.plot([r.m for r in some], [of(r) for r in some], marker="o", markersize=3,
                               color=_colour(column), **style)  # fmt: skip
            _batch_axis(panel, sorted({r.m for r in results if r.size == key[0]}))
            panel.set_ylabel(f"{DIRECTIONS[direction]}\n{unit}" if panel is row[0] else "")
            panels.append((panel, direction, key))
    return figure, panels


def _batch_axis(panel: Any, batches: list[int]) -> None:
    panel.set_xscale("log", base=2)
    panel.xaxis.set_major_locator(FixedLocator(batches))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda m, _: f"{m:.0f}"))
    panel.set_xlabel("batch size m, columns")
    panel.tick_params(labelsize=8)
    panel.margins(x=0.04)


def _colour(column: str) -> str:
    return COLOURS.get(column, "#6a3d9a")


def _label(panel: Any, direction: str, key: Any, results: list[Result], of: Any, without: Any = (OWN,)) -> None:
    """Write the names at the ends of the lines, without overlap."""
    ends = {c: of(s[-1]) for c in [OURS, *columns_of(results)] if c not in without
            if (s := series(results, c, direction).get(key)) and of(s[-1])}  # fmt: skip
    to_panel = panel.transData + panel.transAxes.inverted()
    heights = {c: to_panel.transform((1, value))[1] for c, value in ends.items()}
    for column, height in _apart(heights).items():
        panel.annotate(column, (1.01, height), xycoords="axes fraction", color=_colour(column), fontsize=8, va="center",
                       fontweight="bold" if column == OURS else None)  # fmt: skip


def _apart(heights: dict[str, float], gap: float = 0.06) -> dict[str, float]:
    """Move the heights apart, to at least one gap, in order and below the top."""
    names = sorted(heights, key=lambda name: heights[name])
    found, below = {}, 0.0
    for name in names:
        found[name] = below = max(heights[name], below + gap)
    above = 1.0 + gap
    for name in reversed(names):
        found[name] = above = min(found[name], above - gap)
    return found

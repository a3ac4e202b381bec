"""Saved results of the time-step loop: ratios, their means, the line through time against batch size."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

OURS, OWN, LIMIT = "reference", "own-layout", "limit"
DIRECTIONS = {"forward": "forward", "forward_backward": "forward and backward"}
SAVED = Path(".benchmarks")  # the default of pytest-benchmark
NOISE = 0.95
"""A ratio below this means that the reference is slower. A ratio between this and 1 is noise."""


@dataclass(frozen=True)
class Result:
    """One column at one point. ``ratio`` is its time over ours; ``seconds`` is the ratio times our fastest round."""

    column: str
    direction: str
    size: tuple[int, int, int]
    T_x: int
    dtype: str
    m: int
    seconds: float
    ratio: float
    share_of_limit: float | None
    gflops: float
    returned: float
    peak: float | None

    @property
    def point(self) -> tuple[Any, ...]:
        """The point at which it was measured."""
        return self.size, self.T_x, self.dtype, self.m

    @property
    def microseconds(self) -> float:
        """The time of a step."""
        return 1e6 * self.seconds / self.T_x


def newest(folder: Path = SAVED) -> Path:
    """Return the file that was saved last."""
    files = sorted(folder.rglob("*.json"), key=lambda file: file.stat().st_mtime)
    if not files:
        raise SystemExit(f"{folder} holds no results: `make bench` saves them there")
    return files[-1]


def read(file: Path) -> tuple[dict[str, Any], list[Result]]:
    """Return the machine, with the date of the run, and the results."""
    saved = json.loads(file.read_text(encoding="utf-8"))
    told = [b["extra_info"] for b in saved["benchmarks"] if "ratio" in b["extra_info"]]
    # the reference is timed with every column: its fastest round of all is the least disturbed
    ours: dict[tuple[Any, ...], float] = {}
    for extra in told:
        point = _point(extra)
        ours[point] = min(extra["our_seconds"], ours.get(point, extra["our_seconds"]))
    results = [_result(extra, ours[_point(extra)]) for extra in told]
    return saved["machine_info"]["rnn"] | {"date": saved["datetime"][:10]}, results


def described(machine: dict[str, Any]) -> str:
    """Describe the processor and its settings."""
    return ", ".join(machine[fact] for fact in ("processor", "pinned", "threads", "clock"))


def _point(extra: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(extra[name] for name in ("n_x", "n_a", "n_y", "T_x", "m", "dtype", "direction"))


def _result(extra: dict[str, Any], ours: float) -> Result:
    seconds = ours * (1 if extra["column"] == OURS else extra["ratio"])
    return Result(
        extra["column"],
        extra["direction"],
        (extra["n_x"], extra["n_a"], extra["n_y"]),
        extra["T_x"],
        extra["dtype"],
        extra["m"],
        seconds,
        extra["ratio"],
        extra["share_of_limit"],
        extra["operations"] / seconds / 1e9,
        extra["returned_bytes_per_step"],
        extra["peak_bytes_per_step"],
    )


def columns_of(results: list[Result]) -> list[str]:
    """Return the columns in the order of measurement, without the reference, whose ratio is 1."""
    return [name for name in dict.fromkeys(r.column for r in results) if name != OURS]


def ratios(results: Iterable[Result], column: str, direction: str) -> list[float]:
    """Return all ratios of a column."""
    return [r.ratio for r in results if (r.column, r.direction) == (column, direction)]


def geometric_mean(values: list[float]) -> float:
    """Return the geometric mean: of the ratios 2 and 1/2 it is 1."""
    return float(np.exp(np.mean(np.log(values))))


@dataclass(frozen=True)
class Line:
    """Microseconds a step, ``a + b m``, by least squares of relative errors; ``worst`` is the largest of these."""

    a: float
    b: float
    worst: float

    @property
    def break_even(self) -> float | None:
        """The batch size at which the columns cost as much as the call. Below it, more columns are nearly free."""
        return self.a / self.b if self.a > 0 and self.b > 0 else None


def fitted(some: list[Result]) -> Line:
    """Fit the line through a column's times at one size. Neither part is negative, as no time is."""
    m, t = np.array([r.m for r in some], float), np.array([r.microseconds for r in some])
    a, b = np.linalg.lstsq(np.stack([1 / t, m / t], axis=1), np.ones(len(t)), rcond=None)[0]
    if a < 0:
        a, b = 0.0, float(np.sum(m / t) / np.sum((m / t) ** 2))
    elif b < 0:
        a, b = float(np.sum(1 / t) / np.sum(1 / t**2)), 0.0
    return Line(float(a), float(b), float(abs((a + b * m) / t - 1).max()))


def series(results: Iterable[Result], column: str, direction: str) -> dict[tuple[Any, ...], list[Result]]:
    """Return a column's results by size, length and dtype, in the order of m."""
    found: dict[tuple[Any, ...], list[Result]] = {}
    for r in sorted(results, key=lambda r: r.m):
        if (r.column, r.direction) == (column, direction):
            found.setdefault((r.size, r.T_x, r.dtype), []).append(r)
    return dict(sorted(found.items(), key=lambda item: (item[0][0], item[0][1], item[0][2][::-1])))


def allowed(r: Result) -> float | None:
    """Return the bytes that a step needs: results, copies with time first, and backward a gradient of ``a``."""
    if r.column not in (OURS, OWN):
        return None
    number, backward = np.dtype(r.dtype).itemsize, r.direction == "forward_backward"
    copies = (r.size[0] + backward * r.size[1]) * (r.column == OURS)
    return r.returned + number * r.m * (copies + backward * r.size[1])

"""Pictures of errors, drawn from a report's evidence as SVG; the page around them sets the colours."""

import math
from collections.abc import Iterator
from typing import Any, TypeAlias

from rnn_reference.numerics.evidence import COMPUTED_BACKWARD
from rnn_reference.report.svg import HIGH, INNER, LEFT, RIGHT, TOP, WIDTH, decades, line, svg, text

Steps: TypeAlias = list[float | None]
Rows: TypeAlias = list[Steps]

LEVELS = 5
"""Shades of the map: each is a fifth of the decades between its smallest error and its largest."""


def error_per_step(evidence: dict[str, Any], key: str) -> str:
    """Returns the picture of each tensor's error and tolerance at each step, in a log scale; "" without errors."""
    errors: dict[str, Steps] = {n: s for n, s in evidence.get("error_per_step", {}).items() if len(s) > 1}
    tolerances: dict[str, Steps] = evidence.get("tolerance_per_step", {})
    known = [value for name in errors for value in (*errors[name], *tolerances.get(name, [])) if value]
    if not known or not evidence.get("error_map", errors):
        return ""
    low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    high = max(high, low + 1)
    steps, backward = max(map(len, errors.values())), any(name in COMPUTED_BACKWARD for name in errors)

    def at(t: int, value: float | None) -> tuple[float, float]:
        logarithm = high if value is None else math.log10(value) if value else low
        return LEFT + (t + 0.5) * INNER / steps, TOP + HIGH * (high - max(logarithm, low)) / (high - low)

    parts = [*decades(low, high), *_step_labels(steps, TOP + HIGH + 16), *_direction(backward, TOP + HIGH + 36)]
    for number, (name, values) in enumerate(errors.items()):
        limits = tolerances.get(name, [])
        parts += [line([at(t, limit) for t, limit in enumerate(limits) if limit], "limit")]
        parts += [line([at(t, value) for t, value in enumerate(values)], f"line s{number % 2}")]
        parts += [_mark(*at(t, v), v, limits[t] if limits else 0.0, number) for t, v in enumerate(values)]
        parts += _legend(name, number)
    if tolerances:
        parts += [f'<line class="limit" x1="{WIDTH - 122}" x2="{WIDTH - 98}" y1="12" y2="12"/>',
                  text(WIDTH - 94, 16, "tolerance")]  # fmt: skip
    title = f"Error of {' and '.join(errors)} at each time step"
    return svg(TOP + HIGH + 46, title, _description(errors, tolerances, backward), parts, key)


def error_maps(evidence: dict[str, Any], key: str) -> list[str]:
    """Returns a map of the errors of each tensor with a time axis: a row for each unit, a column for each step.

    If no tensor has one, it is the map of the first tensor. The list is empty without errors.
    """
    maps: dict[str, Rows] = {n: rows for n, rows in evidence.get("error_map", {}).items() if len(rows[0]) > 1}
    placed = evidence.get("error_per_step", {})
    names = [name for name in maps if name in placed] or list(maps)[:1]
    keys = [f"{key}-{name}" if number else key for number, name in enumerate(names)]
    return [_error_map(name, maps[name], name in placed, own) for name, own in zip(names, keys, strict=True)]


def _error_map(name: str, rows: Rows, over_time: bool, key: str) -> str:
    row_word, column_word = ("unit", "step") if over_time else ("row", "column")
    tall = max(6.0, min(24.0, 240 / len(rows)))
    parts = [text(LEFT, 14, f"{name}: a {row_word} a row, a {column_word} a column"), *_cells(rows, tall)]
    every = math.ceil(len(rows) * 12 / 240)
    parts += [text(LEFT - 6, TOP + (i + 0.5) * tall + 4, str(i), "end") for i in range(0, len(rows), every)]
    bottom = TOP + tall * len(rows)
    parts += [*_step_labels(len(rows[0]), bottom + 16, "t=" if over_time else ""), *_shades(rows, bottom + 28)]
    return svg(bottom + 48, f"Where {name} is wrong", _map_description(rows, row_word, column_word), parts, key)


def error_per_step_size(evidence: dict[str, Any], key: str) -> str:
    """Returns the picture of the error of central differences at each step size; "" without a derivative."""
    study: dict[str, Any] = evidence.get("derivative", {})
    drawn = [*study["error"], *study["rounding"], *study["bound"]] if study else []
    if None in drawn or not any(drawn):
        return ""
    steps, errors, rounding, (bound,) = (study[name] for name in ("step", "error", "rounding", "bound"))
    known = [value for value in drawn if value]
    low, high = (rounded(math.log10(value)) for rounded, value in ((math.floor, min(known)), (math.ceil, max(known))))
    high = max(high, low + 1)
    first, last = math.log2(min(steps)), math.log2(max(steps))

    def at(step: float, value: float) -> tuple[float, float]:
        logarithm = math.log10(value) if value else low
        across = (math.log2(step) - first) / (last - first)
        return LEFT + 8 + across * (INNER - 16), TOP + HIGH * (high - logarithm) / (high - low)

    ticks = [step for step in steps if math.log2(step) % 4 == 0 or step == max(steps)]
    points = list(zip(steps, errors, strict=True))
    y = at(1.0, bound)[1]
    parts = [
        *decades(low, high),
        *(text(at(step, 0.0)[0], TOP + HIGH + 16, f"2^{math.log2(step):.0f}", "middle") for step in ticks),
        text(LEFT + INNER / 2, TOP + HIGH + 34, "size of the step", "middle"),
        line([at(step, value) for step, value in zip(steps, rounding, strict=True)], "line s1"),
        line([at(*point) for point in points], "line s0"),
        *(_mark(*at(*point), point[1], 0.0, 0) for point in points),
        line([(LEFT, y), (WIDTH - RIGHT, y)], "limit"),
        *_legend("difference - derivative", 0),
        line([(WIDTH - 92, 12), (WIDTH - 68, 12)], "line s1"),
        text(WIDTH - 64, 16, "rounding"),
        text(WIDTH - RIGHT, y - 5, "their limit errs by less", "end"),
    ]
    description = (f"A central difference of step {max(steps):g} is off by {errors[0]:.0e}, at best, with a step of "
            f"2^{math.log2(min(points, key=lambda p: p[1])[0]):.0f}, by {min(errors):.0e}, and with one of "
            f"2^{first:.0f} by {errors[-1]:.0e}, where rounding alone makes {rounding[-1]:.0e}. "
            f"Extrapolated to the step 0 they are off by no more than {bound:.0e}.")  # fmt: skip
    return svg(TOP + HIGH + 44, "Error of the numerical derivative at each size of step", description, parts, key)


def _cells(rows: Rows, tall: float) -> Iterator[str]:
    wide, shade = INNER / len(rows[0]), _shade(rows)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            x, y = LEFT + j * wide, TOP + i * tall
            kind = "nan" if value is None else f"h{shade(value)}"
            yield f'<rect class="cell {kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'
            if value is None and wide > 8:
                yield text(x + wide / 2, y + tall / 2 + 4, "×", "middle")


def _shade(rows: Rows) -> Any:
    """Returns a function from an error to its shade: 0 for no error, LEVELS for the largest."""
    logs = [math.log10(value) for row in rows for value in row if value]
    low, decades = min(logs, default=0.0), max(logs, default=0.0) - min(logs, default=0.0)

    def shade(value: float) -> int:
        if not value:
            return 0
        return min(1 + int((math.log10(value) - low) / decades * LEVELS), LEVELS) if decades else LEVELS

    return shade


def _shades(rows: Rows, y: float) -> Iterator[str]:
    known = [value for row in rows for value in row if value]
    labels = ["right", *([f"{min(known):.0e}", "", "", "", f"{max(known):.0e}"] if known else [])]
    if any(value is None for row in rows for value in row):
        labels.append("no number")
    x = float(LEFT)
    for level, label in enumerate(labels):
        kind = "nan" if label == "no number" else f"h{level}"
        yield f'<rect class="cell {kind}" x="{x:.0f}" y="{y:.0f}" width="16" height="12"/>'
        if label:
            yield text(x + 20, y + 10, label)
        x += 24 + 7 * len(label) if label else 18


def _map_description(rows: Rows, row_word: str, column_word: str) -> str:
    cells = [(math.inf if v is None else v, i, j) for i, row in enumerate(rows) for j, v in enumerate(row)]
    largest, i, j = max(cells)
    wrong = sum(value != 0 for value, _, _ in cells)
    right = [str(c) for c in range(len(rows[0])) if all(row[c] == 0 for row in rows)]
    worst = "no number" if largest == math.inf else f"{largest:.2g}"
    everywhere = f" Right in the whole of {column_word} {', '.join(right)}." if right else ""
    return (f"{len(rows)} rows, {len(rows[0])} columns; {wrong} of {len(cells)} places are wrong. "
            f"The largest error is {worst}, at {row_word} {i}, {column_word} {j}.{everywhere}")  # fmt: skip


def _description(errors: dict[str, Steps], tolerances: dict[str, Steps], backward: bool) -> str:
    sentences = []
    for name, values in errors.items():
        shown = [
            (t, v) for t, v in enumerate(values) if len(values) <= 12 or t in (0, len(values) // 2, len(values) - 1)
        ]
        said = ", ".join(f"t={t}: {'no number' if v is None else f'{v:.1g}'}" for t, v in shown)
        allowed = max((limit for limit in tolerances.get(name, []) if limit), default=None)
        sentences.append(f"{name} is off by {said}" + (f"; allowed is {allowed:.0e}." if allowed else "."))
    way = "The backward pass computes from the last step to the first." if backward else ""
    return " ".join([*sentences, way]).strip()


def _step_labels(steps: int, y: float, first: str = "t=") -> Iterator[str]:
    for t in range(0, steps, math.ceil(steps / 10)):
        yield text(LEFT + (t + 0.5) * INNER / steps, y, f"{'' if t else first}{t}", "middle")


def _direction(backward: bool, y: float) -> Iterator[str]:
    """Returns an arrow in the order of the computation."""
    way = "the backward pass goes this way" if backward else "the forward pass goes this way"
    tip, tail = (LEFT, LEFT + 60) if backward else (LEFT + 60, LEFT)
    back = tip + (8 if backward else -8)
    yield f'<line class="arrow" x1="{tail}" x2="{back}" y1="{y - 4}" y2="{y - 4}"/>'
    yield f'<polygon class="tip" points="{tip},{y - 4} {back},{y - 9} {back},{y + 1}"/>'
    yield text(LEFT + 68, y, way)


def _legend(name: str, number: int) -> list[str]:
    x = LEFT + 80 * number
    return [_mark(x + 4, 12, 1.0, 0.0, number), text(x + 14, 16, f"|{name}|")]


def _mark(x: float, y: float, value: float | None, limit: float | None, number: int) -> str:
    """Returns the point of one step: filled if wrong, hollow if right, a cross if it is not a number."""
    if value is None:
        return text(x, y + 5, "×", "middle")
    kind = f"mark s{number % 2}" + ("" if value > (limit or 0.0) else " right")
    if number % 2:
        return f'<rect class="{kind}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'

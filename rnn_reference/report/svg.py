"""The elements of a picture: text, lines, a logarithmic axis, and the frame with title and description."""

import math
from collections.abc import Iterable, Iterator
from html import escape

WIDTH, LEFT, RIGHT, TOP = 360, 48, 10, 30
INNER = WIDTH - LEFT - RIGHT
HIGH = 150
"""The height of a graph, between its axis and its top."""


def decades(low: int, high: int) -> Iterator[str]:
    """The axis of a graph from ``1e{low}`` to ``1e{high}``: a line and a label for each decade, or each few."""
    every = math.ceil((high - low) / 5)
    for decade in range(high, low - 1, -every):
        y = TOP + HIGH * (high - decade) / (high - low)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield text(LEFT - 6, y + 4, f"1e{decade}", "end")


def line(points: Iterable[tuple[float, float]], kind: str) -> str:
    """A line through the points; ``kind`` is its class in the style sheet."""
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words at a position."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def svg(height: float, title: str, description: str, parts: Iterable[str], key: str) -> str:
    """One picture; ``key`` makes its ids unique on the page."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )

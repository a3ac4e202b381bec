"""The progress of a long check."""

import sys
import time
from collections.abc import Callable

EVERY = 2.0
"""Seconds between two lines."""

OURS = 4e-5
"""Seconds that the check itself takes beside each call of the function, on a laptop of today."""

Progress = bool | Callable[[int, int], object]


class Counter:
    """Counts elements. Tells ``progress`` after each, or, if it is True, writes lines to stderr."""

    def __init__(self, progress: Progress, total: int, seconds_of_one: float) -> None:
        self.progress, self.total, self.done = progress, total, 0
        self.start = self.said = time.monotonic()
        if progress is True:
            calls = 24 * total
            seconds = calls * (seconds_of_one + OURS)
            self._say(f"{total:,} elements, {calls:,} calls of f or more, about {seconds:.0f} s")

    def __call__(self) -> None:
        """One more element is done."""
        self.done += 1
        if callable(self.progress):
            self.progress(self.done, self.total)
        elif self.progress and time.monotonic() - self.said >= EVERY:
            self.said = time.monotonic()
            left = (self.said - self.start) / self.done * (self.total - self.done)
            self._say(f"{self.done:,} of {self.total:,} elements, {left:.0f} s left")

    def _say(self, text: str) -> None:
        print(f"check_vjp: {text}", file=sys.stderr, flush=True)

"""The lines that are shown while targets are judged: how many are done, and about how long the others will take."""

import time
from collections.abc import Callable

from rnn_reference.report import table
from rnn_reference.report.verdict import Report

AT_LEAST = 3
"""Results before a time is told: the first ones say too little."""


class Progress:
    """Counts the results of ``total`` tasks from now on."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total, self.done = total, 0
        self._clock, self._start = clock, clock()

    def line(self, name: str, report: Report) -> str:
        """Counts one more result. Returns its line: ``[12/300] ada_123: wrong (carry-dropped)  about 6 min left``."""
        self.done += 1
        fault, left = table.fault(report), self._left()
        found = f"{report['verdict']}" + (f" ({fault})" if fault else "")
        return f"[{self.done}/{self.total}] {name}: {found}" + (f"  {left}" if left else "")

    def _left(self) -> str:
        """Returns the time for the tasks that are left, if they take as long as those that are done."""
        left = self.total - self.done
        if not left or self.done < AT_LEAST:
            return ""
        seconds = (self._clock() - self._start) * left / self.done
        return f"about {in_words(seconds)} left"


def in_words(seconds: float) -> str:
    """Returns a time in the unit that suits it: ``40 s``, ``6 min``, ``1 h 50 min``."""
    if seconds < 55:
        return f"{max(5, round(seconds / 5) * 5)} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"

"""A time limit for other people's code in this process."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class TimeLimitReached(BaseException):
    """Raised inside code that runs too long. It is not an Exception, so that the code does not catch it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeLimitReached in the block after ``seconds``.

    Uses an alarm signal, in the main thread of a POSIX system. Elsewhere there is no limit.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise TimeLimitReached(f"it did not end within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

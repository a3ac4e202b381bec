"""A limit on how long other people's code may run in this process."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class OutOfPatience(BaseException):
    """Raised inside code that took too long; not an Exception, so that its own handlers let it pass."""


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise OutOfPatience in the block after ``seconds``.

    Works by an alarm signal: in the main thread of a POSIX system. Elsewhere the block runs as long as it runs.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise OutOfPatience(f"it did not end within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

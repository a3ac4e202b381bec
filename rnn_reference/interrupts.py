"""Events outside that end a run: SIGTERM, and a reader of its output that leaves."""

import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any


def end_at_sigterm() -> Callable[[], None]:
    """Let SIGTERM end the run as Ctrl-C does, with KeyboardInterrupt: the results so far are not lost.

    Returns a function that undoes this. A caller who ignores SIGTERM, and a thread, keep what they have.
    """
    before = signal.getsignal(signal.SIGTERM)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        return lambda: None
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def undo() -> None:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)

    return undo


def print_whatever_happens() -> None:
    """Let no output end the run: the run goes on, writes its files, and has its own exit status.

    What nobody reads, as after ``| head`` or ``>&-``, is dropped. A character that the encoding lacks is escaped.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (as long as the run)
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
        if not stream.isatty():
            raw = io.BufferedWriter(_Droppable(stream.fileno(), "w", closefd=False))
            new = io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=stream.line_buffering)
            setattr(sys, name, new)


class _Droppable(io.FileIO):
    """An output that may have no reader."""

    def write(self, data: Any) -> int:
        """Returns the number of bytes written, or dropped."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes

"""The end of a process in words, and its last line of code, from the stack that faulthandler printed."""

import os
import re
import signal
from pathlib import Path

from rnn_reference.paths import PACKAGE

_OURS = str(PACKAGE)
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in ', re.MULTILINE)
_DUMP = re.compile(r"(Fatal Python error|Windows fatal exception): ")  # perhaps after output without a newline


def innermost_line(printed: str) -> str | None:
    """Returns the innermost line of other people's code on the printed stack: ``homework.py, line 12``; or None."""
    start = _start_of_stack(printed)
    frames = iter(()) if start is None else _FRAME.finditer(printed, start)
    theirs = (frame for frame in frames if not frame["file"].startswith(_OURS))
    first = next((frame for frame in theirs if os.sep + "lib" + os.sep not in frame["file"]), None)
    return f"{Path(first['file']).name}, line {first['line']}" if first else None


def without_stack(printed: str) -> str:
    """Returns the output without the stack at its end."""
    return printed[: _start_of_stack(printed)]


def _start_of_stack(printed: str) -> int | None:
    """Returns the position of the last stack in the output; None if there is none."""
    return max((dump.start() for dump in _DUMP.finditer(printed)), default=None)


def in_words(status: int | None) -> str:
    """Returns an exit status in words. None means that the process was still running."""
    if status is None:
        return "its process closed its connection"
    if status >= 0:
        return f"its process ended with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"its process was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")

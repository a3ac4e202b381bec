"""How a process ended, and where its interpreter was, read from the stack that faulthandler printed."""

import os
import re
import signal
from pathlib import Path

from rnn_reference.paths import PACKAGE

_OURS = str(PACKAGE)
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in ', re.MULTILINE)
_DUMP = re.compile(r"(Fatal Python error|Windows fatal exception): ")  # behind what was printed without a newline


def innermost_line(printed: str) -> str | None:
    """The innermost line of other people's code on the printed stack: ``homework.py, line 12``."""
    start = _start_of_stack(printed)
    frames = iter(()) if start is None else _FRAME.finditer(printed, start)
    theirs = (frame for frame in frames if not frame["file"].startswith(_OURS))
    first = next((frame for frame in theirs if os.sep + "lib" + os.sep not in frame["file"]), None)
    return f"{Path(first['file']).name}, line {first['line']}" if first else None


def without_stack(printed: str) -> str:
    """The output without the stack at its end."""
    return printed[: _start_of_stack(printed)]


def _start_of_stack(printed: str) -> int | None:
    """Where the last stack begins; None if there is none."""
    return max((dump.start() for dump in _DUMP.finditer(printed)), default=None)


def in_words(status: int | None) -> str:
    """An exit status in words. None: the process was still running."""
    if status is None:
        return "its process closed its connection"
    if status >= 0:
        return f"its process ended with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"its process was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")

"""How a process ended, and where its interpreter was, read from the stack that faulthandler printed."""

import os
import re
import signal
from pathlib import Path

from rnn_reference.paths import PACKAGE

_OURS = str(PACKAGE)
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in ', re.MULTILINE)
_DUMP = re.compile(r"^(Fatal Python error|Windows fatal exception)", re.MULTILINE)


def place(printed: str) -> str | None:
    """The innermost line of other people's code on the printed stack: ``homework.py, line 12``."""
    dump = _DUMP.search(printed)
    frames = _FRAME.finditer(printed, dump.start()) if dump else iter(())
    theirs = (frame for frame in frames if not frame["file"].startswith(_OURS))
    first = next((frame for frame in theirs if os.sep + "lib" + os.sep not in frame["file"]), None)
    return f"{Path(first['file']).name}, line {first['line']}" if first else None


def without(printed: str) -> str:
    """The output without the stack at its end."""
    dump = _DUMP.search(printed)
    return printed[: dump.start()] if dump else printed


def how(status: int | None) -> str:
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

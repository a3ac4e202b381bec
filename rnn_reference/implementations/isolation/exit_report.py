"""What a process that died has to say: how it went, and where its interpreter was, by faulthandler's account."""

import os
import re
import signal
from pathlib import Path

from rnn_reference.paths import PACKAGE

_OURS = str(PACKAGE)
_FRAME = re.compile(r'^  File "(?P<file>.+)", line (?P<line>\d+) in ', re.MULTILINE)
_DUMP = re.compile(r"^(Fatal Python error|Windows fatal exception)", re.MULTILINE)


def place(printed: str) -> str | None:
    """The line of other people's code that the interpreter's last words name first: ``homework.py, line 12``."""
    dump = _DUMP.search(printed)
    frames = _FRAME.finditer(printed, dump.start()) if dump else iter(())
    theirs = (frame for frame in frames if not frame["file"].startswith(_OURS))
    first = next((frame for frame in theirs if os.sep + "lib" + os.sep not in frame["file"]), None)
    return f"{Path(first['file']).name}, line {first['line']}" if first else None


def without(printed: str) -> str:
    """What was printed before the last words."""
    dump = _DUMP.search(printed)
    return printed[: dump.start()] if dump else printed


def how(status: int | None) -> str:
    """A process's exit status in words."""
    if status is None:
        return "its process closed its pipes"
    if status >= 0:
        return f"its process ended with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"its process was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")

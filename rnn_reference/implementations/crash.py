"""The outcome of a call that raised an exception, with the line of other people's code that raised it."""

import os
import re
import sysconfig
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rnn_reference.implementations.misfit import told
from rnn_reference.implementations.undefined import reason_for
from rnn_reference.outcomes import Crashed
from rnn_reference.paths import PACKAGE

_OURS = str(PACKAGE) + os.sep
_STATED = re.compile(r"(^|[:;]\s*)(raise|assert)\b")
_LIBRARIES = (sysconfig.get_path("stdlib") + os.sep, "<frozen ", "<__array_function__")


def crash(name: str, error: BaseException, given: Mapping[str, Any] = MappingProxyType({})) -> Crashed:
    """Returns the outcome for an exception: its message, and the last line of other people's code in its traceback.

    ``given`` are the arguments of the call, by name, for a word on those that do not fit.
    """
    try:
        text = str(error)[:1000].strip() or "(no message)"
    except Exception:
        text = "(its message cannot be read)"
    lines = [("error", f"{type(error).__name__}: {_printable(text.splitlines()[0])}")]
    lines += [("because", reason)] if (reason := reason_for(error)) else []
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_OURS)]
    if frames:
        theirs = [f for f in frames if not _is_of_a_library(f.filename)] or frames
        frame = theirs[-1]
        lines.append(("where", f"{Path(frame.filename).name}, line {frame.lineno}: {frame.line or ''}".rstrip(": ")))
    lines += told(name, error, given, bool(frames)) if given else []
    return Crashed(lines, function=name, evidence={"exception": type(error).__name__})


def refuses(crashed: Crashed) -> bool:
    """True if the exception is a limit: of Python's recursion, or one that its author states by raise or assert."""
    if crashed.evidence.get("exception") == "RecursionError":
        return True
    where = dict(crashed.lines).get("where", "")
    return bool(_STATED.search(where.partition(": ")[2]))


def _printable(text: str) -> str:
    """Returns the text with escapes for characters that a terminal would obey."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def is_ours_or_a_library(filename: str) -> bool:
    """True for a file of this package, of Python or of an installed package."""
    return filename.startswith(_OURS) or _is_of_a_library(filename)


def _is_of_a_library(filename: str) -> bool:
    return "site-packages" in filename or filename.startswith(_LIBRARIES)

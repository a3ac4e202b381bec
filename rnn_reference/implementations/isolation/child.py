"""The program of a worker. It loads one target, then answers questions until its parent ends.

It gets arguments, never an expected value. It sends only values that a message can hold (``channel``). Standard output
and standard error are a file, which gets all output of the target.
"""

import contextlib
import faulthandler
import gc
import json
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.isolation.answering import Caller, description_of
from rnn_reference.implementations.isolation.channel import Channel, inherited_connection
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable


def main(connection: int, request: str) -> None:
    """Answer the questions of the parent process, over an inherited connection."""
    channel, wanted = Channel(inherited_connection(connection)), json.loads(request)
    sys.stdout.reconfigure(line_buffering=True, errors="replace")  # type: ignore[union-attr]  # for a sudden end
    faulthandler.enable(file=2)  # prints the stack at a crash, and when the parent sends SIGABRT at the time limit
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    _limit_memory(wanted["memory"])
    if wanted["fill_empty"]:
        _fill_empty()
    with contextlib.suppress(EOFError, ConnectionError):  # the parent is gone
        if implementation := _load(wanted, channel):
            caller = Caller(implementation, channel)
            gc.freeze()  # collecting garbage among all that was imported takes as long as twenty calls
            while True:
                caller.answer(channel.receive())
    os._exit(0)  # ends whatever the target left running or registered


def _end_with(parent: int) -> None:
    """End this process soon after its parent ends, also during a call that never returns."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


def _fill_empty() -> None:
    """Make ``np.empty`` and ``np.empty_like`` give large numbers to the code that is loaded later."""

    def filled(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **settings: Any) -> Any:
            array = function(*arguments, **settings)
            if array.dtype.kind in "fc":
                array.fill(1000.0)
            return array

        return wrapper

    for name in ("empty", "empty_like"):
        setattr(np, name, filled(getattr(np, name)))


def _limit_memory(limit: float) -> None:
    """Limit the data of this process to ``limit`` bytes, if the system supports it.

    Address space is not limited, because the driver of a GPU reserves much more of it than it uses.
    """
    try:
        import resource
    except ModuleNotFoundError:
        return  # Windows
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (int(limit), int(limit)))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _load(wanted: dict[str, Any], channel: Channel) -> Implementation | None:
    """Returns the target's implementation, or None. Sends the parent a description, or the reason."""
    try:
        found = load(wanted["target"], seconds=wanted["seconds"], definitions_only=wanted["definitions_only"])
    except BaseException as error:
        reason = str(error) if isinstance(error, Unusable) else "; ".join(text for _, text in crash("", error).lines)
        channel.send({"offers": [], "unusable": reason})
        return None
    channel.send(description_of(found))
    return found

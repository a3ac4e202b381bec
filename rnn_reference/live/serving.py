"""The side of the objects: starts the process that judges them, and answers its questions until it ends."""

from __future__ import annotations

import contextlib
import io
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rnn_reference.implementations.isolation.answering import Caller, description_of
from rnn_reference.implementations.isolation.channel import Channel
from rnn_reference.implementations.isolation.output import Output
from rnn_reference.implementations.isolation.start import kill, start
from rnn_reference.implementations.loading.find import implementation_of_object
from rnn_reference.live.defined import Defined
from rnn_reference.live.report import read

JUDGING = "rnn_reference.live.judging"
"""The module with the program of the judging process."""

SHOWN = 2**16
"""The number of bytes at the end of its output in which its last line is."""

LATE = getattr(signal, "SIGUSR1", None)
"""With this signal the judging process ends a call that takes too long. On Windows there is none."""


class Late(Exception):  # noqa: N818 (an event in the middle of other people's code)
    """A call took too long."""


def judged(found: Any, name: str, call: str, options: list[str], seconds: float) -> dict[str, Any]:
    """Returns the report on an object of this process, as plain data. Raises Unusable and ValueError."""
    with _as_it_was(found):
        implementation = implementation_of_object(found, name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "report.json"
            request = {"name": name, "call": call, "seconds": seconds, "options": [*options, f"--rnn-report={path}"]}
            printed = _answer_all(implementation, request)
            return read(path, printed)


def _answer_all(implementation: Any, request: dict[str, Any]) -> str:
    """Start the judging process, and answer its questions. Returns the end of what it printed."""
    output = Output()
    try:
        process, connection = start(request, output.file, JUDGING)
        try:
            with _calm(), connection, contextlib.suppress(EOFError, ConnectionError):
                channel = Channel(connection)
                channel.send(description_of(implementation))
                caller = Caller(implementation, channel)
                while True:
                    caller.answer(channel.receive())
            process.wait()
        except BaseException:
            kill(process)
            raise
        return output.tail(SHOWN)
    finally:
        output.close()


@contextlib.contextmanager
def _calm() -> Iterator[None]:
    """Inside this block other people's code prints nothing and warns of nothing, and a late call is ended."""
    nowhere = io.StringIO()
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        _ending_late_calls(),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _ending_late_calls() -> Iterator[None]:
    if LATE is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: Any) -> None:
        raise Late("the call took too long")

    before = signal.signal(LATE, end)
    try:
        yield
    finally:
        signal.signal(LATE, before)


@contextlib.contextmanager
def _as_it_was(found: Any) -> Iterator[None]:
    """Inside this block the names of a dict may get other values. After it, they have the values from before."""
    state = np.random.get_state()
    table = vars(found) if isinstance(found, Defined) else {}
    before = dict(table)
    try:
        yield
    finally:
        np.random.set_state(state)
        for name in [name for name in table if name not in before]:
            del table[name]
        table.update(before)

"""The side of the objects: starts the process that judges them, and answers its questions until it ends."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

import numpy as np

from rnn_reference.implementations.isolation.answering import Caller, description_of
from rnn_reference.implementations.isolation.channel import Channel
from rnn_reference.implementations.isolation.environment import ONE_THREAD
from rnn_reference.implementations.isolation.start import inheriting
from rnn_reference.implementations.loading.find import implementation_of_object
from rnn_reference.live.defined import Defined
from rnn_reference.live.report import read

_BOOTSTRAP = """
import sys
sys.path[:] = {paths!r}
from rnn_reference.live.judging import main
sys.exit(main({handle!r}, {request!r}))
"""

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
    """Start the judging process, and answer its questions. Returns what it printed."""
    ours, inherited = Pipe()
    paths = [os.path.abspath(entry) for entry in sys.path]
    code = _BOOTSTRAP.format(paths=paths, handle=inherited.fileno(), request=json.dumps(request))
    with inherited:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=ONE_THREAD | os.environ,
            start_new_session=True,
            **inheriting(inherited.fileno()),
        )
    channel, said = Channel(ours), list[str]()
    reader = threading.Thread(target=lambda: said.append(process.communicate()[0]), daemon=True)
    reader.start()
    try:
        with _calm(), contextlib.suppress(EOFError, ConnectionError):
            channel.send(description_of(implementation))
            caller = Caller(implementation, channel)
            while True:
                caller.answer(channel.receive())
    finally:
        ours.close()
        if process.poll() is None and sys.exc_info()[0]:
            process.kill()
        reader.join()
    return "".join(said)


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

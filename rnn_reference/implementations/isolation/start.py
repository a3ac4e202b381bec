"""Starts and ends a process that shares a connection.

It does not import numpy, so that a worker and its parent import it at once.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from multiprocessing.connection import Connection, Pipe
from typing import IO, Any

from rnn_reference.implementations.isolation.environment import ONE_THREAD, REUSE_MEMORY

_BOOTSTRAP = """
import sys
sys.path[:] = {paths!r}
from {program} import main
main({handle!r}, {request!r})
"""


WORKER = "rnn_reference.implementations.isolation.child"
"""The module with the program of a worker."""


def start(
    request: dict[str, Any], output: IO[bytes], program: str = WORKER
) -> tuple[subprocess.Popen[bytes], Connection]:
    """Starts a process for the request. Returns it, and the connection to it. Its output goes to ``output``.

    ``program`` is a module with a function ``main(connection, request)``, which gets the request as JSON.
    """
    ours, inherited = Pipe()
    paths = [os.path.abspath(entry) for entry in sys.path]
    bootstrap = _BOOTSTRAP.format(paths=paths, program=program, handle=inherited.fileno(), request=json.dumps(request))
    with inherited:
        process = subprocess.Popen(
            [sys.executable, "-c", bootstrap],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ONE_THREAD | os.environ | REUSE_MEMORY,
            start_new_session=True,  # Ctrl-C ends the parent only; the worker's own children end with the worker
            **_inheriting(inherited.fileno()),
        )
    return process, ours


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process of ``start``; on POSIX also all its children."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _inheriting(handle: int) -> dict[str, Any]:
    """Returns the arguments of Popen for a process that inherits a handle."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})}
    return {"pass_fds": [handle]}

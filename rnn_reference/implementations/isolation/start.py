"""Starts and ends the process of a worker. It does not import numpy, so that both processes import it at once."""

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
from rnn_reference.implementations.isolation.child import main
main({handle!r}, {request!r})
"""


def start(request: dict[str, Any], output: IO[bytes]) -> tuple[subprocess.Popen[bytes], Connection]:
    """Starts a process for the request. Returns it, and the connection to it. Its output goes to ``output``."""
    ours, inherited = Pipe()
    paths = [os.path.abspath(entry) for entry in sys.path]
    bootstrap = _BOOTSTRAP.format(paths=paths, handle=inherited.fileno(), request=json.dumps(request))
    with inherited:
        process = subprocess.Popen(
            [sys.executable, "-c", bootstrap],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ONE_THREAD | os.environ | REUSE_MEMORY,
            start_new_session=True,  # Ctrl-C ends the parent only; the worker's own children end with the worker
            **inheriting(inherited.fileno()),
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


def inheriting(handle: int) -> dict[str, Any]:
    """Returns the arguments of Popen for a process that inherits a handle."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})}
    return {"pass_fds": [handle]}

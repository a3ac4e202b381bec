"""Starting and ending the process of a worker. Nothing here imports numpy, so that both processes do so at once."""

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
    """A process that loads what the request names, and the connection to it. What it prints goes to ``output``."""
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
            start_new_session=True,  # Ctrl-C is for the parent; and the worker's own children end with it
            **_inheriting(inherited.fileno()),
        )
    return process, ours


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, and on POSIX all that it started."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _inheriting(handle: int) -> dict[str, Any]:
    """The arguments that make a new process inherit a handle."""
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})}
    return {"pass_fds": [handle]}

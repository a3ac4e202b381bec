"""A worker process as its parent holds it: one question at a time, each in a limited time; its output in a file."""

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn_reference.implementations.isolation import exit_report as last_words

if TYPE_CHECKING:
    from rnn_reference.implementations.isolation.channel import Channel

# numpy takes as long to import here as there: this module does without it until there is something to ask

SHARED = 2**24
"""Bytes of memory that both processes share. Arrays that need more go through the pipe: that is slower."""

GRACE = 2.0
"""Seconds after its time limit in which a worker may still say where it hangs, and end."""

LAST_WORDS = signal.SIGABRT
"""Makes a worker's interpreter say where it is, and end."""

KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**28), "MALLOC_TRIM_THRESHOLD_": str(2**28)}
"""For glibc: an array's memory is used again, not given back and asked for at every call."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The problems are small: more threads of a linear algebra library would only wait, and keep the other process from it.

What the caller's environment says of them goes before this.
"""

MOST_OUTPUT = 2**24
"""Bytes of output that are kept on disk; beyond, all but the end is thrown away."""

_OTHERWISE = ({"outcome", "function", "lines"}, {"unusable"})
_BOOTSTRAP = """
import sys
sys.path[:] = {paths!r}
from rnn_reference.implementations.isolation.worker import main
main({shared!r})
"""


class Died(Exception):  # noqa: N818 (an event, not an error of ours)
    """The worker is gone: ``how`` it went, ``where`` in other people's code if that is known, ``at`` which call."""

    def __init__(self, how: str, where: str | None, at: int, timed_out: bool = False) -> None:
        super().__init__(how)
        self.how, self.where, self.at, self.timed_out = how, where, at, timed_out


class Process:
    """A worker, started at once. The caller's imports are its own; nothing else is shared with it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rnn-reference-"))
        shared = _reserved(self._folder / "shared")
        self._sink, self._output = open(self._folder / "output", "ab"), open(self._folder / "output", "rb")  # noqa: SIM115
        self.ended = False
        self._seen = 0
        self._reading = threading.Lock()
        self._deadline: float | None = None
        paths = [os.path.abspath(entry) for entry in sys.path]
        self._child = subprocess.Popen(
            [sys.executable, "-c", _BOOTSTRAP.format(paths=paths, shared=str(shared))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._sink,
            env=ONE_THREAD | os.environ | KEEP_MEMORY,
            start_new_session=True,  # Ctrl-C is for us, and what it starts ends with it
        )
        threading.Thread(target=self._watch, daemon=True).start()

    def tell(self, question: dict[str, Any], only_if_short: bool = False) -> bool:
        """Send a question, whose answer is to be heard before the next, or after a short one; whether it was sent."""
        try:
            with contextlib.suppress(OSError):  # it has ended: how, is heard
                return self._channel.send(question, only_if_short)
            return True
        except BaseException:
            self.stop()  # interrupted in the middle of a message: the next one could not be read
            raise

    def hear(self, seconds: float, *parts: str) -> dict[str, Any]:
        """The worker's answer, which has these parts, or else ``outcome`` and ``lines``, or ``unusable``.

        Raises Died if there is no sign of it within ``seconds``, or none that can be read.
        """
        from rnn_reference.implementations.isolation.channel import Malformed

        def wait() -> None:
            self._deadline = time.monotonic() + seconds

        wait()
        try:
            answer = self._channel.receive(at_a_sign=wait).value()
            if not isinstance(answer, dict) or not any(map(answer.keys().__ge__, ({*parts}, *_OTHERWISE))):
                raise Malformed("an answer without its parts")
            return answer
        except (EOFError, OSError):
            raise self._death(late=time.monotonic() >= (self._deadline or math.inf)) from None
        except Malformed:
            self.stop()
            raise Died("its process wrote over its own answers", None, self._channel.at) from None
        except BaseException:
            self.stop()
            raise
        finally:
            self._deadline = None

    @cached_property
    def _channel(self) -> "Channel":
        from rnn_reference.implementations.isolation.channel import Channel

        assert self._child.stdin and self._child.stdout
        return Channel(self._child.stdout, self._child.stdin, self._folder / "shared", asks=True)  # type: ignore[arg-type]

    def printed(self) -> str:
        """The end of what was printed since this was last asked."""
        with self._reading:
            size = self._size()
            printed = self._end(size - self._seen if self._seen <= size else size)
            self._seen = size
        return last_words.without(printed)

    def _size(self) -> int:
        return os.fstat(self._output.fileno()).st_size

    def _end(self, length: int, most: int = 4000) -> str:
        self._output.seek(max(0, self._size() - min(length, most)))
        return self._output.read(most).decode(errors="replace")

    def stop(self) -> None:
        """End the process and all that it started. What it printed can still be read."""
        self.ended = True
        self._kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]

    def hide(self) -> None:
        """Remove the files, which both have open by now: a run that is killed leaves nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)  # Windows keeps them until they are closed

    def close(self) -> None:
        """End the process and forget it."""
        self.stop()
        self._sink.close()
        self._output.close()
        self.hide()

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._child.pid, signal.SIGKILL)
            else:
                self._child.kill()

    def _death(self, late: bool) -> Died:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(GRACE)
        status = self._child.poll()
        self.stop()
        told = last_words.place(self._end(2**16, most=2**16))
        if late:
            return Died("", told, self._channel.at, timed_out=True)
        return Died(last_words.how(status), told, self._channel.at)

    def _watch(self) -> None:
        """Kill a worker that does not end in time by itself, and keep its output from filling the disk."""
        while self._child.poll() is None:
            late = time.monotonic() - (self._deadline or math.inf)
            if late > GRACE or (late > 0 and os.name == "nt"):
                self._kill()
            elif late > 0:
                self._child.send_signal(LAST_WORDS)
            with contextlib.suppress(ValueError), self._reading:  # closed meanwhile
                if self._size() > MOST_OUTPUT:
                    kept = self._end(4000)
                    self._sink.truncate(0)
                    self._sink.write(kept.encode())
                    self._sink.flush()
            time.sleep(0.1)


def _reserved(path: Path) -> Path:
    """A file of ``SHARED`` bytes. Raises OSError where there is no room: memory without disk behind it would kill."""
    with open(path, "xb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, SHARED)
        else:
            file.truncate(SHARED)
    return path

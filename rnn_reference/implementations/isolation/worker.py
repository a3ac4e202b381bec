"""A worker: the process that runs other people's code, as the judging process sees it.

It loads one target and answers questions, each within a time limit. If it has ended, the next question starts it
again, until one function has ended it ``MAX_FAILURES`` times.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rnn_reference.implementations.isolation import exit_report
from rnn_reference.implementations.isolation.failures import Died, Failures, outcome_in
from rnn_reference.implementations.isolation.output import Output
from rnn_reference.implementations.isolation.start import start
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.outcomes import Crashed

if TYPE_CHECKING:
    from rnn_reference.implementations.isolation.channel import Channel
    from rnn_reference.implementations.values import Handle

# this module does not import numpy: the process is started first, and both import it at the same time

LOADING = 60.0
"""Seconds for loading a target, beside the time that its file may run: some import a framework."""

GRACE = 2.0
"""Seconds after the time limit for the worker to print where it is and to end. Then it is killed."""

TICK = 0.1
"""Seconds between two looks at the clock and at the output of a worker that has not answered yet."""

class Worker:
    """A process that loads ``target``; it is started here, and ``load`` waits for it.

    ``target`` is a file or a notebook, with an optional ``:attribute``. ``seconds`` limits each call and the run of a
    file, ``memory`` the bytes of data of the process (on Linux).
    """

    def __init__(self, target: str, seconds: float = 10.0, memory: float = 2.0**32) -> None:
        self.target, self._seconds, self._memory = target, seconds, memory
        self._definitions_only = False
        self._failures = Failures(seconds)
        self._output = Output()
        self._start()

    def _start(self) -> None:
        self.ended = False
        self._released: list[int] = []  # the numbers of this process's caches that are not used here any more
        request = {"target": self.target, "definitions_only": self._definitions_only}
        request |= {"seconds": self._seconds, "memory": self._memory}
        self._process, self._connection = start(request, self._output.file)

    def load(self) -> dict[str, Any]:
        """Wait until the target is loaded; the worker's description of it. Raises Unusable."""
        from rnn_reference.implementations.isolation.channel import Channel, limit_blocking

        limit_blocking(self._connection, self._seconds)
        self._channel: Channel = Channel(self._connection)
        try:
            reply = self._reply("offers", LOADING + 3 * self._seconds)
        except Died as death:
            where = f" ({death.where})" if death.where else ""
            raise Unusable(f"{self.target} could not be loaded: {death.how}{where}") from None
        if "unusable" in reply:
            self.stop()
            raise Unusable(str(reply["unusable"]))
        self._definitions_only = bool(reply.get("definitions_only"))  # a restart does not wait for the rest again
        return reply

    def ask(
        self, message: dict[str, Any], part: str, functions: Sequence[str], handles: Sequence["Handle"]
    ) -> dict[str, Any]:
        """The reply, which has this part, to a message that asks for calls of these functions with these caches.

        Raises the outcome of the first call that does not return.
        """
        self._require(functions, handles)
        released, self._released[:] = self._released[:], []
        try:
            with contextlib.suppress(OSError):  # it has ended: the reply says how
                self._channel.send(message | {"released": released})
            reply = self._reply(part, self._seconds)
        except Died as death:
            raise self._failures.outcome(death, functions) from None
        except BaseException:
            self.stop()  # interrupted in the middle of a message: the next one could not be read
            raise
        if "outcome" in reply:
            raise outcome_in(reply)
        return reply

    def _require(self, functions: Sequence[str], handles: Sequence["Handle"]) -> None:
        """Have a process that can make these calls. Raises the outcome of a call that cannot be made."""
        self._failures.require_few(functions)
        if self.ended:
            self._restart(functions[0])
        if any(handle.released is not self._released for handle in handles):
            raise Crashed([("error", "its process has ended, and its caches with it")], functions[0])

    def _restart(self, function: str) -> None:
        try:
            self._output.clear()
            self._start()
            self.load()
        except (Unusable, OSError) as error:
            raise Crashed([("error", f"its process ended, and did not start again: {error}")], function) from None

    def own(self, handle: "Handle") -> None:
        """Have the worker free the cache once its handle is deleted here."""
        handle.released = self._released

    def _reply(self, part: str, seconds: float) -> dict[str, Any]:
        """The next reply, which has this part, an outcome, or the reason why the target is unusable. Raises Died."""
        from rnn_reference.implementations.isolation.channel import Malformed, decode

        call = 0
        deadline = time.monotonic() + seconds
        try:
            while True:
                self._wait(deadline)
                reply = decode(self._channel.receive())
                if not isinstance(reply, dict):
                    raise Malformed("not a reply")
                if part in reply or "outcome" in reply or "unusable" in reply:
                    return reply
                call, deadline = int(reply["progress"]), time.monotonic() + seconds  # each call has its own time
        except TimeoutError:
            raise self._death(call, timed_out=True) from None
        except (EOFError, OSError):
            raise self._death(call) from None
        except (Malformed, KeyError, TypeError, ValueError, OverflowError):
            self.stop()
            raise Died("its process wrote over its own answers", None, call) from None

    def _wait(self, deadline: float) -> None:
        """Wait for a message. Raises TimeoutError at the deadline, EOFError if the process ends before."""
        while True:
            self._output.limit()
            ended = self._process.poll() is not None
            if self._channel.poll(TICK):
                return
            if ended:
                raise EOFError
            if time.monotonic() > deadline:
                raise TimeoutError

    def _death(self, call: int, timed_out: bool = False) -> Died:
        """How the process ended, or ends now: it is asked where it is, and is killed."""
        if timed_out and sys.platform != "win32":
            self._process.send_signal(signal.SIGABRT)  # faulthandler in the worker prints its stack
        if not timed_out or sys.platform != "win32":
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
        status = self._process.poll()
        self.stop()
        how = "" if timed_out else exit_report.how(status)
        return Died(how, exit_report.place(self._output.tail(2**16)), call, timed_out)

    def printed(self) -> str:
        """The end of what the worker printed since the last call."""
        return exit_report.without(self._output.new())

    def stop(self) -> None:
        """End the process and all that it started. Its output can still be read."""
        if self.ended:
            return
        self.ended = True
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._connection.close()

    def close(self) -> None:
        """End the process for good."""
        self.stop()
        self._output.close()


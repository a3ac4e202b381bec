"""A worker, seen from the judging process: the process that runs other people's code.

It loads one target and answers questions, each within a time limit. If the process has ended, the next question starts
a new one. A function that has ended ``MAX_FAILURES`` processes is not called again.
"""

import contextlib
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rnn_reference.implementations.isolation import exit_report
from rnn_reference.implementations.isolation.failures import DEFINITIONS_ALONE, Died, Failures, is_reply, outcome_in
from rnn_reference.implementations.isolation.output import Output
from rnn_reference.implementations.isolation.start import kill, start
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.outcomes import Crashed

if TYPE_CHECKING:
    from rnn_reference.implementations.question import Question

# this module does not import numpy: the process starts first, so that both processes import it at the same time

LOADING = 60.0
"""Seconds for loading a target, in addition to the time limit of its file: some targets import a framework."""

GRACE = 2.0
"""Seconds after the time limit for the worker to print its stack and to end. Then it is killed."""

TICK = 0.1
"""Seconds between two checks of the clock and of the worker's output, while there is no answer."""

Reply = dict[str, Any]


class Worker:
    """A process that loads ``target``. The constructor starts it, and ``load`` waits for it.

    ``target`` is a file or a notebook, with an optional ``:attribute``. ``seconds`` is the time limit of each call and
    of a file's run, ``memory`` the largest data size in bytes (on Linux). ``fill_empty`` fills ``np.empty``.
    """

    def __init__(self, target: str, seconds: float = 10.0, memory: float = 2.0**32, fill_empty: bool = False) -> None:
        self.target, self._seconds = target, seconds
        self._wanted = {"target": target, "seconds": seconds, "memory": memory, "fill_empty": fill_empty}
        self._definitions_only = False
        self._failures = Failures(seconds)
        self._output = Output()
        self._start()

    def _start(self) -> None:
        self.ended = False
        self._released: list[int] = []  # the numbers of caches to free in this process
        request = {**self._wanted, "definitions_only": self._definitions_only}
        self._process, self._connection = start(request, self._output.file)

    def load(self) -> dict[str, Any]:
        """Wait until the target is loaded. Returns the worker's description of it. Raises Unusable."""
        reply = self._loaded()
        if "unusable" in reply:
            self.stop()
            raise Unusable(str(reply["unusable"]))
        self._definitions_only |= bool(reply.get("definitions_only"))  # a restart does not wait for the rest again
        return reply

    def _loaded(self) -> dict[str, Any]:
        """Returns the description. If the process ends while it runs the whole file, it runs the definitions only."""
        from rnn_reference.implementations.isolation.channel import Channel, limit_blocking

        limit_blocking(self._connection, self._seconds + GRACE)
        self._channel: Channel = Channel(self._connection)
        try:
            return self._reply("offers", LOADING + 3 * self._seconds)
        except Died as death:
            how = f"{death.how} ({death.where})" if death.where else death.how
            if self._definitions_only or death.timed_out:
                raise Unusable(f"{self.target} could not be loaded: {how}") from None
        self._definitions_only = True
        self._output.clear()
        self._start()
        reply = self._loaded()
        return reply | {"notes": [f"running the file failed ({how}); {DEFINITIONS_ALONE}", *reply.get("notes", [])]}

    def ask(self, questions: Sequence["Question"], contents: Sequence[dict[str, Any]], part: str) -> list[Reply]:
        """Send all questions in one message. ``contents`` are the requests, ``part`` is the key that a reply must have.

        Returns the replies, up to the first failure or the first question that cannot be asked now. Raises the outcome
        if the first question cannot be asked. Call ``checked`` for each reply before its use.
        """
        self._require(questions[0])
        questions = [questions[0], *itertools.takewhile(self._can_answer, questions[1:])]
        released, self._released[:] = self._released[:], []
        replies: list[Reply] = []
        try:
            with contextlib.suppress(OSError):  # the process has ended: reading the reply finds the reason
                self._channel.send({"released": released, "requests": contents[: len(questions)]})
            while len(replies) < len(questions):
                replies.append(self._reply(part, self._seconds))
                self._own_caches(replies[-1])
                if "outcome" in replies[-1]:
                    break
        except Died as death:
            replies.append({"outcome": death})
        except BaseException:
            self.stop()  # interrupted in the middle of a message: the next one could not be read
            raise
        return replies

    def checked(self, reply: Reply, question: "Question") -> Reply:
        """Returns the reply to this question. Raises the outcome for a failure, and counts ended processes."""
        if isinstance(reply.get("outcome"), Died):
            raise self._failures.outcome(reply["outcome"], question.functions)
        if "outcome" in reply:
            raise outcome_in(reply)
        return reply

    def _own_caches(self, reply: Reply) -> None:
        """Make the process free each cache after its handle is deleted here."""
        for result in reply.get("results", ()):
            if isinstance(result, tuple) and result and hasattr(result[-1], "released"):
                result[-1].released = self._released

    def _require(self, question: "Question") -> None:
        """Make sure that a process can answer this question. Raises the outcome if not."""
        if refused := self._failures.refused(question.functions):
            raise refused
        if self.ended:
            self._restart(question.functions[0])
        if not self._can_answer(question):
            raise Crashed([("error", "its process has ended, and its caches with it")], question.functions[0])

    def _can_answer(self, question: "Question") -> bool:
        """True if no function is refused, and all caches belong to the current process."""
        own = all(handle.released is self._released for handle in question.handles)
        return own and not self._failures.refused(question.functions)

    def _restart(self, function: str) -> None:
        try:
            self._output.clear()
            self._start()
            self.load()
        except (Unusable, OSError) as error:
            raise Crashed([("error", f"its process ended, and did not start again: {error}")], function) from None

    def _reply(self, part: str, seconds: float) -> Reply:
        """Returns the next reply. Raises Died."""
        from rnn_reference.implementations.isolation.channel import Malformed, decode

        call, deadline = 0, time.monotonic() + seconds
        try:
            while True:
                self._wait(deadline)
                reply = decode(self._channel.receive())
                if not is_reply(reply, part):
                    raise Malformed("not a reply")
                if "progress" not in reply:
                    return dict(reply)
                call, deadline = reply["progress"], time.monotonic() + seconds  # each call has its own time
        except TimeoutError:
            raise self._death(call, timed_out=True) from None
        except (EOFError, OSError):
            raise self._death(call) from None
        except Malformed:
            self.stop()
            raise Died("its process wrote over its own answers", None, call) from None

    def _wait(self, deadline: float) -> None:
        """Wait for a message. Raises TimeoutError at the deadline, EOFError if the process ends before."""
        while True:
            self._output.limit()
            ended = self._is_over()
            if self._channel.poll(TICK):
                return
            if ended:
                raise EOFError
            if time.monotonic() > deadline:
                raise TimeoutError

    def _is_over(self) -> bool:
        return self._process.poll() is not None

    def _death(self, call: int, timed_out: bool = False) -> Died:
        """Ends the process. Returns the reason for its end, and its last line of code."""
        if timed_out and sys.platform != "win32":
            self._process.send_signal(signal.SIGABRT)  # faulthandler in the worker prints its stack
        if not timed_out or sys.platform != "win32":
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
        status = self._process.poll()
        self.stop()
        how = "" if timed_out else exit_report.in_words(status)
        return Died(how, exit_report.innermost_line(self._output.tail(2**16)), call, timed_out)

    def printed(self) -> str:
        """Returns the end of the worker's output since the last call."""
        return exit_report.without_stack(self._output.new())

    def stop(self) -> None:
        """End the process and all its children. Its output can still be read."""
        if self.ended:
            return
        self.ended = True
        kill(self._process)
        self._connection.close()

    def close(self) -> None:
        """End the process, and delete its output."""
        self.stop()
        self._output.close()

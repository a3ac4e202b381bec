"""The functions of a target that runs in a process of its own.

No sandbox: it is there so that what other people's code does wrong costs that code's own checks, and nothing else.
Every function is called as if it were here. A call that ends the process, or does not end in time, comes out as an
outcome, and the next one finds a new process.
"""

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.implementations.changes import write_back
from rnn_reference.implementations.declared import ATTRIBUTES
from rnn_reference.implementations.ended import Deaths, outcome_in
from rnn_reference.implementations.files import DEFINITIONS_ALONE
from rnn_reference.implementations.implementation import FUNCTIONS, Implementation
from rnn_reference.implementations.plain import Handle
from rnn_reference.implementations.process import Died, Process
from rnn_reference.implementations.question import Question
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.verification.outcomes import Crashed

LOADED = ("offers", *ATTRIBUTES, "notes")
"""What a worker says of the target that it has loaded."""

LOADING = 60.0
"""Seconds that a target has to load, beside those that its file or notebook may run: some import a framework."""


def started(target: str, seconds: float, memory: float, definitions_only: bool = False) -> Process:
    """A process that loads the target. ``Isolated`` waits for it: until then there is time for something else."""
    process = Process()
    limits = {"seconds": seconds, "memory": memory}
    process.tell({"load": target, "definitions_only": definitions_only} | limits)
    return process


class Isolated(Implementation):
    """The implementation that ``target`` names, its functions and caches in a worker process.

    ``target`` is a file or a notebook, with an optional ``:attribute``; ``seconds`` limits each call and the run of
    a file, ``memory`` the bytes of data of its process (on Linux); ``process`` is what ``started`` gave for it. Raises
    Unusable, with one clear line, where ``load`` would, and if the process ends while it loads.
    """

    def __init__(
        self, target: str, seconds: float = 10.0, memory: float = 2.0**32, process: Process | None = None
    ) -> None:
        self._target, self._seconds, self._memory = target, seconds, memory
        self._process = process or started(target, seconds, memory)
        self._definitions_only = False
        self._deaths = Deaths(seconds)
        self._came: deque[tuple[Any, Any]] = deque()  # what calls returned and changed that were made together
        self._coming: deque[Question] = deque()
        self._told: Question | None = None
        loaded = self._loaded()
        super().__init__(target, SimpleNamespace(**{name: loaded[name] for name in ATTRIBUTES}))
        self.notes = [str(note) for note in loaded["notes"]]
        self._definitions_only = any(note.endswith(DEFINITIONS_ALONE) for note in self.notes)
        self._offers = {name for name in FUNCTIONS if name in loaded["offers"]}

    def offers(self, name: str) -> bool:
        """Whether the worker has found it."""
        return name in self._offers

    def inside(self, caches: Handle) -> Any:
        """What the worker says of them."""
        self._leave()
        self._require_alive(["rnn_forward"], [caches])
        self._send({"inside": caches})
        return self._hear(["rnn_forward"], "inside")["inside"]

    def printed(self) -> str:
        """The end of what was printed over there since this was last asked."""
        return self._process.printed()

    def close(self) -> None:
        """End the worker."""
        self._process.close()

    @contextlib.contextmanager
    def ahead(self, questions: Sequence[Question]) -> Iterator[None]:
        """Tell the worker each question before the answer to the one before it is heard: it works while we judge."""
        try:
            self._coming.extend(questions)
            yield
        finally:
            self._coming.clear()
            self._leave()

    @contextlib.contextmanager
    def together(self, question: Question) -> Iterator[None]:
        """Ask for all calls in one message, which takes longer than most calls, and have their results ready."""
        try:
            self._came.extend(self._answered(question))
            yield
        finally:
            self._came.clear()

    def _handed_over(self, name: str, arguments: tuple[Any, ...], as_they_are: bool) -> Any:
        if self._came:
            result, changed = self._came.popleft()
        else:
            ((result, changed),) = self._answered(Question([(name, arguments)], as_they_are))
        for argument, now in zip(arguments, changed, strict=False):
            if now is not None:
                write_back(argument, now)
        return result

    def _connected(self, reply: dict[str, Any]) -> dict[str, Any]:
        """The reply, whose caches are given up over there when nobody here has them any more."""
        for result in reply.get("returned", ()):
            if isinstance(result, tuple) and result and isinstance(result[-1], Handle):
                result[-1].given_up = self._given_up
        return reply

    def _answered(self, question: Question) -> list[tuple[Any, Any]]:
        """What each call returned, and what it made of its arguments. Raises the outcome of the first that failed."""
        if question is not self._told or self._process.ended:
            self._leave()
            self._require_alive(question.functions, question.handles)
            self._tell(question)
        self._told = None
        if self._coming and self._coming[0] is question:
            self._coming.popleft()
            self._tell_ahead()
        reply = self._connected(self._hear(question.functions, "returned", "changed"))
        return list(zip(reply["returned"], reply["changed"], strict=True))

    def _tell_ahead(self) -> None:
        """Tell the question that comes next, if it is a short one: no pipe may fill up while nobody reads."""
        question = self._coming[0] if self._coming else None
        if question and not self._deaths.too_many(question.functions) and not self._lost(question.handles):
            self._told = question if self._tell(question, only_if_short=True) else None

    def _leave(self) -> None:
        """Wait for the answer to what was told ahead and is not asked now; no longer than it takes to start anew."""
        if self._told and not self._process.ended:
            with contextlib.suppress(Died):
                self._connected(self._process.hear(min(self._seconds, self._starting), "returned"))
        self._told = None

    def _tell(self, question: Question, only_if_short: bool = False) -> bool:
        given = [list(arguments) for _, arguments in question.calls]
        each = given if question.as_they_are else self._in_its_dtype(given, {})
        told = {"call": question.functions, "each": each, "as_they_are": question.as_they_are}
        return self._send(told, only_if_short)

    def _send(self, told: dict[str, Any], only_if_short: bool = False) -> bool:
        released = self._given_up[:]
        sent = self._process.tell(told | {"released": released}, only_if_short)
        if sent:
            del self._given_up[: len(released)]
        return sent

    def _hear(self, functions: list[str], *parts: str) -> dict[str, Any]:
        """The reply that has these parts. Raises the outcome, if that is what came of the call of a function."""
        try:
            reply = self._process.hear(self._seconds, *parts)
        except Died as death:
            raise self._deaths.outcome(death, functions) from None
        if "outcome" in reply:
            raise outcome_in(reply)
        return reply

    def _require_alive(self, functions: list[str], handles: list[Handle]) -> None:
        """A process that can be asked for these functions. Raises the outcome of calls that cannot be made."""
        if too_many := self._deaths.too_many(functions):
            raise too_many
        if self._process.ended:
            self._restart(functions[0])
        if self._lost(handles):
            raise Crashed([("error", "its process has ended, and its caches with it")], functions[0])

    def _lost(self, handles: list[Handle]) -> bool:
        return any(handle.number >= 0 and handle.given_up is not self._given_up for handle in handles)

    def _in_its_dtype(self, value: Any, done: dict[int, Any]) -> Any:
        """The value with its arrays contiguous and in the implementation's dtype; what is in it twice, once."""
        if id(value) in done:
            return done[id(value)]
        if isinstance(value, list):
            return [self._in_its_dtype(item, done) for item in value]
        if isinstance(value, Mapping):
            done[id(value)] = {name: self._in_its_dtype(item, done) for name, item in value.items()}
        elif isinstance(value, np.ndarray):
            done[id(value)] = np.ascontiguousarray(value, self.dtype if value.dtype.kind == "f" else None)
        return done.get(id(value), value)

    def _loaded(self) -> dict[str, Any]:
        """What the new process says of the target. Raises Unusable."""
        self._given_up: list[int] = []  # the caches that it holds and nobody here wants any more
        began = time.monotonic()
        try:
            reply = self._process.hear(LOADING + 3 * self._seconds, *LOADED)
        except Died as death:
            self._process.close()
            where = f" ({death.where})" if death.where else ""
            raise Unusable(f"{self._target} could not be loaded: {death.how}{where}") from None
        if "unusable" in reply:
            self._process.close()
            raise Unusable(str(reply["unusable"]))
        self._process.hide()
        self._starting = max(1.0, time.monotonic() - began)
        return reply

    def _restart(self, function: str) -> None:
        try:
            self._process.close()
            self._process = started(self._target, self._seconds, self._memory, self._definitions_only)
            self._loaded()
        except (Unusable, OSError) as error:
            raise Crashed([("error", f"its process ended, and did not start again: {error}")], function) from None

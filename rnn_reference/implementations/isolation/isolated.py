"""The functions of a target that runs in a worker.

A call that ends the worker, or takes too long, becomes an outcome, and the next call starts a new worker. This is not a
sandbox: it only limits mistakes of other people's code to the checks of this code.
"""

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.cells.registry import functions
from rnn_reference.implementations.declared import ATTRIBUTES
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.isolation.mutations import repeat
from rnn_reference.implementations.isolation.worker import Worker
from rnn_reference.implementations.question import Question
from rnn_reference.implementations.values import Handle
from rnn_reference.implementations.whereabouts import Whereabouts


class Isolated(Implementation):
    """The implementation in a worker. Raises Unusable, with one clear line, if the worker cannot load it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._changed: list[str] | None = None
        self._coming: list[Question] = []  # the next questions, in this order
        self._fetched: dict[Question, Any] = {}  # the replies that have not been used yet
        self._results: deque[tuple[Any, Any]] = deque()  # the results of one question, with the changed arguments
        loaded = worker.load()
        super().__init__(worker.target, SimpleNamespace(**{name: loaded.get(name) for name in ATTRIBUTES}))
        self.notes = [str(note) for note in loaded.get("notes", [])]
        self._takes = {name: tuple(taken) for name, taken in loaded.get("takes", {}).items()}
        self._reads_globals = {name: tuple(read) for name, read in loaded.get("reads_globals", {}).items()}
        self._where = {name: Whereabouts(*at) for name, at in loaded.get("where", {}).items()}
        self._offers = {name for name in functions() if name in loaded["offers"]}

    def offers(self, name: str) -> bool:
        """True if the worker has found the function."""
        return name in self._offers

    def takes(self, name: str) -> tuple[str, ...]:
        """The optional arguments that the worker has found in the signature."""
        return self._takes.get(name, ())

    def reads_globals(self, name: str) -> tuple[str, ...]:
        """The weights that the worker's function reads from the module around it."""
        return self._reads_globals.get(name, ())

    def where(self, name: str) -> Whereabouts | None:
        """Where the worker's function is written."""
        return self._where.get(name)

    def cache_contents(self, caches: Handle) -> Any:
        """Returns the worker's description of the caches."""
        question = Question([(self.cells[0].forward.name, (caches,))])  # which is blamed if this fails
        (reply,) = self._worker.ask([question], [{"describe": caches}], "description")
        return self._worker.checked(reply, question)["description"]

    @contextlib.contextmanager
    def watched(self) -> Iterator[list[str]]:
        """Yields a list of the settings of the worker's process that the calls inside the block change."""
        changed: list[str] = []
        self._changed = changed
        try:
            yield changed
        finally:
            self._changed = None

    def printed(self) -> str:
        """Returns the end of the worker's output since the last call."""
        return self._worker.printed()

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    @contextlib.contextmanager
    def prefetch(self, questions: Sequence[Question]) -> Iterator[None]:
        """Ask one question in the first message, then two, four, and so on: a message costs more time than a call.

        The first question alone finds most mistakes, so that few answers are fetched in vain.
        """
        try:
            self._coming, self._at_once = list(questions), 1
            yield
        finally:
            self._coming = []
            self._fetched.clear()

    @contextlib.contextmanager
    def in_one_message(self, question: Question) -> Iterator[None]:
        """Make all calls of the question in one message."""
        try:
            self._results.extend(self._answer(question))
            yield
        finally:
            self._results.clear()

    def _call_theirs(self, name: str, arguments: tuple[Any, ...], copy: bool) -> Any:
        if not self._results:
            self._results.extend(self._answer(Question([(name, arguments)], copy)))
        result, changed = self._results.popleft()
        for argument, now in zip(arguments, changed, strict=False):
            if now is not None:
                repeat(argument, now)
        return result

    def _answer(self, question: Question) -> list[tuple[Any, Any]]:
        """Returns the result of each call with the changed arguments. Raises the outcome of the first failed call."""
        if question not in self._fetched:
            self._fetch(question)
        reply = self._worker.checked(self._fetched.pop(question), question)
        results = reply["results"]
        if self._changed is not None and isinstance(reply.get("settings"), list):
            self._changed += map(str, reply["settings"])
        return list(zip(results, reply.get("changed") or [()] * len(results), strict=False))

    def _fetch(self, question: Question) -> None:
        """Fetch the answer to this question. If it is the next one to prefetch, fetch answers to those after it too."""
        questions = [question]
        if self._coming and self._coming[0] is question:
            questions, self._coming = self._coming[: self._at_once], self._coming[self._at_once :]
            self._at_once *= 2
        replies = self._worker.ask(questions, [self._content(one) for one in questions], "results")
        self._fetched.update(zip(questions, replies, strict=False))

    def _content(self, question: Question) -> dict[str, Any]:
        given = [list(arguments) for _, arguments in question.calls]
        if question.copy:
            given = self._in_its_dtype(given, {})
        calls = list(zip(question.functions, given, strict=True))
        ways = {name: getattr(question, name) for name in ("copy", "read_only", "in_place", "late")}
        return {"calls": calls, "settings": self._changed is not None, **ways}

    def _in_its_dtype(self, value: Any, done: dict[int, Any]) -> Any:
        """Returns the value with contiguous arrays in the implementation's dtype. Each array is converted once."""
        if id(value) in done:
            return done[id(value)]
        if isinstance(value, list):
            return [self._in_its_dtype(item, done) for item in value]
        if isinstance(value, Mapping):
            done[id(value)] = {name: self._in_its_dtype(item, done) for name, item in value.items()}
        elif isinstance(value, np.ndarray):
            done[id(value)] = np.ascontiguousarray(value, self.dtype if value.dtype.kind == "f" else None)
        return done.get(id(value), value)

"""The functions of a target that runs in a process of its own.

No sandbox: it is there so that what other people's code does wrong costs that code's own checks, and nothing else.
Every function is called as if it were here. A call that ends the process, or does not end in time, comes out as an
outcome, and the next one finds a new process.
"""

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.implementations.declared import ATTRIBUTES
from rnn_reference.implementations.implementation import FUNCTIONS, Implementation
from rnn_reference.implementations.isolation.mutations import write_back
from rnn_reference.implementations.isolation.process import Process
from rnn_reference.implementations.isolation.supervised import Supervised
from rnn_reference.implementations.question import Question
from rnn_reference.implementations.values import Handle


class Isolated(Implementation):
    """The implementation that ``target`` names, its functions and caches in a worker process.

    ``target`` is a file or a notebook, with an optional ``:attribute``; ``seconds`` limits each call and the run of
    a file, ``memory`` the bytes of data of its process (on Linux); ``process`` is what ``supervised.started`` gave for
    it. Raises Unusable, with one clear line, where ``load`` would, and if the process ends while it loads.
    """

    def __init__(
        self, target: str, seconds: float = 10.0, memory: float = 2.0**32, process: Process | None = None
    ) -> None:
        self._worker = Supervised(target, seconds, memory, process)
        self._came: deque[tuple[Any, Any]] = deque()  # what calls returned and changed that were made together
        self._coming: deque[Question] = deque()
        self._told: Question | None = None
        loaded = self._worker.loaded
        super().__init__(target, SimpleNamespace(**{name: loaded[name] for name in ATTRIBUTES}))
        self.notes = [str(note) for note in loaded["notes"]]
        self._offers = {name for name in FUNCTIONS if name in loaded["offers"]}

    def offers(self, name: str) -> bool:
        """Whether the worker has found it."""
        return name in self._offers

    def inside(self, caches: Handle) -> Any:
        """What the worker says of them."""
        self._leave()
        self._worker.require(["rnn_forward"], [caches])
        self._worker.tell({"inside": caches})
        return self._worker.hear(["rnn_forward"], "inside")["inside"]

    def printed(self) -> str:
        """The end of what was printed over there since this was last asked."""
        return self._worker.printed()

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

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

    def _answered(self, question: Question) -> list[tuple[Any, Any]]:
        """What each call returned, and what it made of its arguments. Raises the outcome of the first that failed."""
        if question is not self._told or self._worker.ended:
            self._leave()
            self._worker.require(question.functions, question.handles)
            self._tell(question)
        self._told = None
        if self._coming and self._coming[0] is question:
            self._coming.popleft()
            self._tell_ahead()
        reply = self._worker.hear(question.functions, "returned", "changed")
        return list(zip(reply["returned"], reply["changed"], strict=True))

    def _tell_ahead(self) -> None:
        """Tell the question that comes next, if it is a short one: no pipe may fill up while nobody reads."""
        question = self._coming[0] if self._coming else None
        if question and self._worker.can_take(question.functions, question.handles):
            self._told = question if self._tell(question, only_if_short=True) else None

    def _leave(self) -> None:
        """Let go of what was told ahead and is not asked now."""
        if self._told and not self._worker.ended:
            self._worker.leave()
        self._told = None

    def _tell(self, question: Question, only_if_short: bool = False) -> bool:
        given = [list(arguments) for _, arguments in question.calls]
        each = given if question.as_they_are else self._in_its_dtype(given, {})
        told = {"call": question.functions, "each": each, "as_they_are": question.as_they_are}
        return self._worker.tell(told, only_if_short)

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

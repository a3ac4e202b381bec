"""The functions of a target that runs in a process of its own.

No sandbox: it is there so that what other people's code does wrong costs that code's own checks, and nothing else.
Every function is called as if it were here. A call that ends the process, or does not end in time, comes out as an
outcome, and the next one finds a new process.
"""

import contextlib
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from rnn_reference.implementations.ended import STRIKES, given_up, outcome_in, outcome_of
from rnn_reference.implementations.files import DEFINITIONS_ALONE
from rnn_reference.implementations.implementation import ATTRIBUTES, FUNCTIONS, Implementation
from rnn_reference.implementations.plain import LAST_CACHE, Handle
from rnn_reference.implementations.process import Died, Process
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.verification.outcomes import Crashed, Outcome

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
        self._deaths: defaultdict[str, list[Outcome]] = defaultdict(list)
        self._came: deque[tuple[Any, Any]] = deque()  # what calls returned and changed that were made together
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
        return self._ask(["rnn_forward"], {"inside": caches}, [caches], "inside")["inside"]

    def printed(self) -> str:
        """The end of what was printed over there since this was last asked."""
        return self._process.printed()

    def close(self) -> None:
        """End the worker."""
        self._process.close()

    @contextlib.contextmanager
    def together(self, calls: list[tuple[str, tuple[Any, ...]]], as_they_are: bool = False) -> Iterator[None]:
        """Ask for all calls in one message, which takes longer than most calls, and have their results ready."""
        try:
            self._came.extend(self._called(calls, as_they_are))
            yield
        finally:
            self._came.clear()

    def _handed_over(self, name: str, arguments: tuple[Any, ...], as_they_are: bool) -> Any:
        if self._came:
            result, changed = self._came.popleft()
        else:
            ((result, changed),) = self._called([(name, arguments)], as_they_are)
        for argument, now in zip(arguments, changed, strict=False):
            if now is not None:
                _write_back(argument, now)
        if isinstance(result, tuple) and isinstance(result[-1], Handle):
            result[-1].given_up = self._given_up
        return result

    def _called(self, calls: list[tuple[str, tuple[Any, ...]]], as_they_are: bool) -> list[tuple[Any, Any]]:
        """What each call returned, and what it made of its arguments. Raises the outcome of the first that failed."""
        functions = [name for name, _ in calls]
        each = [list(given if as_they_are else map(self._in_its_dtype, given)) for _, given in calls]
        handles = [argument for given in each for argument in given if isinstance(argument, Handle)]
        question = {"call": functions, "each": each, "as_they_are": as_they_are}
        reply = self._ask(functions, question, handles, "returned", "changed")
        return list(zip(reply["returned"], reply["changed"], strict=True))

    def _in_its_dtype(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._in_its_dtype(item) for name, item in value.items()}
        if isinstance(value, np.ndarray):
            return np.ascontiguousarray(value, self.dtype if value.dtype.kind == "f" else None)
        return value

    def _loaded(self) -> dict[str, Any]:
        """What the new process says of the target. Raises Unusable."""
        self._given_up: list[int] = []  # the caches that it holds and nobody here wants any more
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
        return reply

    def _ask(
        self, functions: list[str], question: dict[str, Any], handles: list[Handle], *parts: str
    ) -> dict[str, Any]:
        """The reply to a question. Raises the outcome, if that is what came of it."""
        try:
            return self._reply(functions, question, handles, *parts)
        except Outcome as outcome:
            raised = outcome
        # always from this line: hypothesis takes failures that are raised in two places for two mistakes
        raise raised.with_traceback(None)

    def _reply(
        self, functions: list[str], question: dict[str, Any], handles: list[Handle], *parts: str
    ) -> dict[str, Any]:
        for function in functions:
            if len(self._deaths[function]) >= STRIKES:
                raise given_up(function, self._deaths[function][-1])
        if self._process.ended:
            self._restart(functions[0])
        if any(handle.number != LAST_CACHE and handle.given_up is not self._given_up for handle in handles):
            raise Crashed([("error", "its process has ended, and its caches with it")], functions[0])
        released = {"released": self._given_up[:]}
        del self._given_up[: len(released["released"])]
        try:
            reply = self._process.ask(question | released, self._seconds, *parts)
        except Died as death:
            function = functions[min(death.at, len(functions) - 1)]
            outcome = outcome_of(death, function, self._seconds)
            self._deaths[function].append(outcome)
            raise outcome from None
        if "outcome" in reply:
            raise outcome_in(reply)
        return reply

    def _restart(self, function: str) -> None:
        try:
            self._process.close()
            self._process = started(self._target, self._seconds, self._memory, self._definitions_only)
            self._loaded()
        except (Unusable, OSError) as error:
            raise Crashed([("error", f"its process ended, and did not start again: {error}")], function) from None


def _write_back(argument: Any, changed: Any) -> None:
    """Make an argument what the call made of its copy; the arrays of a dict are written to, as that one's were."""
    if isinstance(argument, dict):
        now = changed if isinstance(changed, Mapping) else {}
        for name in argument.keys() - now.keys():
            del argument[name]
        for name in now.keys() & argument.keys():
            _write_back(argument[name], now[name])
        argument.update({name: value for name, value in now.items() if name not in argument})
    elif getattr(changed, "shape", None) == argument.shape:
        argument[...] = changed
    else:
        argument.fill(np.nan)  # of another shape, or no array any more: in any case not what it was

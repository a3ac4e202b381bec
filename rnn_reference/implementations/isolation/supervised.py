"""A worker that is started anew after it has ended, until a function has cost too many of its processes."""

import contextlib
import time
from collections.abc import Sequence
from typing import Any

from rnn_reference.implementations.declared import ATTRIBUTES
from rnn_reference.implementations.isolation.failures import Deaths, outcome_in
from rnn_reference.implementations.isolation.process import Died, Process
from rnn_reference.implementations.loading.files import DEFINITIONS_ALONE
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.implementations.values import Handle
from rnn_reference.outcomes import Crashed

LOADED = ("offers", *ATTRIBUTES, "notes")
"""What a worker says of the target that it has loaded."""

LOADING = 60.0
"""Seconds that a target has to load, beside those that its file or notebook may run: some import a framework."""


def started(target: str, seconds: float, memory: float, definitions_only: bool = False) -> Process:
    """A process that loads the target. ``Supervised`` waits for it: until then there is time for something else."""
    process = Process()
    limits = {"seconds": seconds, "memory": memory}
    process.tell({"load": target, "definitions_only": definitions_only} | limits)
    return process


class Supervised:
    """A worker that has loaded ``target``: it is told messages, and its reply to each is heard in turn.

    ``loaded`` is what it says of the target. Raises Unusable if it could not be loaded.
    """

    def __init__(self, target: str, seconds: float, memory: float, process: Process | None) -> None:
        self._target, self._seconds, self._memory = target, seconds, memory
        self._process = process or started(target, seconds, memory)
        self._deaths = Deaths(seconds)
        self.loaded = self._load()

    def _load(self) -> dict[str, Any]:
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

    @property
    def ended(self) -> bool:
        """Whether its process has: what was told it is lost."""
        return self._process.ended

    def require(self, functions: Sequence[str], handles: Sequence[Handle]) -> None:
        """A process that can make such calls. Raises the outcome of those that cannot be made."""
        if too_many := self._deaths.too_many(functions):
            raise too_many
        if self._process.ended:
            self._restart(functions[0])
        if self._lost(handles):
            raise Crashed([("error", "its process has ended, and its caches with it")], functions[0])

    def can_take(self, functions: Sequence[str], handles: Sequence[Handle]) -> bool:
        """Whether such calls can be made as things are."""
        return not (self._process.ended or self._deaths.too_many(functions) or self._lost(handles))

    def _lost(self, handles: Sequence[Handle]) -> bool:
        return any(handle.given_up is not self._given_up for handle in handles)

    def _restart(self, function: str) -> None:
        definitions_only = any(str(note).endswith(DEFINITIONS_ALONE) for note in self.loaded["notes"])
        try:
            self._process.close()
            self._process = started(self._target, self._seconds, self._memory, definitions_only)
            self._load()
        except (Unusable, OSError) as error:
            raise Crashed([("error", f"its process ended, and did not start again: {error}")], function) from None

    def tell(self, message: dict[str, Any], only_if_short: bool = False) -> bool:
        """Send a message, and with it which caches nobody wants any more; whether it was sent."""
        released = self._given_up[:]
        sent = self._process.tell(message | {"released": released}, only_if_short)
        if sent:
            del self._given_up[: len(released)]
        return sent

    def hear(self, functions: Sequence[str], *parts: str) -> dict[str, Any]:
        """The reply that has these parts. Raises the outcome, if that is what came of the call of a function."""
        try:
            reply = self._process.hear(self._seconds, *parts)
        except Died as death:
            raise self._deaths.outcome(death, functions) from None
        if "outcome" in reply:
            raise outcome_in(reply)
        return self._connected(reply)

    def leave(self) -> None:
        """Wait for a reply that nobody wants any more; no longer than it takes to start anew."""
        with contextlib.suppress(Died):
            self._connected(self._process.hear(min(self._seconds, self._starting), "returned"))

    def _connected(self, reply: dict[str, Any]) -> dict[str, Any]:
        """The reply, whose caches are given up over there when nobody here has them any more."""
        for result in reply.get("returned", ()):
            if isinstance(result, tuple) and result and isinstance(result[-1], Handle):
                result[-1].given_up = self._given_up
        return reply

    def printed(self) -> str:
        """The end of what was printed over there since this was last asked."""
        return self._process.printed()

    def close(self) -> None:
        """End it."""
        self._process.close()

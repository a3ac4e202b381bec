"""Answers the questions about an implementation that another process asks, over a channel.

It gets arguments, never an expected value. It sends only values that a message can hold (``channel``).
"""

import contextlib
import itertools
import sys
import time
from collections import deque
from typing import Any

import numpy as np

from rnn_reference.cells.cell import Function
from rnn_reference.cells.registry import function_named
from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.declared import ATTRIBUTES
from rnn_reference.implementations.handing_over import handed_over, watched_settings
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.isolation.channel import Channel, decode
from rnn_reference.implementations.isolation.failures import DEFINITIONS_ALONE
from rnn_reference.implementations.isolation.mutations import changed
from rnn_reference.implementations.values import MANY, Handle, as_it_is_now, describe_cache, plain
from rnn_reference.outcomes import Outcome

HEARTBEAT = 0.05
"""Seconds between messages that report the progress of calls to the parent. Each call has its own time limit."""


def description_of(found: Implementation) -> dict[str, Any]:
    """Returns what the other process has to know of an implementation, before it asks."""
    description = {name: getattr(found, name) for name in (*ATTRIBUTES, "notes")}
    description["definitions_only"] = any(note.endswith(DEFINITIONS_ALONE) for note in found.notes)
    takes = {name: found.takes(name) for name in found.offered}
    reads = {name: found.reads_globals(name) for name in found.offered}
    where = {name: tuple(at) for name in found.offered if (at := found.where(name))}
    return description | {"offers": found.offered, "takes": takes, "reads_globals": reads, "where": where}


class Caller:
    """Calls the functions of an implementation, and keeps the caches."""

    def __init__(self, implementation: Implementation, channel: Channel) -> None:
        self._implementation, self._channel = implementation, channel
        self._caches: dict[int, Any] = {}
        self._latest: deque[Any] = deque(maxlen=2)
        self._numbers = itertools.count()

    def answer(self, message: bytes) -> None:
        """Send a reply to each request in a message, up to the first request without results."""
        content = decode(message)
        for number in content["released"]:
            self._caches.pop(number, None)
        for number, request in enumerate(content["requests"]):
            if "describe" in request:
                reply = {"description": describe_cache(self._caches.get(request["describe"].number))}
            else:
                reply = self._answers_to(request)
                if not (request["copy"] or request["read_only"]) and "results" in reply:
                    now, before = request["calls"], decode(message)["requests"][number]["calls"]
                    reply["changed"] = [changed(one, was) for (_, one), (_, was) in zip(now, before, strict=True)]
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
            self._channel.send(reply)
            if "outcome" in reply:
                break

    def _answers_to(self, request: dict[str, Any]) -> dict[str, Any]:
        """Returns the result of each call of a request; with ``settings`` also those that its calls change."""
        if not request["settings"]:
            return self._call_each(request)
        with watched_settings() as changed:
            reply = self._call_each(request)
        return reply | {"settings": changed}

    def _call_each(self, request: dict[str, Any]) -> dict[str, Any]:
        """Returns the result of each call, or the outcome of the first call that raises."""
        calls, results, kept = request["calls"], [], []
        before, reported = calls[0][0], time.monotonic()
        try:
            for number, (function, given) in enumerate(handed_over(calls, request["read_only"], request["in_place"])):
                if function != before or time.monotonic() - reported > HEARTBEAT:
                    self._channel.send({"progress": number})
                    before, reported = function, time.monotonic()
                arguments = [self._cache(one.number) if isinstance(one, Handle) else one for one in given]
                result = self._implementation.call(function, *arguments, copy=False)
                signature = function_named(function)
                kept += [result] if request["late"] else []
                results.append(self._described(signature, result))
                if signature.returns_cache and not _has_a_cache(signature, results[-1]):
                    break  # the next calls may need its cache
            if request["late"]:
                results = list(map(as_it_is_now, kept, results))
            return {"results": results}
        except Outcome as raised:
            outcome = raised
        except BaseException as error:
            outcome = crash(function, error)
        return {"outcome": outcome.name, "function": function, "lines": outcome.lines, **outcome.evidence}

    def _cache(self, number: int) -> Any:
        """Returns the cache with this number, or the latest cache (-1), or the cache before it (-2)."""
        return self._caches.get(number) if number >= 0 else self._latest[number]

    def _described(self, signature: Function, result: Any) -> Any:
        """Returns the result in a form that a message can hold: a handle for the cache, and arrays of numbers."""
        if not isinstance(result, tuple | list):
            return plain(result)
        parts = list(result)
        if signature.returns_cache and len(parts) == len(signature.returns):
            number = next(self._numbers)
            self._caches[number] = parts[-1]
            self._latest.append(parts[-1])
            return (*map(plain, parts[:-1]), Handle(number))
        described = [plain(part) for part in parts[:MANY]]
        return described if isinstance(result, list) else tuple(described)


def _has_a_cache(signature: Function, result: Any) -> bool:
    """True if the result of a forward function has the right form: arrays, then a cache."""
    whole = isinstance(result, tuple) and len(result) == len(signature.returns)
    return whole and all(type(part) is np.ndarray for part in result[:-1])

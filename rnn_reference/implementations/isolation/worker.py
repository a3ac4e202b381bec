"""The process in which other people's code runs: it loads one target, then answers calls until its input ends.

Requests come by standard input and replies go by standard output, both moved out of the way first: whatever the
target prints goes to standard error. The worker is given arguments, never an expected value, and sends nothing but
plain values back (``rnn_reference.implementations.isolation.channel``).
"""

import contextlib
import faulthandler
import gc
import itertools
import os
import sys
import threading
import time
import warnings
from collections import deque
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.declared import ATTRIBUTES
from rnn_reference.implementations.implementation import FORWARD, Implementation
from rnn_reference.implementations.isolation.channel import Channel, Message
from rnn_reference.implementations.isolation.mutations import changed
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.implementations.values import MANY, Handle, looked_into, own, plain
from rnn_reference.outcomes import Outcome


def main(shared: str) -> None:
    """Serve the process that started this one; ``shared`` is the file of the memory that both share."""
    channel = Channel(_moved(0, "rb"), _moved(1, "wb"), Path(shared), asks=False)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout = open(1, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115 (a line dies with nobody)
    faulthandler.enable(file=2)  # last words, also when the parent loses patience and sends SIGABRT
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    with contextlib.suppress(EOFError, BrokenPipeError):  # nobody asks any more
        first = channel.receive().value()
        _limit_memory(first["memory"])
        worker = _loaded(first, channel)
        gc.freeze()  # what has been imported stays: to look through it for garbage takes as long as twenty calls
        while worker:
            worker.answer(channel.receive())
    os._exit(0)  # whatever the target left running or registered ends here


def _end_with(parent: int) -> None:
    """End this process soon after its parent, also in the middle of a call that never returns."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


def _moved(number: int, mode: str) -> BinaryIO:
    return os.fdopen(os.dup(number), mode, buffering=2**16)  # type: ignore[return-value]


def _limit_memory(limit: float) -> None:
    """Allow ``limit`` bytes of data, where the system has such a limit.

    Address space is left alone: a GPU's driver reserves far more of it than it uses.
    """
    try:
        import resource
    except ModuleNotFoundError:
        return  # Windows
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (int(limit), int(limit)))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _loaded(request: dict[str, Any], channel: Channel) -> "_Worker | None":
    try:
        implementation = load(request["load"], seconds=request["seconds"], definitions_only=request["definitions_only"])
    except Unusable as error:
        channel.send({"unusable": str(error)})
        return None
    except BaseException as error:
        channel.send({"unusable": "; ".join(text for _, text in crash("", error).lines)})
        return None
    described = {name: getattr(implementation, name) for name in (*ATTRIBUTES, "notes")}
    channel.send(described | {"offers": implementation.offered})
    return _Worker(implementation, channel)


class _Worker:
    """An implementation, and the caches that it gave out."""

    def __init__(self, implementation: Implementation, channel: Channel) -> None:
        self.implementation, self.channel = implementation, channel
        self.kept: dict[int, Any] = {}
        self.latest: deque[Any] = deque(maxlen=2)
        self.numbers = itertools.count()

    def answer(self, message: Message) -> None:
        """Do what one message asks for, and reply."""
        self.channel.at = 0
        request = message.value()
        for number in request["released"]:
            self.kept.pop(number, None)
        if "inside" in request:
            self.channel.send({"inside": looked_into(self.kept.get(request["inside"].number))})
            return
        reply = self._called(list(zip(request["call"], request["each"], strict=True)))
        if "returned" in reply and request["as_they_are"]:
            pairs = zip(reply["returned"], request["each"], message.value(own=False)["each"], strict=False)
            reply["changed"] = [changed(now, before) for _, now, before in pairs]
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        self.channel.send(reply)

    def _called(self, calls: list[tuple[str, list[Any]]]) -> dict[str, Any]:
        """What each call returns, or what the first one raises that does."""
        returned: list[Any] = []
        signed = time.monotonic()
        try:
            for number, (function, given) in enumerate(calls):
                self.channel.at = number
                if time.monotonic() - signed > SIGN_OF_LIFE:  # each call has its own time
                    self.channel.sign()
                    signed = time.monotonic()
                returned.append(self._described(function, self._result(function, given)))
                if number + 1 < len(calls):
                    returned[-1] = own(returned[-1])  # it may be a buffer that the next call writes into
                    if function in FORWARD and not _has_a_cache(returned[-1]):
                        break  # whoever looks at it asks nothing more
            return {"returned": returned, "changed": [[] for _ in returned]}
        except Outcome as raised:
            outcome = raised
        except BaseException as error:
            outcome = crash(function, error)
        return {"outcome": outcome.name, "function": function, "lines": outcome.lines, **outcome.evidence}

    def _result(self, function: str, given: list[Any]) -> Any:
        arguments = [self._cache(one.number) if isinstance(one, Handle) else one for one in given]
        return self.implementation.call(function, *arguments, copy=False)

    def _cache(self, number: int) -> Any:
        return self.kept.get(number) if number >= 0 else self.latest[number]

    def _described(self, function: str, result: Any) -> Any:
        """The result with a handle in place of the cache, and everything else as arrays of numbers where it can be."""
        if isinstance(result, tuple | list):
            parts = list(result)
            if function in FORWARD and len(parts) == 3:
                number = next(self.numbers)
                self.kept[number] = parts[2]
                self.latest.append(parts[2])
                return (plain(parts[0]), plain(parts[1]), Handle(number))
            described = [plain(part) for part in parts[:MANY]]
            return described if isinstance(result, list) else tuple(described)
        return plain(result)


SIGN_OF_LIFE = 0.5
"""Seconds of several calls asked for at once after which the parent hears that one more begins."""


def _has_a_cache(returned: Any) -> bool:
    return isinstance(returned, tuple) and len(returned) == 3 and all(type(part) is np.ndarray for part in returned[:2])

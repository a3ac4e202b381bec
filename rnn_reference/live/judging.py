"""The program of the process that judges the objects of another one: a pytest run whose implementation is there."""

from __future__ import annotations

import contextlib
import json
import os
from multiprocessing.connection import Connection
from typing import Any

import pytest

from rnn_reference.__main__ import run_pytest
from rnn_reference.implementations.isolation.channel import inherited_connection
from rnn_reference.implementations.isolation.failures import Died
from rnn_reference.implementations.isolation.isolated import Isolated
from rnn_reference.implementations.isolation.worker import GRACE, Worker
from rnn_reference.live.serving import LATE
from rnn_reference.target import begin_with


def main(handle: int, request: str) -> None:
    """Judge the objects of the process at the other end of an inherited connection."""
    wanted = json.loads(request)
    owner = Owner(wanted["name"], wanted["seconds"], inherited_connection(handle))
    run_pytest(wanted["options"], [_Theirs(owner, wanted["call"])])


class Owner(Worker):
    """The process that has the objects. It cannot be started again."""

    def __init__(self, name: str, seconds: float, connection: Connection) -> None:
        self._given = connection
        super().__init__(name, seconds)

    def _start(self) -> None:
        self.ended = False
        self._released: list[int] = []
        self._connection = self._given

    def _is_over(self) -> bool:
        return False

    def _death(self, call: int, timed_out: bool = False) -> Died:
        """Ends the call. If it does not end, the objects cannot be asked any more."""
        if timed_out and LATE is not None:
            os.kill(os.getppid(), LATE)
            with contextlib.suppress(EOFError, OSError):
                if self._channel.poll(GRACE):
                    self._channel.receive()
                    return Died("", None, call, timed_out)
        self.ended = True
        return Died("" if timed_out else "the process of the objects has ended", None, call, timed_out)

    def stop(self) -> None:
        """Nothing to end: the process is somebody else's."""
        self.ended = True


class _Theirs:
    """A plug-in that puts the objects in the place of the target."""

    def __init__(self, owner: Owner, call: str) -> None:
        self._owner, self._call = owner, call

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: Any) -> None:
        """Before the run looks for its target, here it is."""
        implementation = Isolated(self._owner)
        implementation.rerun_by = self._call
        begin_with(config, implementation)

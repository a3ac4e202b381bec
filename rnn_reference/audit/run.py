"""Somebody's test file, run on one network: in a process of its own, so that a crash or a hang costs only that run."""

import contextlib
import importlib
import io
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from rnn_reference.cells.fault import Fault
from rnn_reference.faults.network import FaultyNetwork

FUNCTIONS = ("tanh_forward", "softmax_forward", "rnn_cell_forward", "rnn_forward", "rnn_cell_backward", "rnn_backward")


@dataclass
class Trial:
    """What a test file said: the tests that passed, those that failed, and in ``broke`` why it said nothing, if so."""

    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    broke: str = ""


class _Listener:
    """Keeps the outcome of each test, and why it failed."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def pytest_runtest_logreport(self, report: Any) -> None:
        name = report.nodeid.partition("::")[2]
        if report.failed:
            self.trial.failed[name] = _last_line(report)
        elif report.when == "call" and report.passed:
            self.trial.passed.append(name)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.trial.broke = f"it could not be read: {_last_line(report)}"


def _last_line(report: Any) -> str:
    """The line of pytest's own account that says what went wrong."""
    lines = str(report.longrepr).splitlines()
    return next((line[1:].strip() for line in lines if line.startswith("E ")), lines[-1] if lines else "")


def tried(tests: Path, module: str, faults: Sequence[Fault]) -> Trial:
    """The test file on the network with these faults, here and now: ``import module`` gives that network."""
    import pytest

    trial = Trial()
    _install(module, FaultyNetwork(*faults), tests.parent)
    nowhere = io.StringIO()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        status = pytest.main(["-q", "-p", "no:cacheprovider", str(tests)], plugins=[_Listener(trial)])
    if status == pytest.ExitCode.NO_TESTS_COLLECTED and not trial.broke:
        trial.broke = "there are no tests in it"
    elif status not in (0, 1) and not trial.broke:
        said = nowhere.getvalue().strip().splitlines() or ["it gives no reason"]
        trial.broke = f"pytest could not run it: {said[-1]}"
    return trial


def warm_up() -> None:
    """Load pytest and its plugins here: the processes of all trials are forks of this one, and have them then."""
    import pytest

    with tempfile.TemporaryDirectory() as empty, contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", empty, empty])


def _install(name: str, network: FaultyNetwork, folder: Path) -> None:
    """Put the network where ``import name`` finds it; the packages around it are made up where there are none."""
    sys.path.insert(0, str(folder))
    parents = name.split(".")[:-1]
    for depth in range(len(parents)):
        package = ".".join(parents[: depth + 1])
        try:
            importlib.import_module(package)
        except ImportError:
            sys.modules[package] = ModuleType(package)
            sys.modules[package].__path__ = []
    module = ModuleType(name)
    for function in FUNCTIONS:
        setattr(module, function, getattr(network, function))
    sys.modules[name] = module
    if parents:
        setattr(sys.modules[".".join(parents)], name.rpartition(".")[2], module)


def _reported(connection: Connection, tests: Path, module: str, faults: Sequence[Fault]) -> None:
    connection.send(tried(tests, module, faults))


def all_tried(
    tests: Path, module: str, each: Sequence[Sequence[Fault]], seconds: float, workers: int
) -> Iterator[tuple[int, Trial]]:
    """The trials of networks with each of these faults, by their place in ``each``, as they are done."""
    waiting = list(enumerate(each))[::-1]
    running: dict[Connection, tuple[int, BaseProcess, float]] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            place, faults = waiting.pop()
            ours, process = _started(tests, module, faults)
            running[ours] = (place, process, time.monotonic() + seconds)
        soonest = min(end for _, _, end in running.values())
        ready = wait(list(running), timeout=max(0.0, soonest - time.monotonic()))
        for connection in [c for c in running if c in ready or time.monotonic() >= running[c][2]]:
            place, process, _ = running.pop(connection)
            yield place, _ended(connection, process, seconds, connection in ready)


def _started(tests: Path, module: str, faults: Sequence[Fault]) -> tuple[Connection, BaseProcess]:
    how = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"  # a fork has numpy loaded already
    context = multiprocessing.get_context(how)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_reported, args=(theirs, tests, module, faults), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    return ours, process


def _ended(connection: Connection, process: BaseProcess, seconds: float, ready: bool) -> Trial:
    """What a process sent, or how it ended without."""
    trial = Trial(broke=f"no end after {seconds:g} s")
    if ready:
        try:
            trial = connection.recv()
        except EOFError:
            trial = Trial(broke="the process died")
    connection.close()
    process.kill()
    process.join()
    return trial

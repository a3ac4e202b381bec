"""Runs a test file on many networks, each in its own process, which may crash or hang."""

import contextlib
import importlib
import io
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

from rnn_reference.cells.fault import Fault
from rnn_reference.cells.functions import reference_of
from rnn_reference.cells.registry import functions
from rnn_reference.faults.network import FaultyNetwork


@dataclass
class Trial:
    """One run of a test file: the passed tests, the failed tests with reasons. ``broke`` is the reason if none ran."""

    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    broke: str = ""


class _Listener:
    """Keeps the outcome of each test, and the reason of a failure."""

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
    """Returns the line of pytest's report with the error."""
    lines = str(report.longrepr).splitlines()
    return next((line[1:].strip() for line in lines if line.startswith("E ")), lines[-1] if lines else "")


def run_here(tests: Path, module: str, faults: Sequence[Fault]) -> Trial:
    """Runs the test file in this process. ``import module`` in it imports the network with these faults."""
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
    """Load pytest and its plug-ins here, so that the processes of the trials, which are forks, need not load them."""
    import pytest

    with tempfile.TemporaryDirectory() as empty, contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["-q", "-p", "no:cacheprovider", "--rootdir", empty, empty])


def _install(name: str, network: FaultyNetwork, folder: Path) -> None:
    """Make the network importable as ``name``. Missing parent packages are created, empty."""
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
    for function, signature in functions().items():
        right = reference_of(signature.cell)
        setattr(module, function, getattr(network if hasattr(network, function) else right, function))
    sys.modules[name] = module
    if parents:
        setattr(sys.modules[".".join(parents)], name.rpartition(".")[2], module)


def _run_and_send(connection: Connection, tests: Path, module: str, faults: Sequence[Fault]) -> None:
    connection.send(run_here(tests, module, faults))


def trials(
    tests: Path, module: str, networks: Sequence[Sequence[Fault]], seconds: float, processes: int | None = None
) -> list[Trial]:
    """Returns the trial for each network; ``networks`` has the faults of each. Several run at a time.

    A run that takes longer than ``seconds`` is killed. By default there is one process for each core.
    """
    waiting = list(enumerate(networks))[::-1]
    running: dict[Connection, tuple[int, BaseProcess, float]] = {}
    done: dict[int, Trial] = {}
    while waiting or running:
        while waiting and len(running) < (processes or os.cpu_count() or 1):
            place, faults = waiting.pop()
            connection, process = _started(tests, module, faults)
            running[connection] = (place, process, time.monotonic() + seconds)
        next_end = min(end for _, _, end in running.values())
        ready = wait(list(running), timeout=max(0.0, next_end - time.monotonic()))
        for connection in [c for c in running if c in ready or time.monotonic() >= running[c][2]]:
            place, process, _ = running.pop(connection)
            done[place] = _ended(connection, process, seconds, connection in ready)
    return [done[place] for place in range(len(networks))]


def _started(tests: Path, module: str, faults: Sequence[Fault]) -> tuple[Connection, BaseProcess]:
    how = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"  # a fork has numpy and pytest loaded
    context = multiprocessing.get_context(how)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run_and_send, args=(theirs, tests, module, faults), daemon=True)  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    return ours, process


def _ended(connection: Connection, process: BaseProcess, seconds: float, ready: bool) -> Trial:
    """Returns the trial that a process sent, or a trial with the reason why it sent none."""
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

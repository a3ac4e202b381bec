"""Runs many tasks at once: prints a line when a task ends, then a table, and writes files."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from types import MappingProxyType

from rnn_reference.interrupts import end_at_sigterm
from rnn_reference.many.files import Results
from rnn_reference.many.helpers import helpers
from rnn_reference.many.names import Names
from rnn_reference.many.progress import Progress
from rnn_reference.many.task import Task, merged
from rnn_reference.report import table
from rnn_reference.report.expected import Expected, stale
from rnn_reference.report.verdict import Report, unusable

Runner = Callable[[list[Task]], Iterator[Report]]
"""Runs the tasks in any order, and yields each report when it is ready."""


def here(processes: int) -> Runner:
    """Returns a runner for this machine, with this number of processes at a time."""

    def run(tasks: list[Task]) -> Iterator[Report]:
        running: set[subprocess.Popen[str]] = set()
        with ThreadPoolExecutor(processes) as pool:  # each thread waits for a process that does the work
            futures = {pool.submit(task.judged, running): task for task in tasks}
            try:
                for future in as_completed(futures):
                    error = future.exception()
                    yield unusable(futures[future].target, str(error)) if error else future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in running.copy():  # after an interrupt
                    process.terminate()

    return run


def on_dask(address: str) -> Runner:
    """Returns a runner that sends every task to the Dask cluster with the scheduler at ``address``.

    Raises ModuleNotFoundError if ``distributed`` is not installed, and OSError if there is no scheduler.
    """
    from distributed import Client
    from distributed import as_completed as as_they_complete

    def run(tasks: list[Task]) -> Iterator[Report]:
        with Client(address) as client:  # type: ignore[no-untyped-call]
            futures = {client.submit(Task.judged, task, pure=False): task for task in tasks}
            for future in as_they_complete(futures):  # type: ignore[no-untyped-call]
                error = future.exception()
                yield unusable(futures[future].target, f"{type(error).__name__}: {error}") if error else future.result()

    return run


def processes(given: str) -> int:
    """Returns the number of processes for ``-n``; ``auto`` is one on each core. Raises ValueError."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return count if given == "auto" else max(1, int(given))


def judge_all(
    tasks: list[Task],
    runner: Runner,
    files: Sequence[Results] = (),
    expected: Mapping[str, Expected] = MappingProxyType({}),
    names: Names | None = None,
    known: Sequence[Report] = (),
) -> int:
    """Run the tasks, show the progress, then the table. The files have each result as soon as it is there.

    ``names`` has the name of each target; ``known`` are reports from before: their targets are not judged again.
    A file found in a folder without anything to judge in it has no row if a judged file beside it imports it.
    SIGTERM is an interrupt, as Ctrl-C is: then the table has the finished tasks. An entry of ``expected`` that
    no target needs is an error. Returns the exit status: 0 if all targets conform; 2 if one
    could not be judged, or after an error; else 1.
    """
    order = {task.target: place for place, task in enumerate(tasks)}
    names = Names(order) if names is None else names
    before = {_target(report) for report in known}
    left = [task for task in tasks if task.target not in before]
    reports, interrupted = _judged(left, runner, files, names, known)
    found = sorted([*known, *merged(reports)], key=lambda report: order[_target(report)])
    idle = list(filter(names.was_found, helpers(found)))
    if idle:
        found = [report for report in found if _target(report) not in idle]
        names.only(target for target in order if target not in idle)
    errors = list(filter(None, (file.finish(found) for file in files)))
    print(*table.lines(found, names), sep="\n", flush=True)
    if idle:
        print(_without_rows(idle))
    if interrupted:
        print(f"stopped early: {len(left) - len(reports)} of {len(tasks)} were not judged")
    elif expected:
        errors += stale(expected, ((check["id"], check["outcome"]) for report in found for check in report["checks"]))
    for error in errors:
        print(f"ERROR: {error}", file=sys.stderr)
    return 2 if interrupted or errors else _status(found)


def _judged(
    tasks: list[Task], runner: Runner, files: Sequence[Results], names: Mapping[str, str], known: Sequence[Report]
) -> tuple[list[Report], bool]:
    """Runs the tasks with a line for each. Returns their reports, and whether the run was interrupted."""
    if known:
        words = f"{len(known)} of {len(known) + len({task.target for task in tasks})} targets"
        print(f"{words} are unchanged since they were judged, and are not judged again", file=sys.stderr, flush=True)
    for file in files:
        for report in known:
            file.add(report)
    reports: list[Report] = []
    undo, progress = end_at_sigterm(), Progress(len(tasks))
    try:
        for report in runner(tasks) if tasks else ():
            reports.append(report)
            print(progress.line(names[_target(report)], report), file=sys.stderr, flush=True)
            for file in files:
                file.add(report)
    except KeyboardInterrupt:
        return reports, True
    finally:
        undo()
    return reports, False


def _without_rows(idle: list[str]) -> str:
    count = "1 file has" if len(idle) == 1 else f"{len(idle)} files have"
    shown = ", ".join(idle[:3]) + (", ..." if len(idle) > 3 else "")
    return f"{count} no row: {shown} (nothing to judge there, and a judged file beside imports it)"


def _target(report: Report) -> str:
    return str(report["implementation"]["name"])


def _status(reports: Iterable[Report]) -> int:
    verdicts = {report["verdict"] for report in reports}
    if verdicts <= {"conforms"}:
        return 0
    return 2 if verdicts & {"unusable", "not judged"} else 1

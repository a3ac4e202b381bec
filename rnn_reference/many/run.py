"""Runs many tasks at once: prints a line when a task ends, then a table, and writes files."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from types import MappingProxyType

from rnn_reference.interrupts import end_at_sigterm
from rnn_reference.many.files import ResultsFile
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
    files: Sequence[ResultsFile] = (),
    expected: Mapping[str, Expected] = MappingProxyType({}),
) -> int:
    """Run the tasks, show the progress, then the table. The files have each result as soon as it is there.

    SIGTERM is an interrupt, as Ctrl-C is: then the table has the finished tasks. An entry of ``expected`` that
    no target needs is an error. Returns the exit status: 0 if all targets conform; 2 if one
    could not be judged, or after an error; else 1.
    """
    reports: list[Report] = []
    interrupted, undo = False, end_at_sigterm()
    try:
        for report in runner(tasks):
            reports.append(report)
            print(f"[{len(reports)}/{len(tasks)}] {_brief(report)}", file=sys.stderr, flush=True)
            for file in files:
                file.add(report)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        undo()
    order = {task.target: place for place, task in enumerate(tasks)}
    found = sorted(merged(reports), key=lambda report: order[report["implementation"]["name"]])
    errors = list(filter(None, (file.finish(found) for file in files)))
    print(*table.lines(found), sep="\n", flush=True)
    if interrupted:
        print(f"stopped early: {len(tasks) - len(reports)} of {len(tasks)} were not judged")
    elif expected:
        errors += stale(expected, ((check["id"], check["outcome"]) for report in found for check in report["checks"]))
    for error in errors:
        print(f"ERROR: {error}", file=sys.stderr)
    return 2 if interrupted or errors else _status(found)


def _brief(report: Report) -> str:
    fault = table.fault(report)
    return f"{report['implementation']['name']}: {report['verdict']}" + (f" ({fault})" if fault else "")


def _status(reports: Iterable[Report]) -> int:
    verdicts = {report["verdict"] for report in reports}
    if verdicts <= {"conforms"}:
        return 0
    return 2 if verdicts & {"unusable", "not judged"} else 1

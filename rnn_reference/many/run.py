"""Runs many tasks at once: prints a line when a task ends, then a table, and writes files."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rnn_reference.many.task import Task, merged
from rnn_reference.report import table
from rnn_reference.report.verdict import Report, unusable

Runner = Callable[[list[Task]], Iterator[Report]]
"""Runs the tasks in any order, and yields each report when it is ready."""


def here(processes: int) -> Runner:
    """Returns a runner for this machine, with this number of processes at a time."""

    def run(tasks: list[Task]) -> Iterator[Report]:
        with ThreadPoolExecutor(processes) as pool:  # each thread waits for a process that does the work
            futures = {pool.submit(task.judged): task for task in tasks}
            try:
                for future in as_completed(futures):
                    error = future.exception()
                    yield unusable(futures[future].target, str(error)) if error else future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

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


def judge_all(tasks: list[Task], runner: Runner, csv: str | None = None, json_file: str | None = None) -> int:
    """Run the tasks, show the progress, and write the table. After an interrupt, the table has the finished tasks.

    The end of the process by SIGTERM is an interrupt too. Returns the exit status: 0 if all targets conform, 2 if one
    could not be judged, else 1. Raises OSError if a file cannot be written, before anything runs.
    """
    for name in filter(None, (csv, json_file)):
        with open(name, "a", encoding="utf-8"):
            pass
    reports: list[Report] = []
    interrupted = False
    try:
        _end_as_by_an_interrupt()
        for report in runner(tasks):
            reports.append(report)
            print(f"[{len(reports)}/{len(tasks)}] {_brief(report)}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        interrupted = True
    order = {task.target: place for place, task in enumerate(tasks)}
    found = sorted(merged(reports), key=lambda report: order[report["implementation"]["name"]])
    print(*table.lines(found), sep="\n")
    if interrupted:
        print(f"stopped early: {len(tasks) - len(reports)} of {len(tasks)} were not judged")
    if csv:
        table.write_csv(Path(csv), found)
    if json_file:
        Path(json_file).write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return 2 if interrupted else _status(found)


def _end_as_by_an_interrupt() -> None:
    """Let SIGTERM end the run as Ctrl-C does, so that the finished tasks are not lost."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _brief(report: Report) -> str:
    fault = table.fault(report)
    return f"{report['implementation']['name']}: {report['verdict']}" + (f" ({fault})" if fault else "")


def _status(reports: Iterable[Report]) -> int:
    verdicts = {report["verdict"] for report in reports}
    if verdicts <= {"conforms"}:
        return 0
    return 2 if verdicts & {"unusable", "not judged"} else 1

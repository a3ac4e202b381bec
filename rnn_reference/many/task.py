"""A task: one target and one range of seeds. It runs the command in a process."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rnn_reference.implementations.isolation.environment import ONE_THREAD
from rnn_reference.report.files import SUMMARY
from rnn_reference.report.verdict import Report, unusable

EXAMPLES = 1000
"""Fresh problems for each property in one task. More problems are split into several tasks with different seeds."""

TASK_SECONDS = 900.0
"""The time limit in seconds of a task with 1,000 examples. For a framework, it is the only time limit."""


@dataclass(frozen=True)
class Task:
    """The target, the options and the range of seeds. Relative paths start at ``folder``."""

    target: str
    folder: str
    options: tuple[str, ...] = ()
    seed: int = 0
    examples: int = 20

    def judged(self, running: set[subprocess.Popen[str]] | None = None) -> Report:
        """Runs the task. Returns the report on the target: ``unusable`` if the process dies or takes too long.

        ``running`` has the process of each task while it runs.
        """
        with tempfile.TemporaryDirectory(prefix="rnn-reference-") as folder:
            path = Path(folder) / "report.json"
            limit = TASK_SECONDS * max(1.0, self.examples / EXAMPLES)
            with subprocess.Popen(
                self._command(path), cwd=self.folder, env=_environment(),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
            ) as process, _listed(process, running):  # fmt: skip
                try:
                    out, err = process.communicate(timeout=limit)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return unusable(self.target, f"no verdict within {limit:g} s")
            if path.exists():
                report: Report = json.loads(path.read_text(encoding="utf-8"))
                return report
        said = (err or out).strip().splitlines()
        return unusable(self.target, said[-1] if said else f"no report; exit status {process.returncode}")

    def _command(self, report: Path) -> list[str]:
        paths = [os.path.abspath(entry) for entry in sys.path]
        run = f"import sys; sys.path[:] = {paths!r}; from rnn_reference.__main__ import main; sys.exit(main())"
        ours = [f"--rnn-report={report}", f"--rnn-seed={self.seed}", f"--rnn-examples={self.examples}"]
        return [sys.executable, "-c", run, self.target, *self.options, *ours]  # the last of two values counts


@contextlib.contextmanager
def _listed(process: subprocess.Popen[str], running: set[subprocess.Popen[str]] | None) -> Iterator[None]:
    """Keep the process in ``running`` while it runs."""
    listed = set() if running is None else running
    listed.add(process)
    try:
        yield
    finally:
        listed.discard(process)


def _environment() -> dict[str, str]:
    """Returns our environment with one thread per task, without GITHUB_STEP_SUMMARY: 300 reports would flood it."""
    return {name: value for name, value in os.environ.items() if name != SUMMARY} | ONE_THREAD


def tasks_for(targets: Sequence[str], options: Sequence[str], seed: int, examples: int) -> list[Task]:
    """Returns a task for each target and range of seeds. A folder means the notebooks and scripts in it and below it.

    Raises ValueError for a folder without any.
    """
    here, found = str(Path.cwd()), dict.fromkeys(name for target in targets for name in _expanded(target))
    ranges = [(seed + start // EXAMPLES, min(EXAMPLES, examples - start)) for start in range(0, examples, EXAMPLES)]
    return [Task(name, here, tuple(options), own_seed, count) for name in found for own_seed, count in ranges]


def _expanded(target: str) -> Iterator[str]:
    if not Path(target).is_dir():
        yield target
        return
    found = [path for path in sorted(Path(target).rglob("*")) if path.suffix in (".py", ".ipynb") and path.is_file()]
    inside = [path for path in found if not any(map(_is_hidden, path.relative_to(target).parts))]
    if not inside:
        raise ValueError(f"{target}: there is no notebook (.ipynb) and no script (.py) in it or in its folders")
    yield from map(str, inside)


def _is_hidden(part: str) -> bool:
    """True for a name that people do not hand in: ``.ipynb_checkpoints``, ``__pycache__``, ``_old.py``."""
    return part.startswith((".", "_")) or part in ("site-packages", "node_modules")


def merged(reports: Iterable[Report]) -> list[Report]:
    """Returns one report for each target, with the worst result of each check and function over the ranges of seeds."""
    by_name: dict[str, list[Report]] = {}
    for report in reports:
        by_name.setdefault(report["implementation"]["name"], []).append(report)
    return [_worst(ranges) for ranges in by_name.values()]


def _worst(ranges: list[Report]) -> Report:
    first = min(ranges, key=_badness)
    if len(ranges) == 1 or not first["checks"]:
        return first
    functions = {
        name: min((report["functions"][name] for report in ranges if name in report["functions"]), key=_badness)
        for name in first["functions"]
    }
    checks = {check["id"]: check for check in first["checks"]}
    for report in ranges:
        for check in report["checks"]:
            checks[check["id"]] = min(checks.get(check["id"], check), check, key=_badness)
    outcomes = [check["outcome"] for check in checks.values()]
    counts = dict.fromkeys(first["counts"], 0) | {outcome: outcomes.count(outcome) for outcome in outcomes}
    return first | {"functions": functions, "checks": list(checks.values()), "counts": counts}


_WORST_FIRST = (
    "wrong", "failed", "crashed", "timed out", "unusable", "not implemented", "advice", "not judged", "conforms",
    "passed", "not offered",
)  # fmt: skip


def _badness(found: dict[str, str]) -> int:
    """Returns the rank of a verdict or of an outcome: the worst is 0."""
    return _WORST_FIRST.index(found.get("verdict") or found["outcome"])

"""What comes of one mutant: whether it is right, and what the suite says of it, each in a process of its own.

The suite runs as ``python -m rnn_reference mutant.py --rnn-in-process`` does, in a fork of this process, which has
imported everything. A first run has one fresh problem for each property instead of 20, and stops at the first failure
unless the names are wanted. A mutant that conforms is judged once more by the ordinary command.
"""

import contextlib
import io
import json
import os
import resource
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.studies.mutation.comparison import Functions, answers, asked, differing, expected
from benchmarks.studies.mutation.names import are_of_results, false_names
from benchmarks.studies.mutation.right_answers import Case
from benchmarks.studies.pages import ROOT
from rnn_reference.__main__ import main as command
from rnn_reference.cells.registry import cell_named

TIMEOUT = 120
"""Seconds for a mutant; it is a hang after these."""

MEMORY = 8 << 30
"""Bytes of address space for a mutant."""

RIGHT, WRONG, CRASHED, HANGS = "right", "wrong", "crashed", "hangs"


@dataclass
class Judged:
    """A mutant's judgement.

    ``truth`` is "right", "wrong", "crashed" or "hangs"; ``wrong`` has the functions with wrong results. ``verdict`` is
    the suite's, or "hangs" if it gives none. ``whole`` is False if it stopped at the first failure. ``named`` has the
    functions with the mistakes that it names, ``unnamed`` its other wrong functions, ``advice`` and ``failed`` the
    checks with these outcomes. ``false`` are the names in a function whose results no network with the named mistakes
    gives; they are only looked for if every wrong function has a name, and no name is of how a function behaves.
    """

    truth: str = HANGS
    wrong: list[str] = field(default_factory=list)
    verdict: str = ""
    whole: bool = False
    named: list[tuple[str, str]] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)

    @property
    def names_are_checked(self) -> bool:
        """True if every function that the suite calls wrong has a name, and the names say what it returns."""
        return self.whole and bool(self.named) and not self.unnamed and are_of_results(self.named)


def judge(cell: str, code: str, right: Path, names: bool = True) -> Judged:
    """Judge one mutant of a right file, with or without the names of a wrong one."""
    found = Judged()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mutant.py"
        file.write_text(code, encoding="utf-8")
        of_right = _functions(cell, right)
        cases = asked(cell, of_right)
        seen = in_fork(lambda: _truth(cell, file, cases, of_right))
        found.truth, found.wrong = seen or (HANGS, [])
        found.whole = names and found.truth == WRONG
        options = ["--rnn-examples=1", *([] if found.whole else ["-x"])]
        report = in_fork(lambda: _report(file, options))
        if report and report["verdict"] == "conforms":
            report = _by_command(file)
        _read(report, found)
        if found.names_are_checked:
            found.false = in_fork(lambda: false_names(cell, _functions(cell, file), found.named)) or []
    return found


def require_right(cell: str, right: Path) -> None:
    """Exit if a file that is to be changed is not right, or not called so. All forks start from this process."""
    of_right = _functions(cell, right)
    wrong = _truth(cell, right, asked(cell, of_right), of_right)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        file = Path(folder) / "right.py"
        file.write_text(right.read_text(encoding="utf-8"), encoding="utf-8")
        verdict = _report(file, ["--rnn-examples=1"])["verdict"]
    if wrong != (RIGHT, []) or verdict != "conforms":
        sys.exit(f"{right}: {wrong}, the suite says {verdict}")


def in_fork(asked: Callable[[], Any]) -> Any:
    """Return what a function returns in a fork of this process; None if it dies or takes too long."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(asked, there))
    process.start()
    there.close()
    try:
        return here.recv() if here.poll(TIMEOUT) else None
    except EOFError:
        return None
    finally:
        process.kill()
        process.join()
        here.close()


def _send(asked: Callable[[], Any], there: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        there.send(asked())


def _functions(cell: str, file: Path) -> Functions:
    names = cell_named(cell).functions
    return {name: value for name, value in runpy.run_path(str(file)).items() if name in names}


def _truth(cell: str, file: Path, cases: list[Case], of_right: Functions) -> tuple[str, list[str]]:
    """Compare with the right results. A missing function counts as a crash."""
    wrong: set[str] = set()
    try:
        functions = _functions(cell, file)
        for case in cases:
            right = expected(case, answers(of_right, case.problem))
            wrong |= differing(answers(functions, case.problem), right)
    except Exception:
        return CRASHED, []
    return (WRONG if wrong else RIGHT), sorted(wrong)


def _report(file: Path, options: list[str]) -> dict[str, Any]:
    written = file.with_name("report.json")
    command([str(file), "--rnn-in-process", f"--rnn-report={written}", *options])
    return dict(json.loads(written.read_text(encoding="utf-8")))


def _by_command(file: Path) -> dict[str, Any]:
    written = file.with_name("report.json")
    ordinary = [sys.executable, "-m", "rnn_reference", str(file), f"--rnn-report={written}"]
    subprocess.run(ordinary, check=False, capture_output=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return dict(json.loads(written.read_text(encoding="utf-8")))


def _read(report: dict[str, Any] | None, found: Judged) -> None:
    found.verdict = report["verdict"] if report else HANGS
    for name, function in (report or {"functions": {}})["functions"].items():
        found.named += [(name, fault) for fault in function["faults"]]
        found.unnamed += [name] if function["verdict"] == "wrong" and not function["faults"] else []
        found.advice += function["advice"]
    checks = report["checks"] if report else []
    found.failed = [check["id"] for check in checks if check["outcome"] in ("failed", "crashed", "timed out")]

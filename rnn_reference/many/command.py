"""The command for many targets: which tasks, which files, and what was judged before."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rnn_reference import options
from rnn_reference.many import run
from rnn_reference.many.files import Csv, Gradescope, Json, Results
from rnn_reference.many.names import Names
from rnn_reference.many.pages import Pages
from rnn_reference.many.task import tasks_for
from rnn_reference.report.expected import expectations
from rnn_reference.report.files import is_folder, replaced, unwritable
from rnn_reference.report.gradescope import nothing_judged


def judge_many(own: argparse.Namespace, rest: list[str]) -> int:
    """Judges all targets of the command. Returns the exit status. ``rest`` are the options for each of them."""
    folder = own.rnn_report[-1] if own.rnn_report else ""
    refused = _refusal(own, folder)
    if refused:
        print(refused, file=sys.stderr)
        return 2
    seed, examples = (options.last_given(own, name) for name in ("rnn_seed", "rnn_examples"))
    rest = [option for option in rest if not option.startswith("--rnn-report")]
    try:
        runner = run.on_dask(own.dask) if own.dask else run.here(run.processes(own.n or "auto"))
        tasks = tasks_for(own.targets, rest, seed, examples)
        expected = expectations(own.rnn_expect[-1]) if own.rnn_expect else {}
        names = Names((task.target for task in tasks), filter(os.path.isdir, own.targets))
        pages = Pages(Path(folder), tasks, names) if folder else None
        if pages and (reason := pages.refusal()):
            print(f"--rnn-report={folder}: {reason}", file=sys.stderr)
            return 2
        known = pages.taken_over() if pages else []
        files = [*_files(own, names), *filter(None, [pages])]
        return run.judge_all(tasks, runner, files, expected, names, known)
    except (ValueError, OSError, ModuleNotFoundError) as error:
        if own.gradescope:
            replaced(Path(own.gradescope), nothing_judged(str(error)))
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _refusal(own: argparse.Namespace, folder: str) -> str:
    """Returns the reason why nothing is judged with these options, or ""."""
    refused = options.BY_DEST["rnn_examples"].refusal(options.last_given(own, "rnn_examples"))
    if len(own.rnn_report) > 1:
        return f"--rnn-report={' --rnn-report='.join(own.rnn_report)}: a run writes one report"
    if folder and not is_folder(folder):
        return f"--rnn-report={folder}: for several targets it is a folder, --rnn-report=FOLDER/, or --json=FILE"
    for option in ("csv", "json", "gradescope"):
        path = getattr(own, option)
        reason = unwritable(Path(path)) if path else ""
        refused = refused or (f"--{option}={path}: {reason}" if reason else "")
    return refused


def _files(own: argparse.Namespace, names: Mapping[str, str]) -> Iterator[Results]:
    """Yields the files of the options."""
    for kind, path in ((Csv, own.csv), (Json, own.json), (Gradescope, own.gradescope)):
        if path:
            yield kind(path, names)

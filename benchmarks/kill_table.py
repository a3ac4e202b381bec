"""Which mistakes does this suite catch and name, and which would others' tests have noticed?

    python benchmarks/kill_table.py [--write]

Every variant of every fault of the catalogue is put through the whole suite, as a user's file would be, and through
others' tests (``others.py``). ``--write`` puts the table into docs/kill-table.md.
"""

import argparse
import contextlib
import datetime
import functools
import io
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import others
import pytest
from gradient_checkers import table
from kill_page import page

from rnn_reference.faults import CATALOGUE, Fault, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.paths import checks_folder
from rnn_reference.report.verdict import report_on
from rnn_reference.results import subject_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "kill-table.md"
FOR_BACKWARD = ("shared-cache", "caches-dropped")
"""Mistakes of the forward pass that show in the backward pass alone."""


class Column(NamedTuple):
    """Others' tests: what they ask, the package it takes, and the faults that they can be asked about."""

    asks: others.Test
    package: str
    applies: Callable[[Fault], bool]


OTHERS = {
    "document's values": Column(others.document, "numpy", lambda fault: True),
    "one-step gradient check": Column(others.one_step, "numpy", lambda fault: True),
    "ONNX cases": Column(others.onnx_cases, "onnx", lambda fault: fault.function in
                         ("tanh_forward", "rnn_cell_forward", "rnn_forward")),
    "torch gradcheck": Column(others.gradcheck, "torch", lambda fault: fault.function.endswith("backward") or
                              fault.id in FOR_BACKWARD),
}  # fmt: skip
HEADS = ["fault", "ways", "caught by", "named", *OTHERS]


WITHOUT = [part for name in ("cacheprovider", "logging", "unraisableexception", "threadexception")
           for part in ("-p", f"no:{name}")]  # fmt: skip
"""Parts of pytest that a run does without: they take as long as some of the checks."""


class Run(NamedTuple):
    """What the suite said of one variant: the checks that caught it, the names it gave, those that it did not choose
    between, and the functions that it called wrong.
    """

    caught: tuple[str, ...]
    named: frozenset[str]
    tied: frozenset[str]
    blamed: frozenset[str]


def by_the_suite(index: int) -> Run:
    """The whole suite on the variant of that index in the catalogue, read from a file as a user's is.

    One fresh problem for each property, unlike a user's 20: here they all are wrong ones.
    """
    fault, kept, folder = CATALOGUE[index], _Kept(), checks_folder()
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "faulty.py"
        target.write_text("from rnn_reference.faults import CATALOGUE, FaultyNetwork\n"
                          f"network = FaultyNetwork(CATALOGUE[{index}])\n", encoding="utf-8")  # fmt: skip
        arguments = ["-c", str(folder / "isolated.ini"), "--rootdir", str(folder), "-p", "rnn_reference.plugin", "-q",
                     *WITHOUT, "--assert=plain", "--tb=no", f"--rnn={target}:network",
                     "--rnn-in-process", "--rnn-examples=1", str(folder)]  # fmt: skip
        alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
        with mock.patch.dict(os.environ, alone), contextlib.redirect_stdout(io.StringIO()):
            pytest.main(arguments, plugins=[kept])
    telling = ("advice",) if fault.advice else ("failed", "crashed", "timed out")
    every = kept.config.pluginmanager.getplugin("rnn-reference-run").records
    functions = report_on(subject_of(Implementation("faulty.py", FaultyNetwork(fault))), every)["functions"]
    records = [record for record in every if record["outcome"] in telling]
    return Run(
        tuple(dict.fromkeys(record["id"].partition("[")[0] for record in records)),
        frozenset(f"{record['function']}: {name}" for record in records for name in record["faults"]),
        frozenset(f"{record['function']}: {name}" for record in records for name in record["candidates"]),
        frozenset(name for name, function in functions.items() if function["verdict"] == "wrong"),
    )


class _Kept:
    """Keeps the configuration of a run within reach."""

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config


def caught_by(runs: list[Run]) -> str:
    """The checks that catch a mistake however it is made; else what catches it one way or another."""
    if not all(run.caught for run in runs):
        return f"not caught in {sum(not run.caught for run in runs)} of {len(runs)}"
    common = [check for check in runs[0].caught if all(check in run.caught for run in runs)]
    union = list(dict.fromkeys(run.caught[0] for run in runs))
    names = sorted(common or union, key=lambda check: check.startswith("golden"))  # what others have as well, last
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def naming(variants: list[Fault], runs: list[Run]) -> str:
    """Whether the mistake, and no other, is named in every way that it is made; ``tie`` if it stands among others.

    ``wrong`` as well if a function is called wrong that has no mistake in it.
    """
    said = set()
    for fault, run in zip(variants, runs, strict=True):
        right = f"{fault.function}: {fault.id}"
        wrongly = (run.named - {right}) or (run.blamed - {fault.function})
        said.add("wrong" if wrongly else "yes" if right in run.named else "tie" if right in run.tied else "no")
    return next(word for word in ("wrong", "no", "tie", "yes") if word in said)


@functools.cache
def usual(name: str) -> frozenset[str]:
    """What others' tests refuse in a right network."""
    return frozenset(OTHERS[name].asks(FaultyNetwork()))


def noticed(name: str, variants: Iterable[Fault]) -> str:
    """In how many ways of making a mistake others' tests refuse what they accept in a right network."""
    asked = [FaultyNetwork(fault) for fault in variants if OTHERS[name].applies(fault)]
    if not asked:
        return "-"
    refused = [frozenset(OTHERS[name].asks(network)) for network in asked]
    seen = sum(bool(found - usual(name)) for found in refused)
    if seen in (0, len(asked)):
        red_anyway = seen == 0 and all(refused)
        return "yes" if seen else "red anyway" if red_anyway else "no"
    return f"{seen} of {len(asked)}"


def rows(ids: Iterable[str] | None = None, processes: int | None = None) -> list[list[str]]:
    """The table's rows, for the faults of these ids or for all, made by so many processes (default: the cores)."""
    wanted = list(dict.fromkeys(fault.id for fault in CATALOGUE) if ids is None else ids)
    numbers = {mistake: [k for k, fault in enumerate(CATALOGUE) if fault.id == mistake] for mistake in wanted}
    every = [k for own in numbers.values() for k in own]
    if processes == 1:
        runs = {k: by_the_suite(k) for k in every}
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:  # torch's threads survive no fork
            runs = dict(zip(every, pool.map(by_the_suite, every, chunksize=4), strict=True))
    found = []
    for mistake, own in numbers.items():
        variants = [CATALOGUE[k] for k in own]
        mine = [runs[k] for k in own]
        cells = [noticed(name, variants) for name in OTHERS if not missing(name)]
        found.append([f"`{mistake}`", str(len(own)), caught_by(mine), naming(variants, mine), *cells])
    return found


def missing(name: str) -> bool:
    """Whether the package that a column takes is not installed."""
    return find_spec(OTHERS[name].package) is None


def main() -> None:
    """Print the table, and with ``--write`` put it into the docs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    left_out = [name for name in OTHERS if missing(name)]
    for name in left_out:
        print(f"{name}: left out, {OTHERS[name].package} is not installed")
    heads = [head for head in HEADS if head not in left_out]
    found = rows()
    print(table(heads, found))
    if options.write:
        PAGE.write_text(page(heads, found, left_out, datetime.date.today()), encoding="utf-8")


if __name__ == "__main__":
    main()

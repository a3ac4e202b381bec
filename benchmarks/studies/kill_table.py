"""The kill table: which mistakes this suite catches and names, and which ones other test suites notice.

    python -m benchmarks.studies.kill_table [--write]

Every variant of every fault of the catalogue is judged by the whole suite, like a user's file, and by other suites
(``other_suites.py``). ``--write`` writes docs/generated/kill-table.md; it takes some minutes.
"""

import argparse
import contextlib
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

import pytest

from benchmarks.markdown import table
from benchmarks.studies import other_suites, pages
from benchmarks.studies.kill_page import page
from rnn_reference.faults import CATALOGUE, Fault, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.paths import ISOLATED, checks_folder
from rnn_reference.report.verdict import report_on
from rnn_reference.results import data_of

PAGE = "kill-table.md"
FOR_BACKWARD = ("shared-cache", "caches-dropped")
"""Mistakes of the forward pass that only the backward pass shows."""


class Suite(NamedTuple):
    """Another suite: its test, the package that it needs, and the faults that it can be asked about."""

    refuses: other_suites.Test
    package: str
    applies: Callable[[Fault], bool]


OTHERS = {
    "document's values": Suite(other_suites.document, "numpy", lambda fault: True),
    "one-step gradient check": Suite(other_suites.one_step, "numpy", lambda fault: True),
    "ONNX cases": Suite(other_suites.onnx_cases, "onnx", lambda fault: fault.function in
                         ("tanh_forward", "rnn_cell_forward", "rnn_forward")),
    "torch gradcheck": Suite(other_suites.gradcheck, "torch", lambda fault: fault.function.endswith("backward") or
                              fault.id in FOR_BACKWARD),
}  # fmt: skip
HEADS = ["fault", "ways", "caught by", "named", *OTHERS]


WITHOUT = [part for name in ("cacheprovider", "logging", "unraisableexception", "threadexception")
           for part in ("-p", f"no:{name}")]  # fmt: skip
"""Parts of pytest that take as long as some of the checks, and are not needed."""


class Run(NamedTuple):
    """The judgement of the suite on one variant: the checks that caught it, the mistakes that it named, those that it
    could not tell apart, and the functions that it called wrong.
    """

    caught: tuple[str, ...]
    named: frozenset[str]
    tied: frozenset[str]
    blamed: frozenset[str]


def by_the_suite(index: int) -> Run:
    """Run the whole suite on the variant of this index in the catalogue, read from a file like a user's.

    Each property gets one fresh problem instead of 20, since every variant is wrong.
    """
    fault, kept, folder = CATALOGUE[index], _KeepsConfig(), checks_folder()
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "faulty.py"
        target.write_text("from rnn_reference.faults import CATALOGUE, FaultyNetwork\n"
                          f"network = FaultyNetwork(CATALOGUE[{index}])\n", encoding="utf-8")  # fmt: skip
        arguments = ["-c", str(ISOLATED), "--rootdir", str(folder), "-p", "rnn_reference.plugin", "-q",
                     *WITHOUT, "--assert=plain", "--tb=no", f"--rnn={target}:network",
                     "--rnn-in-process", "--rnn-examples=1", str(folder)]  # fmt: skip
        alone = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
        with mock.patch.dict(os.environ, alone), contextlib.redirect_stdout(io.StringIO()):
            pytest.main(arguments, plugins=[kept])
    telling = ("advice",) if fault.advice else ("failed", "crashed", "timed out")
    every = kept.config.pluginmanager.getplugin("rnn-reference-run").records
    functions = report_on(data_of(Implementation("faulty.py", FaultyNetwork(fault))), every)["functions"]
    records = [record for record in every if record["outcome"] in telling]
    return Run(
        tuple(dict.fromkeys(record["id"].partition("[")[0] for record in records)),
        frozenset(f"{record['function']}: {name}" for record in records for name in record["faults"]),
        frozenset(f"{record['function']}: {name}" for record in records for name in record["candidates"]),
        frozenset(name for name, function in functions.items() if function["verdict"] == "wrong"),
    )


class _KeepsConfig:
    """A pytest plug-in that keeps the configuration of a run."""

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config


def caught_by(runs: list[Run]) -> str:
    """Return the checks that catch every variant of a mistake; if there are none, the first that catches each."""
    if not all(run.caught for run in runs):
        return f"not caught in {sum(not run.caught for run in runs)} of {len(runs)}"
    common = [check for check in runs[0].caught if all(check in run.caught for run in runs)]
    union = list(dict.fromkeys(run.caught[0] for run in runs))
    names = sorted(
        common or union, key=lambda check: check.startswith("golden")
    )  # golden values last: other suites have them too
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def naming(variants: list[Fault], runs: list[Run]) -> str:
    """Return ``yes`` if only this mistake is named in every variant, and ``tie`` if it is listed among others.

    Return ``wrong`` if another mistake is named, or if a function without a mistake is called wrong.
    """
    said = set()
    for fault, run in zip(variants, runs, strict=True):
        right = f"{fault.function}: {fault.id}"
        wrongly = (run.named - {right}) or (run.blamed - {fault.function})
        said.add("wrong" if wrongly else "yes" if right in run.named else "tie" if right in run.tied else "no")
    return next(word for word in ("wrong", "no", "tie", "yes") if word in said)


@functools.cache
def usual(name: str) -> frozenset[str]:
    """Return what another suite refuses in a right network."""
    return frozenset(OTHERS[name].refuses(FaultyNetwork()))


def noticed(name: str, variants: Iterable[Fault]) -> str:
    """Return in how many variants another suite refuses something that it accepts in a right network."""
    asked = [FaultyNetwork(fault) for fault in variants if OTHERS[name].applies(fault)]
    if not asked:
        return "-"
    refused = [frozenset(OTHERS[name].refuses(network)) for network in asked]
    seen = sum(bool(found - usual(name)) for found in refused)
    if seen in (0, len(asked)):
        red_anyway = seen == 0 and all(refused)
        return "yes" if seen else "red anyway" if red_anyway else "no"
    return f"{seen} of {len(asked)}"


def rows(ids: Iterable[str] | None = None, processes: int | None = None) -> list[list[str]]:
    """Return the rows for these faults (default: all), made by this number of processes (default: one on each core)."""
    wanted = list(dict.fromkeys(fault.id for fault in CATALOGUE) if ids is None else ids)
    numbers = {mistake: [k for k, fault in enumerate(CATALOGUE) if fault.id == mistake] for mistake in wanted}
    every = [k for own in numbers.values() for k in own]
    if processes == 1:
        runs = {k: by_the_suite(k) for k in every}
    else:
        with ProcessPoolExecutor(
            processes, mp_context=get_context("spawn")
        ) as pool:  # torch's threads do not survive a fork
            runs = dict(zip(every, pool.map(by_the_suite, every, chunksize=4), strict=True))
    found = []
    for mistake, own in numbers.items():
        variants = [CATALOGUE[k] for k in own]
        mine = [runs[k] for k in own]
        cells = [noticed(name, variants) for name in OTHERS if not missing(name)]
        found.append([f"`{mistake}`", str(len(own)), caught_by(mine), naming(variants, mine), *cells])
    return found


def missing(name: str) -> bool:
    """Return True if the package of another suite is not installed."""
    return find_spec(OTHERS[name].package) is None


def main() -> None:
    """Print the table, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
    options = parser.parse_args()
    left_out = [name for name in OTHERS if missing(name)]
    for name in left_out:
        print(f"{name}: left out, {OTHERS[name].package} is not installed")
    heads = [head for head in HEADS if head not in left_out]
    found = rows()
    print(table(heads, found))
    if options.write:
        pages.write(PAGE, page(heads, found, left_out))


if __name__ == "__main__":
    main()

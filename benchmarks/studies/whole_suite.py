"""The whole suite on one variant of one mistake of the catalogue, read from a file like a user's."""

import contextlib
import io
import os
import tempfile
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.paths import ISOLATED, checks_folder
from rnn_reference.report.verdict import report_on
from rnn_reference.results import data_of

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
    """Run the whole suite on the variant of this index in the catalogue.

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

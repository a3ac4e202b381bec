"""The suite, put to any object in this process: what ``python -m rnn_reference`` does, without starting one."""

import contextlib
import io
import os
import sys
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from rnn_reference.implementations.implementation import Implementation
from rnn_reference.places import checks_folder
from rnn_reference.report.verdict import report_on
from rnn_reference.verification.diagnosis import Diagnosis

HELD = "held_for_the_suite"


def judged(functions: Any, *options: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report on an object with some of the six functions, and the records of the checks behind it.

    One fresh problem for each property, unless ``options`` say otherwise: here it is known what is wrong.
    """
    module = ModuleType(HELD)
    module.functions = functions
    folder = checks_folder()
    kept = _Kept()
    arguments = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "-p", "rnn_reference.plugin",
                 "-p", "no:cacheprovider", "-q", f"--rnn={HELD}:functions", "--rnn-examples=1"]  # fmt: skip
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
    with (
        mock.patch.dict(sys.modules, {HELD: module}),
        mock.patch.dict(os.environ, environment),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        pytest.main([*arguments, *options, str(folder)], plugins=[kept])
    records = kept.config.pluginmanager.getplugin("rnn-reference-run").records
    return report_on(Implementation("held", functions), records), records


class _Kept:
    """Keeps the configuration of a run within reach."""

    def pytest_configure(self, config: pytest.Config) -> None:
        self.config = config


def told(report: dict[str, Any]) -> set[tuple[str, str]]:
    """What a report says with confidence: pairs of a function and a mistake in it."""
    return {(name, fault) for name, function in report["functions"].items() for fault in function["faults"]}


def wrong(report: dict[str, Any]) -> set[str]:
    """The functions that a report calls wrong."""
    return {name for name, function in report["functions"].items() if function["verdict"] == "wrong"}


def found(diagnosis: Diagnosis) -> set[tuple[str, str]]:
    """What a diagnosis names with confidence: pairs of a function and a mistake in it."""
    findings = diagnosis.findings.values()
    by_value = {(finding.culprit, fault) for finding in findings for fault in finding.faults}
    return by_value | {(finding.function, fault.id) for finding in findings for fault in finding.beside}


def blamed(diagnosis: Diagnosis) -> set[str]:
    """The functions whose mistakes all failures are."""
    findings = diagnosis.findings.values()
    return {f.culprit for f in findings if f.status != "right"} | {f.function for f in findings if f.beside}

"""Run the suite on any object, in this process. The result is that of ``python -m rnn_reference``."""

import contextlib
import functools
import importlib.util
import inspect
import io
import os
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from rnn_reference.cells.registry import function_named
from rnn_reference.diagnosis.explain import Diagnosis, explain, settle
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.judging.batched import run_batched
from rnn_reference.judging.judge import Judge
from rnn_reference.outcomes import NotOffered, Outcome
from rnn_reference.paths import ISOLATED, checks_folder
from rnn_reference.problems.problem import NAMED
from rnn_reference.report.verdict import report_on
from rnn_reference.results import data_of
from rnn_reference.target import IMPLEMENTATION


class Target:
    """A pytest plug-in that checks an object instead of the target of ``--rnn``, and keeps the records."""

    def __init__(self, functions, name):
        made = isinstance(functions, Implementation)
        self.implementation = functions if made else Implementation(name, functions)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config):
        """Before the run looks for its target, here it is."""
        config.stash[IMPLEMENTATION] = self.implementation

    def pytest_unconfigure(self, config):
        """The records, as the run leaves them."""
        self.records = config.pluginmanager.get_plugin("rnn-reference-run").records


def put_through(functions: Any, *options: str, name: str = "an object", group: str = "") -> SimpleNamespace:
    """Run all checks, or those of one group, on an object. Returns the exit status, output, and records by id."""
    target, folder = Target(functions, name), checks_folder()
    arguments = ["-c", str(ISOLATED), "--rootdir", str(folder), "-p", "rnn_reference.plugin",
                 "-p", "no:cacheprovider", "-q"]  # fmt: skip
    where = sorted(folder.glob(f"test_{group}*.py")) if group else [folder]
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "",
                   "GITHUB_STEP_SUMMARY": ""}  # fmt: skip
    with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(io.StringIO()) as printed:
        status = pytest.main([*arguments, *options, *map(str, where)], plugins=[target])
    records = {record["id"]: record for record in target.records}
    return SimpleNamespace(status=int(status), records=records, printed=printed.getvalue())


def judged(functions: Any, *options: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report on an object with some of the six functions, and the records of the checks behind it.

    One fresh problem for each property, unless ``options`` say otherwise: here it is known what is wrong.
    """
    records = list(put_through(functions, "--rnn-examples=1", *options).records.values())
    return report_on(data_of(Implementation("held", functions)), records), records


TELLING = {
    "tanh_forward": ["forward.test_tanh"],
    "softmax_forward": ["forward.test_softmax"],
    "rnn_cell_forward": ["forward.test_cell_state", "forward.test_cell_prediction"],
    "rnn_forward": ["forward.test_states", "forward.test_predictions", "protocol.test_caches", "gradient.test_network"],
    "rnn_cell_backward": ["protocol.test_cell_backward", "gradient.test_cell"],
    "rnn_backward": ["protocol.test_network_backward", "gradient.test_network", "property_calls.test_cotangent_kept"],
}
"""The checks that are most likely to fail for a mistake in a function."""

FIRST = {(fault.function, fault.id): fault for fault in reversed(CATALOGUE) if not fault.advice}
"""One variant of each mistake in each function."""


def diagnosed(network: FaultyNetwork, **how: Any) -> Diagnosis:
    """The diagnosis of a faulty network. A restart makes the network again from the same faults."""

    def again(fill_empty: bool) -> Implementation:
        return Implementation("again", type(network)(*network.faults, dtype=network.dtype))

    return Diagnosis(Implementation(str(network), network), restart=again, **how)


def first_failure(diagnosis: Diagnosis, function: str, seed: int) -> Outcome | None:
    """The outcome of the first of these checks that fails, explained as in a run of the suite; None if all pass."""
    own = diagnosis.implementation
    for file, name in (check.split(".") for check in TELLING[function]):
        check = getattr(_checks(file), name)
        for problem in NAMED.values():
            judge = Judge(own, name)
            posed = judge.set_problem(problem.at(seed=seed).of(function_named(function).cell))
            given = {
                "implementation": own,
                "judge": judge,
                "problem": posed,
                "cell": posed.cell,
                "every_problem": lambda check, judge=judge, posed=posed: run_batched(judge, [(posed, check(posed, 1))]),
            }
            try:
                check(**{name: given[name] for name in inspect.signature(check).parameters})
                settle(judge.doubts, judge.consequences, diagnosis)
            except NotOffered:
                continue
            except Outcome as outcome:
                return explain(outcome, _about(check, posed.cell), diagnosis)
    return None


def _about(check: Any, cell: Any) -> str:
    """The function that a check is about."""
    (about,) = (mark.args[0] for mark in check.pytestmark if mark.name == "judges")
    return next(f.name for f in cell.functions.values() if about in (f.name, f.role))


@functools.cache
def _checks(file: str) -> ModuleType:
    path = checks_folder() / f"test_{file}.py"
    spec = importlib.util.spec_from_file_location(f"checks_{file}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(report: dict[str, Any]) -> set[tuple[str, str]]:
    """The mistakes that a report names: pairs of a function and a fault."""
    return {(name, fault) for name, function in report["functions"].items() for fault in function["faults"]}


def wrong(report: dict[str, Any]) -> set[str]:
    """The functions that a report calls wrong."""
    return {name for name, function in report["functions"].items() if function["verdict"] == "wrong"}


def found(diagnosis: Diagnosis) -> set[tuple[str, str]]:
    """The mistakes that a diagnosis names: pairs of a function and a fault."""
    findings = diagnosis.findings.values()
    by_value = {(finding.culprit, fault) for finding in findings for fault in finding.faults}
    return by_value | {(finding.function, fault.id) for finding in findings for fault in finding.side_effects}


def blamed(diagnosis: Diagnosis) -> set[str]:
    """The functions that a diagnosis blames for the failures."""
    findings = diagnosis.findings.values()
    return {f.culprit for f in findings if f.status != "right"} | {f.function for f in findings if f.side_effects}

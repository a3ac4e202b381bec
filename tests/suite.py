"""The suite, put to any object in this process: what ``python -m rnn_reference`` does, without starting one."""

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

from rnn_reference.diagnosis.explain import Diagnosis, explain
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.judging.batched import run_batched
from rnn_reference.judging.judge import Judge
from rnn_reference.outcomes import NotOffered, Outcome
from rnn_reference.paths import checks_folder
from rnn_reference.problems.problem import NAMED
from rnn_reference.report.verdict import report_on
from rnn_reference.target import IMPLEMENTATION


class Target:
    """A plug-in that puts an object in the place of ``--rnn``, and keeps what came of it."""

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
    """What the checks, or those of one group, make of an object: exit status, output, and the records by id."""
    target, folder = Target(functions, name), checks_folder()
    arguments = ["-c", str(folder / "isolated.ini"), "--rootdir", str(folder), "-p", "rnn_reference.plugin",
                 "-p", "no:cacheprovider", "-q"]  # fmt: skip
    where = folder / f"test_{group}.py" if group else folder
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": "",
                   "GITHUB_STEP_SUMMARY": ""}  # fmt: skip
    with mock.patch.dict(os.environ, environment), contextlib.redirect_stdout(io.StringIO()) as printed:
        status = pytest.main([*arguments, *options, str(where)], plugins=[target])
    records = {record["id"]: record for record in target.records}
    return SimpleNamespace(status=int(status), records=records, printed=printed.getvalue())


def judged(functions: Any, *options: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report on an object with some of the six functions, and the records of the checks behind it.

    One fresh problem for each property, unless ``options`` say otherwise: here it is known what is wrong.
    """
    records = list(put_through(functions, "--rnn-examples=1", *options).records.values())
    return report_on(Implementation("held", functions), records), records


TELLING = {
    "tanh_forward": ["forward.test_tanh"],
    "softmax_forward": ["forward.test_softmax"],
    "rnn_cell_forward": ["forward.test_cell_state", "forward.test_cell_prediction"],
    "rnn_forward": ["forward.test_states", "forward.test_predictions", "protocol.test_caches", "gradient.test_network"],
    "rnn_cell_backward": ["protocol.test_cell_backward", "gradient.test_cell"],
    "rnn_backward": ["protocol.test_network_backward", "gradient.test_network", "property.test_cotangent_kept"],
}
"""The checks that are most likely to fail for a mistake in a function."""


def first_failure(diagnosis: Diagnosis, function: str, seed: int) -> Outcome | None:
    """What the first of the telling checks that fails says, explained as in a run of the suite."""
    own = diagnosis.implementation
    for group, name in (check.split(".") for check in TELLING[function]):
        check = getattr(_checks(group), name)
        for problem in NAMED.values():
            judge = Judge(own, name, diagnosis)
            posed = judge.posed(problem.at(seed=seed))
            given = {
                "implementation": own,
                "judge": judge,
                "problem": posed,
                "every_problem": lambda ask, judge=judge, posed=posed: run_batched(judge, [(posed, ask(posed, 1))]),
            }
            try:
                check(**{name: given[name] for name in inspect.signature(check).parameters})
            except NotOffered:
                continue
            except Outcome as outcome:
                return explain(outcome, check.pytestmark[-1].args[0], diagnosis)
    return None


@functools.cache
def _checks(group: str) -> ModuleType:
    path = checks_folder() / f"test_{group}.py"
    spec = importlib.util.spec_from_file_location(f"checks_{group}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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

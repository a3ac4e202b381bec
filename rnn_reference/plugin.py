"""What pytest needs to put the questions in ``checks`` to an implementation: options, outcomes, the summary.

It is loaded in every pytest run of an environment that has this package, so it imports nothing heavy until there
is a check to run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rnn_reference.places import checks_folder

if TYPE_CHECKING:
    from collections.abc import Generator

    from rnn_reference.implementations.implementation import Implementation

def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    group = parser.getgroup("rnn-reference", "is this recurrent network right?")
    group.addoption("--rnn", metavar="TARGET", help=(
        "what to check: file.py, notebook.ipynb, package.module (each with an optional :attribute) or a built-in "
        "adapter (torch); without it, the reference"))  # fmt: skip
    group.addoption("--rnn-report", metavar="FILE.json", help="write the report there")
    group.addoption("--rnn-only", metavar="ID", help="run one check, or a group of them, by id or by its beginning")
    group.addoption("--rnn-seed", metavar="N", type=int, default=0, help="seed of every problem (default 0)")
    group.addoption("--rnn-examples", metavar="N", type=int, default=20, help=(
        "fresh problems for each property (default 20)"))  # fmt: skip
    group.addoption("--rnn-strict", action="store_true", help="advice fails")


def pytest_configure(config: pytest.Config) -> None:
    """Load the target at once, so that one that cannot be judged is a usage error and nothing else."""
    config.addinivalue_line("markers", "judges(function, needs=()): the function that a check is about")
    config.pluginmanager.register(Run(config), "rnn-reference-run")
    if config.option.rnn is None:
        return
    if config.option.rnn_examples < 1:
        raise pytest.UsageError(f"--rnn-examples must be at least 1, got {config.option.rnn_examples}")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(checks_folder())]
    implementation_of(config)


_IMPLEMENTATION = pytest.StashKey[Any]()
_DIAGNOSIS = pytest.StashKey[Any]()
_JUDGE = pytest.StashKey[Any]()


def implementation_of(config: pytest.Config) -> Implementation:
    """The implementation under test: that of ``--rnn``, or the reference."""
    if _IMPLEMENTATION not in config.stash:
        from rnn_reference.implementations.loading import load
        from rnn_reference.implementations.unusable import Unusable

        target = config.option.rnn or "reference"
        try:
            config.stash[_IMPLEMENTATION] = load(target)
        except Unusable as error:
            from rnn_reference.report.verdict import unusable

            _write(config, unusable(target, str(error)))
            raise pytest.UsageError(str(error)) from None
    implementation: Implementation = config.stash[_IMPLEMENTATION]
    return implementation


def diagnosis_of(config: pytest.Config) -> Any:
    """What is wrong with the implementation under test: found out at the first failure, and then remembered."""
    if _DIAGNOSIS not in config.stash:
        from rnn_reference.implementations.loading import load
        from rnn_reference.verification.diagnosis import Diagnosis

        implementation = implementation_of(config)
        from_file = implementation.name.partition(":")[0].endswith((".py", ".ipynb"))  # which runs anew when loaded
        restart = (lambda: load(implementation.name)) if from_file else None
        config.stash[_DIAGNOSIS] = Diagnosis(implementation, config.option.rnn_seed, restart)
    return config.stash[_DIAGNOSIS]


def judge_of(request: pytest.FixtureRequest) -> Any:
    """A judge for the check that asks, kept where the outcome is made from it."""
    from rnn_reference.verification.judge import Judge

    judge = Judge(implementation_of(request.config), check_id(request.node), diagnosis_of(request.config))
    request.node.stash[_JUDGE] = judge
    return judge


def check_id(item: pytest.Item) -> str:
    """``group.check[parameters]``, from file and function: ``gradient.network[T_x=6]``."""
    name = item.name.removeprefix("test_")
    return f"{item.path.stem.removeprefix('test_')}.{name}"


def _is_check(item: pytest.Item) -> bool:
    return item.get_closest_marker("judges") is not None


def _write(config: pytest.Config, report: dict[str, Any]) -> None:
    path = config.option.rnn_report
    if path and not hasattr(config, "workerinput"):
        Path(path).write_text(json.dumps(report, indent=1, allow_nan=False) + "\n", encoding="utf-8")


class Run:
    """One pytest run: it picks the checks, turns what they raise into outcomes, and sums up."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.records: list[dict[str, Any]] = []
        path = config.option.rnn_report
        if path and Path(path).suffix != ".json":
            raise pytest.UsageError(f"--rnn-report={path}: the name must end in .json")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that ``--rnn-only`` names."""
        wanted = self.config.option.rnn_only
        if not wanted:
            return
        kept = [item for item in items if _is_check(item) and _matches(check_id(item), wanted)]
        if not kept:
            raise pytest.UsageError(_no_such_check(wanted, {check_id(item) for item in items if _is_check(item)}))
        self.config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Skip what is not offered; hold back the warnings of other people's arithmetic."""
        if not _is_check(item):
            return (yield)
        import warnings

        import numpy as np

        from rnn_reference.verification.diagnosis import explain, explain_advice
        from rnn_reference.verification.outcomes import NotOffered, Outcome

        marker = item.get_closest_marker("judges")
        assert marker is not None
        implementation = implementation_of(self.config)
        for name in (*marker.args, *marker.kwargs.get("needs", ())):
            if not implementation.offers(name):
                raise NotOffered([("", f"{implementation.name} has no {name}")], function=marker.args[0])
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                return (yield)
            except Outcome as outcome:
                told = explain_advice if check_id(item).startswith("numerics.") else explain
                raise told(outcome, marker.args[0], diagnosis_of(self.config)) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a check raised into its outcome, and a traceback of ours into words."""
        report = yield
        if not _is_check(item) or call.when != "call":
            return report
        from rnn_reference.report.outcome import record_of

        strict = self.config.option.rnn_strict
        judge = item.stash.get(_JUDGE, None)
        record = record_of(item, check_id(item), call.excinfo.value if call.excinfo else None, judge, strict)
        report.rnn = record  # type: ignore[attr-defined]
        if call.excinfo is None or record["traceback"]:
            return report
        from rnn_reference.report.terminal import block

        text = block(record, implementation_of(self.config).name, self._options())
        passes = {"advice": "passed", "not offered": "skipped", "not judged": "skipped"}
        report.outcome = passes.get(record["outcome"], "failed")  # type: ignore[assignment]
        report.longrepr = (str(item.path), 0, text) if report.outcome == "skipped" else text
        return report

    def _options(self) -> str:
        examples = self.config.option.rnn_examples
        return f"--rnn-seed={self.config.option.rnn_seed}" + (f" --rnn-examples={examples}" if examples != 20 else "")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what the checks left behind, from this process or another."""
        record = getattr(report, "rnn", None)
        if record:
            self.records.append(record)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Outcomes of our own in pytest's progress line and counts."""
        outcome = getattr(report, "rnn", {}).get("outcome")
        letters = {"advice": "a", "not offered": "-", "not judged": "?"}
        if outcome not in letters:
            return None
        return outcome, letters[outcome], (outcome.upper(), {"yellow": True})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The closing lines; and the report, if one is asked for."""
        if not self.records:
            return
        from rnn_reference.report.terminal import closing_lines
        from rnn_reference.report.verdict import report_on

        report = report_on(implementation_of(self.config), self.records)
        _write(self.config, report)
        good = report["verdict"] == "conforms"
        title = f"{report['implementation']['name']}: {report['verdict']}"
        terminalreporter.write_sep("=", title, bold=True, green=good, red=not good)
        for line, markup in closing_lines(report):
            terminalreporter.write_line(line, **markup)


def _no_such_check(wanted: str, known: set[str]) -> str:
    import difflib

    near = difflib.get_close_matches(wanted, sorted(known), n=3, cutoff=0.4)
    groups = sorted({check.partition(".")[0] for check in known})
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return f"--rnn-only={wanted} matches no check; {meant}groups: {', '.join(groups)}; -v lists the ids"


def _matches(check: str, wanted: str) -> bool:
    return check == wanted or check.startswith((f"{wanted}.", f"{wanted}["))

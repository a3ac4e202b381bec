"""One pytest run: it turns each check into a record, and the records into a report and the closing lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rnn_reference import closing, results
from rnn_reference.results import check_id, is_check, judged_by
from rnn_reference.target import diagnosis_of, implementation_of, target_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from rnn_reference.report.expected import Expected
    from rnn_reference.report.verdict import Record

_JUDGE = pytest.StashKey[Any]()
_PLACE = pytest.StashKey[int]()


def judge_of(request: pytest.FixtureRequest) -> Any:
    """Returns a new judge for a check. It is kept, because the record of the check is made from it."""
    from rnn_reference.judging.judge import Judge

    judge = Judge(implementation_of(request.config), check_id(request.node))
    request.node.stash[_JUDGE] = judge
    return judge


class Run:
    """One pytest run: selects the checks, explains their outcomes, and writes the summary."""

    def __init__(self, config: pytest.Config, expected: dict[str, Expected]) -> None:
        self.config, self.expected = config, expected
        self.records: list[Record] = []
        self.collected = 0
        self.asked = 0
        self.verdict = ""
        self.errors: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Load the target before the end of the collection. A target that cannot be loaded is a usage error."""
        result = yield
        if self.config.option.rnn is not None or self.config.option.rnn_blackbox is not None:
            self._load()
        return result

    def _load(self) -> None:
        from rnn_reference.implementations.unusable import Unusable
        from rnn_reference.report.verdict import unusable

        try:
            implementation_of(self.config)
        except (Unusable, OSError) as error:
            unwritten = results.write(unusable(target_of(self.config.option), str(error)), self.config)
            raise pytest.UsageError("; ".join(filter(None, (str(error), unwritten)))) from None

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Keep the place of each check, before a plug-in puts them into another order."""
        item.stash[_PLACE] = self.collected
        self.collected += 1

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep only the checks of ``--rnn-only``, and write each check's id to JUnit's file."""
        if any(map(is_check, items)):
            self._load()
            items[:] = [item for item in items if self._is_asked(item)]
        for item in filter(is_check, items):
            item.user_properties.append(("rnn_id", check_id(item)))
        wanted = self.config.option.rnn_only
        if not wanted:
            self.asked = sum(map(is_check, items))
            return
        from rnn_reference.report.expected import matches, no_such_check

        kept = [item for item in items if is_check(item) and matches(check_id(item), wanted)]
        if not kept and not hasattr(self.config, "workerinput"):
            raise pytest.UsageError(no_such_check(wanted, {check_id(item) for item in items if is_check(item)}))
        self.config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        self.asked = len(kept)

    def _is_asked(self, item: pytest.Item) -> bool:
        """False for a check of a cell if the implementation has no function of this cell."""
        cell = results.cell_of(item)
        return cell is None or cell in implementation_of(self.config).cells

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Skip functions that are not offered; suppress the warnings of other people's arithmetic."""
        if not is_check(item):
            return (yield)
        import warnings

        import numpy as np

        from rnn_reference.diagnosis.explain import explain, explain_advice, settle
        from rnn_reference.outcomes import NotOffered, Outcome

        implementation, (about, *needed) = implementation_of(self.config), judged_by(item)
        implementation.begin()
        for name in (about, *needed):
            if not implementation.offers(name):
                raise NotOffered([("", f"{implementation.name} has no {name}")], function=about)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                try:
                    return (yield)
                finally:
                    judge = item.stash.get(_JUDGE, None)
                    if judge and (judge.doubts or judge.consequences):
                        judge.notes += settle(judge.doubts, judge.consequences, diagnosis_of(self.config))
            except Outcome as outcome:
                raised = outcome
            except Exception:
                if not implementation.wrong_shape:
                    raise
                raised = implementation.wrong_shape
            explained = explain_advice if check_id(item).startswith("numerics.") else explain
            raise explained(raised, about, diagnosis_of(self.config)) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Make the record of a check from its outcome, and show the record instead of a traceback."""
        if not is_check(item) or call.when != "call":
            return (yield)
        from rnn_reference.outcomes import Outcome
        from rnn_reference.report.terminal import block

        excinfo = call.excinfo
        if excinfo and isinstance(excinfo.value, Outcome):
            call.excinfo = None  # pytest would spend more time on its traceback than the check took
        try:
            report = yield
        finally:
            call.excinfo = excinfo

        raised, judge = excinfo.value if excinfo else None, item.stash.get(_JUDGE, None)
        implementation = implementation_of(self.config)
        record = results.record_for(item, judged_by(item)[0], raised, judge, implementation, self.expected)
        record["place"] = item.stash[_PLACE]
        report.location = (*report.location[:2], record["id"])
        report.rnn = record  # type: ignore[attr-defined]
        named = [("rnn_faults", ", ".join(record["faults"]))] if record["faults"] else []
        item.user_properties += [("rnn_outcome", record["outcome"]), *named]
        if record["outcome"] == "passed" or record["traceback"]:
            return report
        text = block(record)
        passes = {"advice": "passed", "expected failure": "passed", "not offered": "skipped", "not judged": "skipped"}
        report.outcome = passes.get(record["outcome"], "failed")  # type: ignore[assignment]
        report.longrepr = (str(item.path), 0, text) if report.outcome == "skipped" else text
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the records of the checks, also from other processes."""
        record = getattr(report, "rnn", None)
        if record:
            self.records.append(record)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Show our own outcomes in pytest's progress line and counts."""
        outcome = getattr(report, "rnn", {}).get("outcome")
        letters = {"advice": "a", "expected failure": "x", "not offered": "-", "not judged": "?"}
        if outcome not in letters:
            return None
        return outcome, letters[outcome], (outcome.upper(), {"yellow": True})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the closing lines, and the report if an option asks for it."""
        if not self.records:
            if self.config.option.rnn_only:
                terminalreporter.write_line(f"no check was run: --rnn-only={self.config.option.rnn_only}")
            return
        report = closing.report_of(self.config, self.records, self.asked)
        unwritten = results.write(report, self.config)
        self.verdict = report["verdict"]
        closing.show(report, terminalreporter)
        self.errors = list(closing.errors_of(unwritten, self.records, self.expected))
        for error in self.errors:
            terminalreporter.write_line(f"ERROR: {error}", red=True)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Let no run be a success whose report or whose expected failures are wrong."""
        result = yield
        if self.errors and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        return result

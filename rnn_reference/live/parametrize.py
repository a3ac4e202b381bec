"""The checks as tests of one's own file: a decorator like scikit-learn's ``parametrize_with_checks``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rnn_reference.live.check import check
from rnn_reference.live.report import Report
from rnn_reference.report.expected import every_id
from rnn_reference.report.terminal import block
from rnn_reference.report.verdict import WRONG


def parametrize_with_checks(targets: Iterable[Any], **options: Any) -> Any:
    """Returns a decorator that makes a test of each check of each target.

    The test has two arguments, and calls the one with the other: ``def test_rnn(implementation, check):
    check(implementation)``. ``targets`` are what ``check`` takes; ``options`` are those of ``check``. All checks of a
    target run at once, with its first test. A test is skipped if its check does not ask the target anything. Raises
    ModuleNotFoundError without pytest.
    """
    import pytest

    cases, names = [], []
    for target in targets:
        judged = _Judged(target, options)
        for name in every_id():
            cases.append((target, judged.check(name)))
            names.append(f"{judged.name}-{name}")
    return pytest.mark.parametrize(("implementation", "check"), cases, ids=names)


class _Judged:
    """One target, judged when its first check is asked."""

    def __init__(self, target: Any, options: dict[str, Any]) -> None:
        self.name = target if isinstance(target, str) else getattr(target, "__name__", type(target).__name__)
        self._target, self._options = target, options
        self._report: Report | None = None

    def check(self, name: str) -> Any:
        """Returns the check as a function of the target."""

        def one(implementation: Any) -> None:
            import pytest

            record = self._records().get(name)
            if record is None or record["outcome"] == "not offered":
                pytest.skip("not offered" if record is None else record["message"])
            if record["outcome"] == "expected failure":
                pytest.xfail(record["message"])
            if record["outcome"] in (*WRONG, "not implemented"):
                pytest.fail(block(record), pytrace=False)

        return one

    def _records(self) -> dict[str, Any]:
        if self._report is None:
            self._report = check(self._target, **self._options)
        return {record["id"]: record for record in self._report.checks}

"""The end of a pytest run: its report, its closing lines, and what is wrong with the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn_reference import results
from rnn_reference.target import implementation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from rnn_reference.report.expected import Expected
    from rnn_reference.report.verdict import Record, Report


def report_of(config: pytest.Config, records: list[Record], asked: int) -> Report:
    """Returns the report of the checks that ran; ``asked`` is how many should. Sorts the records as collected."""
    from rnn_reference.report.verdict import report_on, wrong_functions

    records.sort(key=lambda record: record["place"])  # several processes report in any order, and some plug-ins shuffle
    left_out = max(0, asked - len(records))
    implementation, conventions = implementation_of(config), {}
    if config.option.rnn_convention is None:
        conventions = results.conventions_for(implementation, wrong_functions(records), config.option.rnn_seed)
    data, run = results.data_of(implementation), results.run_of(config)
    return report_on(data, records, left_out, conventions, run)


def show(report: Report, reporter: pytest.TerminalReporter) -> None:
    """Show the closing lines."""
    from rnn_reference.report.terminal import closing_lines

    good = report["verdict"] == "conforms"
    title = f"{report['implementation']['name']}: {report['verdict']}"
    reporter.write_sep("=", title, bold=True, green=good, red=not good)
    for line, markup in closing_lines(report):
        reporter.write_line(line, **markup)


def errors_of(unwritten: str, records: list[Record], expected: Mapping[str, Expected]) -> Iterator[str]:
    """Yields what is wrong with the run itself: a report that could not be written, and stale expected failures."""
    if unwritten:
        yield unwritten
    if expected:
        from rnn_reference.report.expected import stale

        yield from stale(expected, ((record["id"], record["outcome"]) for record in records))

"""The results of a run as plain data for reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn_reference import options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from rnn_reference.cells.cell import Cell
    from rnn_reference.implementations.implementation import Implementation
    from rnn_reference.judging.judge import Judge
    from rnn_reference.report.expected import Expected
    from rnn_reference.report.verdict import ByConvention, ImplementationData, Record, Report


def check_id(item: pytest.Item) -> str:
    """Returns ``group.check[parameters]``, from file and function: ``gradient.network[T_x=6]``.

    The group is the first word of the file's name: ``property`` for ``test_property_calls.py``.
    """
    group, check = item.path.stem.split("_")[1], item.name.removeprefix("test_")
    return f"{group}.{check}"


def cell_of(item: pytest.Item) -> Cell | None:
    """Returns the cell of a check; None for a check of a black box, and for other tests."""
    callspec = getattr(item, "callspec", None) if item.get_closest_marker("judges") else None
    function = callspec.params.get("function") if callspec else None
    return function.cell if function else None


def is_check(item: pytest.Item) -> bool:
    """True for one of our checks, False for other tests."""
    return item.get_closest_marker("judges") is not None


def judged_by(item: pytest.Item) -> tuple[str, ...]:
    """Returns the function of a check, and the functions that it needs."""
    marker = item.get_closest_marker("judges")
    assert marker is not None
    wanted = (*marker.args, *marker.kwargs.get("needs", ()))
    cell = cell_of(item)
    if cell is None:
        return wanted
    roles = {function.role: function.name for function in cell.functions.values() if function.role != "activation"}
    return tuple(roles.get(name, name) for name in wanted)


def asks(item: pytest.Item) -> str:
    """Returns the sentence of a check, with the names of its cell."""
    sentence = " ".join((item.obj.__doc__ or "").split())  # type: ignore[attr-defined]
    cell = cell_of(item)
    if cell is None:
        return sentence
    from rnn_reference.cells.words import words_of

    return sentence.format(**words_of(cell))


def record_for(
    item: pytest.Item,
    about: str,
    raised: BaseException | None,
    judge: Judge | None,
    implementation: Implementation,
    expected: Mapping[str, Expected],
) -> Record:
    """Returns the record of a check of ``about`` that raised ``raised`` or passed, with its rerun line."""
    from rnn_reference.report.outcome import expect, record_of
    from rnn_reference.report.terminal import rerun, rerun_here

    given, check = item.config.option, check_id(item)
    printed = implementation.printed() if raised else ""
    record = record_of(check, about, asks(item), raised, seen_by(judge), given.rnn_strict, printed)
    expect(record, expected)
    name = implementation.name
    target = name if given.rnn_blackbox is None else f"--rnn-blackbox={name}"
    by = implementation.rerun_by
    if by:
        record["rerun"] = rerun_here(by, check, options.as_keywords(given))
    else:
        record["rerun"] = rerun(target, check, options.as_given(given))
    return record


def data_of(implementation: Implementation) -> ImplementationData:
    """Returns the data about the implementation for a report."""
    from rnn_reference.implementations.asking import notes_on_arguments
    from rnn_reference.report.verdict import ImplementationData

    offered = {name: implementation.offers(name) for name in implementation.judged}
    notes = [*implementation.notes, *notes_on_arguments(implementation)]
    where = {name: at._asdict() for name, has in offered.items() if has and (at := implementation.where(name))}
    return ImplementationData(implementation.name, implementation.dtype, offered, notes, where)


def run_of(config: pytest.Config) -> dict[str, Any]:
    """Returns the date of a run, the versions of what took part, and its options."""
    import platform
    from datetime import UTC, datetime

    import numpy as np

    versions = {"python": platform.python_version(), "numpy": np.__version__}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"date": now, "versions": versions, "options": options.as_given(config.option)}


def seen_by(judge: Judge | None) -> dict[str, Any]:
    """Returns the measurements of a check's judge; empty ones if the check has no judge."""
    from rnn_reference.report.outcome import UNSEEN

    if judge is None:
        return dict(UNSEEN)
    problem = judge.problem and judge.problem.as_data()
    return {name: getattr(judge, name) for name in UNSEEN} | {"problem": problem}


def conventions_for(implementation: Implementation, wrong: Iterable[str], seed: int) -> dict[str, ByConvention]:
    """Returns the wrong functions that are right by another convention. Calls the implementation."""
    from rnn_reference.cells.registry import function_named
    from rnn_reference.diagnosis.conventions import conventions_of
    from rnn_reference.report.verdict import ByConvention

    found = conventions_of(implementation, wrong, seed)
    return {name: ByConvention(each.name, each.words(function_named(name).cell)) for name, each in found.items()}


def write(report: Report, config: pytest.Config) -> str:
    """Writes the report to the file of ``--rnn-report``, and to the summary of a GitHub job.

    Returns the reason why there is no report, or "". Prints a note if the summary cannot be written. Worker processes
    of pytest-xdist write nothing.
    """
    if hasattr(config, "workerinput"):
        return ""
    from rnn_reference.report import files

    path = config.option.rnn_report
    reason = files.write(Path(path), report) if path else ""
    failed = files.add_to_summary(report)
    if failed:
        config.get_terminal_writer().line(f"note: {failed}", yellow=True)
    return f"--rnn-report={path}: {reason}: there is no report" if reason else ""

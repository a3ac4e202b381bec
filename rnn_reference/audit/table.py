"""The table of the trials of a test file: the tests that notice each mistake."""

from collections.abc import Sequence
from typing import NamedTuple

from rnn_reference.audit.run import Trial
from rnn_reference.cells.fault import Fault
from rnn_reference.faults import CATALOGUE

NOTHING = "-"


class Noticed(NamedTuple):
    """The table as text, the ids of its faults, and the ids of the faults with a variant that no test notices."""

    text: str
    ids: list[str]
    missed: list[str]


def on_the_right_network(name: str, right: Trial) -> str:
    """Returns the first lines of the output: do the tests accept a right network?"""
    total = len(right.passed) + len(right.failed)
    if right.broke:
        return f"{name} on a right network: {right.broke}"
    if not right.failed:
        return f"{name} on a right network: all {total} tests pass"
    lines = [
        f"{name} REFUSES A RIGHT NETWORK: {len(right.failed)} of {total} tests fail on it, and are not counted below"
    ]
    return "\n".join([*lines, *(f"    {test}: {why}" for test, why in right.failed.items())])


def noticing(right: Trial, trial: Trial) -> list[str]:
    """Returns the tests that pass on a right network but not in this trial; or the reason if the trial did not end."""
    if trial.broke:
        return [trial.broke]
    return [test for test in right.passed if test not in trial.passed]


def table(right: Trial, trials: Sequence[Trial]) -> Noticed:
    """Returns the table with a row for each fault. ``trials`` are in the order of the catalogue."""
    seen: dict[str, list[tuple[Fault, list[str]]]] = {}
    for fault, trial in zip(CATALOGUE, trials, strict=True):
        seen.setdefault(fault.id, []).append((fault, noticing(right, trial)))
    width = max(map(len, seen))
    lines = [f"{'mistake':{width}}  noticed by"]
    lines += [f"{mistake:{width}}  {_by(ways)}" for mistake, ways in seen.items()]
    missed = [mistake for mistake, ways in seen.items() if not all(tests for _, tests in ways)]
    return Noticed("\n".join(lines), list(seen), missed)


def _by(ways: list[tuple[Fault, list[str]]]) -> str:
    noticed = [tests for _, tests in ways if tests]
    tests = list(dict.fromkeys(test for some in noticed for test in some))
    if not tests:
        return NOTHING
    shown = ", ".join(tests[:3]) + (f" and {len(tests) - 3} more" if len(tests) > 3 else "")
    return shown if len(noticed) == len(ways) else f"{shown} (in {len(noticed)} of {len(ways)} ways)"


def summary(found: Noticed) -> str:
    """Returns the number of noticed faults, and a list of the others, as text."""
    first = {fault.id: fault for fault in reversed(CATALOGUE)}
    count = len(found.ids) - len(found.missed)
    lines = [f"noticed: {count} of {len(found.ids)} mistakes, each in every way that the catalogue makes it"]
    if found.missed:
        lines += ["not noticed, or not in every way:"]
        lines += [f"    {mistake}: {first[mistake].sentence}{_mark(first[mistake])}" for mistake in found.missed]
    return "\n".join(lines)


def _mark(fault: Fault) -> str:
    return " (advice: correct except for overflow and rounding)" if fault.advice else ""

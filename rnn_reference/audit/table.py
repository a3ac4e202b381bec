"""The table of the trials of a test file: the tests that notice each mistake."""

from collections.abc import Sequence
from typing import NamedTuple

from rnn_reference.audit.run import Trial
from rnn_reference.cells.cell import ACTIVATION
from rnn_reference.cells.fault import Fault
from rnn_reference.cells.registry import cells, function_named
from rnn_reference.faults import CATALOGUE

NOTHING = "-"


class Noticed(NamedTuple):
    """The table as text, the names of its mistakes, and those with a variant that no test notices, with a sentence."""

    text: str
    ids: list[str]
    missed: dict[str, str]


def faults_for(text: str) -> list[Fault]:
    """Returns the faults of the cells whose functions are named in the text of a test file; of all cells if none is."""
    named = [cell for cell in cells() if any(f.name in text for f in cell.functions.values() if f.role != ACTIVATION)]
    return [fault for fault in CATALOGUE if function_named(fault.function).cell in (named or cells())]


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


def table(right: Trial, faults: Sequence[Fault], trials: Sequence[Trial]) -> Noticed:
    """Returns the table with a row for each mistake in a cell. ``trials`` are in the order of ``faults``.

    With several cells, the name of the cell stands before the id.
    """
    seen: dict[str, list[tuple[Fault, list[str]]]] = {}
    several = len({function_named(fault.function).cell for fault in faults}) > 1
    for fault, trial in zip(faults, trials, strict=True):
        name = f"{function_named(fault.function).cell.name} {fault.id}" if several else fault.id
        seen.setdefault(name, []).append((fault, noticing(right, trial)))
    width = max(map(len, seen))
    lines = [f"{'mistake':{width}}  noticed by"]
    lines += [f"{mistake:{width}}  {_by(ways)}" for mistake, ways in seen.items()]
    missed = {
        mistake: f"{ways[0][0].sentence}{_mark(ways[0][0])}"
        for mistake, ways in seen.items() if not all(tests for _, tests in ways)
    }  # fmt: skip
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
    count = len(found.ids) - len(found.missed)
    lines = [f"noticed: {count} of {len(found.ids)} mistakes, each in every way that the catalogue makes it"]
    if found.missed:
        lines += ["not noticed, or not in every way:"]
        lines += [f"    {mistake}: {sentence}" for mistake, sentence in found.missed.items()]
    return "\n".join(lines)


def _mark(fault: Fault) -> str:
    return " (advice: correct except for overflow and rounding)" if fault.advice else ""

"""What a test file's trials say of it: mistake by mistake, which of its tests would have noticed."""

from collections.abc import Sequence
from typing import NamedTuple

from rnn_reference.audit.run import Trial
from rnn_reference.cells.fault import CATALOGUE, Fault

NOTHING = "-"


class Noticed(NamedTuple):
    """The table as text, the faults it has rows for, and those that are not noticed in every way they are made."""

    text: str
    ids: list[str]
    missed: list[str]


def on_the_right_network(name: str, right: Trial) -> str:
    """What comes first: whether the tests accept a right network."""
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
    """The tests that pass on a right network and not in this trial; or that it broke off."""
    if trial.broke:
        return [trial.broke]
    return [test for test in right.passed if test not in trial.passed]


def table(right: Trial, trials: Sequence[Trial]) -> Noticed:
    """A row for each fault of the catalogue, from the trial of each of its variants, in the catalogue's order."""
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
    """How many are noticed, and what the rest are."""
    first = {fault.id: fault for fault in reversed(CATALOGUE)}
    count = len(found.ids) - len(found.missed)
    lines = [f"noticed: {count} of {len(found.ids)} mistakes, each in every way that the catalogue makes it"]
    if found.missed:
        lines += ["not noticed, or not in every way:"]
        lines += [f"    {mistake}: {first[mistake].sentence}{_mark(first[mistake])}" for mistake in found.missed]
    return "\n".join(lines)


def _mark(fault: Fault) -> str:
    return " (advice: right but for the limits of arithmetic)" if fault.advice else ""

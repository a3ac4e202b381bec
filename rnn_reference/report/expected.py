"""Ids of checks: ids in options, and the expected failures in ``--rnn-expect=FILE``, with reasons."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from rnn_reference.cells.registry import cells
from rnn_reference.paths import checks_folder


class Expected(NamedTuple):
    """An expected failure: its reason, and its place in the file."""

    reason: str
    where: str


def expectations(path: str) -> dict[str, Expected]:
    """Returns ids, or beginnings of ids (``golden``, ``numerics.layout``), each with the reason of the failure.

    Each line of the file is ``ID  # REASON``. Empty lines and lines that begin with ``#`` are skipped. Raises
    ValueError, with the line number, for an id without a reason, a repeated id, or an unknown id; OSError if there is
    no file.
    """
    found: dict[str, Expected] = {}
    known = every_id()
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        wanted, _, reason = map(str.strip, line.partition("#"))
        if not wanted:
            continue
        where = f"{path}, line {number}: {wanted}"
        if not reason:
            raise ValueError(f"{where} has no reason; expected ID  # REASON")
        if wanted in found:
            raise ValueError(f"{where} is there twice")
        if not any(matches(check, wanted) for check in known):
            raise ValueError(f"{where} matches no check")
        found[wanted] = Expected(reason, where)
    return found


def stale(expected: Mapping[str, Expected], outcomes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yields a message for each entry whose checks all pass now, with its line.

    ``outcomes`` are the ids and outcomes of one run, or of several. An entry is not stale if a check that it matches
    did not run. A check of another cell than those of the run does not count.
    """
    ran: dict[str, set[str]] = {}
    for check, outcome in outcomes:
        ran.setdefault(check, set()).add(outcome)
    judged = set(map(_cell, ran))
    meant: dict[str, list[str]] = {}
    for check in every_id():
        wanted = expectation(check, expected)
        if wanted and _cell(check) in judged:
            meant.setdefault(wanted, []).append(check)
    for wanted in filter(meant.__contains__, expected):
        checks = meant[wanted]
        found = set[str]().union(*(ran.get(check, {"not run"}) for check in checks))
        if "passed" in found and found <= {"passed", "not offered"}:
            passes = "passes" if checks == [wanted] else "passes in all its checks"
            yield f"{expected[wanted].where} {passes}, and was expected to fail: delete the line"


def every_id() -> list[str]:
    """Returns the ids of all checks, of every cell."""
    return (checks_folder() / "ids.txt").read_text(encoding="utf-8").split()


def _cell(check: str) -> str:
    """Returns the name of the cell in an id: "" for the first cell."""
    name = check.partition("[")[2].rstrip("]").partition("-")[0]
    return name if name in {cell.name for cell in cells()} else ""


def expectation(check: str, expected: Iterable[str]) -> str | None:
    """Returns the longest id or beginning in ``expected`` that matches this check, or None."""
    return max((wanted for wanted in expected if matches(check, wanted)), key=len, default=None)


def matches(check: str, wanted: str) -> bool:
    """True if ``wanted`` is the id of the check, its name without parameters, or its group."""
    return check == wanted or check.startswith((f"{wanted}.", f"{wanted}["))


def no_such_check(wanted: str, known: set[str]) -> str:
    """Returns the message for an ``--rnn-only`` that matches no check, with the nearest ids and the known ones."""
    names = {check.partition("[")[0] for check in known}
    groups = sorted({check.partition(".")[0] for check in known})
    group = wanted.partition(".")[0]
    near = difflib.get_close_matches(wanted, sorted({*known, *names, *groups}), n=3, cutoff=0.4)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    inside = sorted(name for name in names if name.startswith(f"{group}."))
    return f"--rnn-only={wanted} matches no check; {meant}there are {', '.join(inside or groups)}"

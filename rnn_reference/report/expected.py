"""``--rnn-expect=FILE``: checks that are known to fail, each with a reason, so that only what is new is red."""

from collections.abc import Iterable
from pathlib import Path

from rnn_reference.paths import checks_folder


def expectations(path: str) -> dict[str, str]:
    """Ids, or beginnings of ids (``golden``, ``numerics.layout``), each with the reason why it fails.

    One a line, ``ID  # REASON``; empty lines and lines that begin with ``#`` are left out. Raises ValueError, naming
    the line, for one without a reason, one given twice, and an id that no check has; OSError if there is no file.
    """
    found: dict[str, str] = {}
    known = (checks_folder() / "ids.txt").read_text(encoding="utf-8").split()
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
        found[wanted] = reason
    return found


def expectation(check: str, expected: Iterable[str]) -> str | None:
    """The id or beginning, of those that are expected to fail, that this check is meant by: the longest, or None."""
    return max((wanted for wanted in expected if matches(check, wanted)), key=len, default=None)


def matches(check: str, wanted: str) -> bool:
    """Whether an id is the one that is wanted, or belongs to the group or the check of that name."""
    return check == wanted or check.startswith((f"{wanted}.", f"{wanted}["))

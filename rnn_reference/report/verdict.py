"""What all the checks together say: the report, as plain data, from which every other form is made.

A record is what one check left behind: ``id, group, about, function, outcome, message, asks, problem,
smallest_error_seen, faults, candidates, evidence, notes, rerun``. ``about`` is the function that was asked about,
``function`` the one to blame.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

from rnn_reference import __version__
from rnn_reference.implementations.implementation import Implementation

Record: TypeAlias = dict[str, Any]
Report: TypeAlias = dict[str, Any]

SCHEMA = 1
WRONG = ("failed", "crashed", "timed out")
COUNTED = ("passed", *WRONG, "not implemented", "not judged", "expected failure", "advice", "not offered")


def report_on(implementation: Implementation, records: Iterable[Record], left_out: int = 0) -> Report:
    """The report on one implementation, after its checks have run, but for those that were ``left_out`` at the end."""
    records = list(records)
    notes = [f"stopped early: {left_out} of {len(records) + left_out} checks did not run"] if left_out else []
    functions = {name: _of_function(name, implementation.offers(name), records) for name in implementation.judged}
    asked = {record[role] for record in records for role in ("about", "function")}
    verdict = _overall([functions[name]["verdict"] for name in implementation.judged if name in asked])
    counts = Counter(record["outcome"] for record in records)
    shown = (
        "id outcome about function asks message lines faults candidates problem smallest_error_seen ulps notes rerun"
    ).split()
    return {
        "schema": SCHEMA,
        "suite": __version__,
        "implementation": {
            "name": implementation.name,
            "dtype": implementation.dtype,
            "notes": implementation.notes + notes,
        },
        "verdict": "not judged" if verdict == "conforms" and left_out else verdict,
        "functions": finite(functions),
        "checks": [finite({key: record[key] for key in shown}) for record in records],
        "counts": {outcome: counts[outcome] for outcome in COUNTED if counts[outcome] or outcome in _ALWAYS},
    }


def with_conventions(report: Report, seed: int, implementation: Implementation) -> None:
    """Note in the report which of the wrong forward functions are right by another convention, and by which."""
    from rnn_reference.diagnosis.conventions import conventions_of

    wrong = [name for name, function in report["functions"].items() if function["verdict"] == "wrong"]
    for name, conventions in conventions_of(implementation, wrong, seed).items():
        report["functions"][name]["convention"] = f"right, {conventions.words}"
        report["functions"][name]["convention_name"] = conventions.name


def finite(value: Any) -> Any:
    """The same plain data, with None for every NaN and infinity: JSON has no such numbers."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def unusable(name: str, reason: str) -> Report:
    """The report on a target that could not be loaded."""
    return {
        "schema": SCHEMA,
        "suite": __version__,
        "implementation": {"name": name, "dtype": None, "notes": [reason]},
        "verdict": "unusable",
        "functions": {},
        "checks": [],
        "counts": dict.fromkeys(_ALWAYS, 0),
    }


_ALWAYS = ("passed", "failed", "advice", "not offered")


def _of_function(name: str, offered: bool, records: list[Record]) -> dict[str, Any]:
    mine = [record for record in records if record["function"] == name]
    failures = [record for record in mine if record["outcome"] in WRONG]
    main = main_record(failures)
    met = {fault: None for record in mine for fault in (*record["faults"], *record["candidates"])}
    return {
        "verdict": _verdict(offered, mine),
        "faults": sorted({fault for record in failures for fault in record["faults"]}),
        "candidates": sorted({fault for record in failures for fault in record["candidates"]}),
        "hints": hints_for(name, met) if met else [],
        "convention": None,  # found out at the end, if it is: see with_conventions
        "convention_name": None,
        "advice": [record["id"] for record in mine if record["outcome"] == "advice"],
        "expected": _by_reason(mine),
        "notes": list(dict.fromkeys(note for record in mine for note in record["notes"])),
        "shown_by": main["id"] if main else None,
        "first_wrong_step": main["evidence"].get("first_wrong_step") if main else None,
        "evidence": main["evidence"] if main else _how_sharp(mine),
    }


def _how_sharp(records: list[Record]) -> dict[str, Any]:
    """What a derivative by differences was made of, and in which check: the first of those that passed with one."""
    passed = (record for record in records if record["outcome"] == "passed" and "derivative" in record["evidence"])
    first = next(passed, None)
    return {"derivative": first["evidence"]["derivative"], "check": first["id"]} if first else {}


def hints_for(function: str, faults: Iterable[str]) -> list[dict[str, str]]:
    """For each fault by id: its sentence, and what the catalogue would say to who makes it in that function."""
    from rnn_reference.faults import CATALOGUE

    shown = ("id", "sentence", "where", "change")
    found = ((fault, [entry for entry in CATALOGUE if entry.id == fault]) for fault in faults)
    best = [min(entries, key=lambda entry: entry.function != function) for _, entries in found if entries]
    return [{name: getattr(entry, name) for name in shown} for entry in best]


def _by_reason(records: list[Record]) -> dict[str, list[str]]:
    """The checks that failed as expected, by the reasons given for it."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record["outcome"] == "expected failure":
            found.setdefault(record["expected"], []).append(record["id"])
    return found


def _verdict(offered: bool, records: list[Record]) -> str:
    if not offered:
        return "not offered"
    outcomes = {record["outcome"] for record in records}
    if outcomes & set(WRONG):
        return "wrong"
    if "not implemented" in outcomes:
        return "not implemented"
    return "conforms" if "passed" in outcomes else "not judged"


def _overall(verdicts: list[str]) -> str:
    for verdict in ("wrong", "not implemented", "not judged", "conforms"):
        if verdict in verdicts:
            return verdict
    return "not judged"


def main_record(failures: Iterable[Record]) -> Record | None:
    """The failure that tells most about a function: one of its own, a named fault first, then one placed in time."""

    def order(record: Record) -> tuple[bool, ...]:
        placed = record["evidence"].get("first_wrong_step") is not None
        anothers, golden = record["about"] != record["function"], record["group"] == "golden"
        return anothers, not record["faults"], not record["candidates"], not placed, golden

    return min(failures, key=order, default=None)

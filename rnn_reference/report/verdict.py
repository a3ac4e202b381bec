"""The report on one target: plain data, made from the records of its checks. All other forms are made from it.

A record is the result of one check: ``id, group, about, function, outcome, message, asks, problem,
smallest_error_seen, faults, candidates, evidence, notes, rerun``. ``about`` is the function of the check, ``function``
the function to blame.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from rnn_reference import __version__

Record: TypeAlias = dict[str, Any]
Report: TypeAlias = dict[str, Any]

SCHEMA = 1
WRONG = ("failed", "crashed", "timed out")
_ALWAYS = ("passed", "failed", "advice", "not offered")
_SHOWN = (
    "id outcome about function asks message lines faults candidates problem smallest_error_seen ulps notes rerun"
).split()
COUNTED = ("passed", *WRONG, "not implemented", "not judged", "expected failure", "advice", "not offered")


@dataclass(frozen=True)
class ImplementationData:
    """The implementation of a report. ``offered`` is True for each judged function that is present.

    ``where`` has, for functions whose source is known, its ``place``, ``line`` and ``code``.
    """

    name: str
    dtype: str
    offered: Mapping[str, bool]
    notes: list[str] = field(default_factory=list)
    where: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class ByConvention:
    """The convention by which a wrong function is right: ``name`` is for an option, ``words`` are for people."""

    name: str
    words: str


def report_on(
    subject: ImplementationData,
    records: Iterable[Record],
    left_out: int = 0,
    conventions: Mapping[str, ByConvention] | None = None,
    run: Mapping[str, Any] | None = None,
) -> Report:
    """Returns the report on one implementation, from the records of its checks.

    ``left_out`` is the number of checks that did not run; ``conventions`` are those found for wrong functions;
    ``run`` has the date, the versions and the options.
    """
    records = list(records)
    notes = [f"stopped early: {left_out} of {len(records) + left_out} checks did not run"] if left_out else []
    found = conventions or {}
    functions = {
        name: _of_function(name, has, records, found.get(name)) | {"where": subject.where.get(name)}
        for name, has in subject.offered.items()
    }
    asked = {record[role] for record in records for role in ("about", "function")}
    verdict = _overall([function["verdict"] for name, function in functions.items() if name in asked])
    counts = Counter(record["outcome"] for record in records)
    return {
        "schema": SCHEMA,
        "suite": __version__,
        "run": dict(run or {}),
        "implementation": {"name": subject.name, "dtype": subject.dtype, "notes": subject.notes + notes},
        "verdict": "not judged" if verdict == "conforms" and left_out else verdict,
        "functions": finite(functions),
        "checks": [finite({key: record[key] for key in _SHOWN}) for record in records],
        "counts": {outcome: counts[outcome] for outcome in COUNTED if counts[outcome] or outcome in _ALWAYS},
    }


def wrong_functions(records: Iterable[Record]) -> list[str]:
    """Returns the functions to blame for the failures."""
    return list(dict.fromkeys(record["function"] for record in records if record["outcome"] in WRONG))


def finite(value: Any) -> Any:
    """Returns the same data with None for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def unusable(name: str, reason: str) -> Report:
    """Returns the report on a target that could not be loaded."""
    return {
        "schema": SCHEMA,
        "suite": __version__,
        "run": {},
        "implementation": {"name": name, "dtype": None, "notes": [reason]},
        "verdict": "unusable",
        "functions": {},
        "checks": [],
        "counts": dict.fromkeys(_ALWAYS, 0),
    }


def _of_function(name: str, offered: bool, records: list[Record], convention: ByConvention | None) -> dict[str, Any]:
    mine = [record for record in records if record["function"] == name]
    failures = [record for record in mine if record["outcome"] in WRONG]
    main, verdict = main_record(failures), _verdict(offered, mine)
    others = _of_others(name, records) if verdict == "conforms" else []
    met = {fault: None for record in mine for fault in (*record["faults"], *record["candidates"])}
    return {
        "verdict": verdict,
        "faults": sorted({fault for record in failures for fault in record["faults"]}),
        "candidates": sorted({fault for record in failures for fault in record["candidates"]}),
        "hints": hints_for(name, met) if met else [],
        "convention": f"right, {convention.words}" if convention else None,
        "convention_name": convention.name if convention else None,
        "advice": [record["id"] for record in mine if record["outcome"] == "advice"],
        "expected": _by_reason(mine),
        "notes": list(dict.fromkeys([*others, *(note for record in mine for note in record["notes"])])),
        "shown_by": main["id"] if main else None,
        "first_wrong_step": main["evidence"].get("first_wrong_step") if main else None,
        "evidence": main["evidence"] if main else _how_sharp(mine),
    }


def _of_others(name: str, records: list[Record]) -> list[str]:
    """Returns a note for each other function that is to blame for wrong values of this one."""
    blamed = {r["function"]: None for r in records if r["about"] == name and r["outcome"] in WRONG}
    return [f"right for what {other} gives, whose values are wrong" for other in blamed if other != name]


def _how_sharp(records: list[Record]) -> dict[str, Any]:
    """Returns the data of a derivative by differences, from the first passed check with one, and the check's id."""
    passed = (record for record in records if record["outcome"] == "passed" and "derivative" in record["evidence"])
    first = next(passed, None)
    return {"derivative": first["evidence"]["derivative"], "check": first["id"]} if first else {}


def hints_for(function: str, faults: Iterable[str]) -> list[dict[str, str]]:
    """Returns, for each fault id, its sentence and its hints, preferably for this function."""
    from rnn_reference.faults import CATALOGUE

    shown = ("id", "sentence", "where", "change")
    found = ((fault, [entry for entry in CATALOGUE if entry.id == fault]) for fault in faults)
    best = [min(entries, key=lambda entry: entry.function != function) for _, entries in found if entries]
    return [{name: getattr(entry, name) for name in shown} for entry in best]


def _by_reason(records: list[Record]) -> dict[str, list[str]]:
    """Returns the checks that failed as expected, by reason."""
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
    """Returns the most informative failure of a function: its own check, with a named fault and a first wrong step."""

    def order(record: Record) -> tuple[bool, ...]:
        placed = record["evidence"].get("first_wrong_step") is not None
        anothers, golden = record["about"] != record["function"], record["group"] == "golden"
        return anothers, not record["faults"], not record["candidates"], not placed, golden

    return min(failures, key=order, default=None)

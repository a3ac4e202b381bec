"""The content of a page for a student, made from the JSON report only. HTML and Markdown use it."""

import re
from collections.abc import Iterable
from typing import Any

from rnn_reference.report.terminal import place_of, sharpness, why_not
from rnn_reference.report.verdict import WRONG, Report

GROUPS = {
    "protocol": "Do the arguments and results of each function have the right form and shapes?",
    "golden": "Does it give known values from other sources?",
    "forward": "Is the forward pass right, on every kind of problem?",
    "gradient": "Is the backward pass the derivative of the forward pass?",
    "property": "Does it have the properties of any recurrent network?",
    "numerics": "Does it avoid overflow and loss of precision? This is advice, and does not fail.",
    "blackbox": "Does a callable without weights to set have the properties of any recurrent network?",
}
QUIET = ("passed", "not offered")
"""Outcomes that need no attention. The page folds them."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Characters that a page cannot contain, or that would reverse the direction of its text."""


def page_data(report: Report) -> dict[str, Any]:
    """Returns the content of a page, in its order."""
    report = printable(report)
    functions = report["functions"]
    return {
        "name": report["implementation"]["name"],
        "verdict": report["verdict"],
        "lead": list(_lead(report)),
        "notes": report["implementation"]["notes"],
        "mistakes": [_mistake(name, functions[name], report) for name in functions if _is_wrong(functions[name])],
        "functions": [_function(name, function, report) for name, function in functions.items()],
        "how_sharp": _how_sharp(functions),
        "groups": _groups(report["checks"]),
        "counts": {outcome: count for outcome, count in report["counts"].items() if count},
        "total": len(report["checks"]),
        "dtype": report["implementation"]["dtype"],
        "suite": report["suite"],
        "run": report["run"],
    }


def printable(value: Any) -> Any:
    """Returns the same data, with a mark for each character that a page cannot contain."""
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return UNPRINTABLE.sub("\ufffd", value) if isinstance(value, str) else value


def _is_wrong(function: dict[str, Any]) -> bool:
    return bool(function["verdict"] == "wrong")


def _lead(report: Report) -> Iterable[str]:
    """Yields the verdict in whole sentences."""
    if report["verdict"] == "unusable":
        yield "It could not be loaded, so nothing was judged."
    if report["verdict"] == "conforms":
        passed, expected = (report["counts"].get(outcome, 0) for outcome in ("passed", "expected failure"))
        failed = f"{expected} failed, as expected" if expected else "none failed"
        yield f"No {'other ' if expected else ''}mistake was found: {passed} checks passed, and {failed}."
    functions = report["functions"]
    yield from (_what_is_wrong(name, function, report) for name, function in functions.items() if _is_wrong(function))
    for verdict, words in {
        "not implemented": "Present, not written yet: {}.",
        "conforms": "Right: {}.",
        "expected": "Right, except for expected failures: {}.",
        "not judged": "Present, not judged: {}.",
        "not offered": "Not present, not judged: {}.",
    }.items():
        named = [name for name, function in functions.items() if _word(function) == verdict]
        if named:
            yield words.format(", ".join(named))


def _word(function: dict[str, Any]) -> str:
    """Returns the verdict; "expected" for a function that conforms only because its failures are expected."""
    return "expected" if function["verdict"] == "conforms" and function["expected"] else str(function["verdict"])


def _what_is_wrong(name: str, function: dict[str, Any], report: Report) -> str:
    named = [hint["sentence"] for hint in function["hints"] if hint["id"] in function["faults"]]
    if named:
        return f"{name} is wrong: {'; and '.join(named)}."
    if function["candidates"]:
        return f"{name} is wrong: it makes one of {len(function['candidates'])} mistakes with the same results here."
    shown: dict[str, Any] = next((check for check in report["checks"] if check["id"] == function["shown_by"]), {})
    if shown.get("outcome") == "timed out":
        return f"{name} does not return in time."
    if shown.get("outcome") == "crashed":
        return f"{name} crashes: {dict(shown['lines']).get('error', 'it raises an exception')}."
    return f"{name} is wrong, and the mistake is not in the catalogue."


def _mistake(name: str, function: dict[str, Any], report: Report) -> dict[str, Any]:
    shown = next((check for check in report["checks"] if check["id"] == function["shown_by"]), None)
    hints = {hint["id"]: hint for hint in function["hints"]}
    check = shown and _check(shown)
    if check:  # the page names the mistake above
        check["seen"] = [line for line in check["seen"] if line[0] != "looks like"]
    return {
        "function": name,
        "named": [hints[fault] for fault in function["faults"] if fault in hints],
        "candidates": [hints[fault] for fault in function["candidates"] if fault in hints],
        "evidence": function["evidence"],
        "notes": function["notes"],
        "check": check,
        "where": function["where"] and {"place": place_of(function["where"]), "code": function["where"]["code"]},
    }


def _how_sharp(functions: dict[str, Any]) -> dict[str, Any]:
    """Returns the evidence with the derivative of a forward pass, of a whole network if possible.

    Returns an empty dict if the page shows the derivative with a mistake.
    """
    found = [functions[name] for name in sorted(functions, key=lambda name: "cell" in name) if "backward" in name]
    taken = [function for function in found if "derivative" in function["evidence"]]
    return {} if any(map(_is_wrong, taken)) else next((function["evidence"] for function in taken), {})


def _function(name: str, function: dict[str, Any], report: Report) -> dict[str, Any]:
    """Returns one line of the table of functions."""
    says, error = "", sharpness(name, report)
    if function["verdict"] == "conforms" and error:
        says = f"an error of {error:.0e} in any element would have been seen"
    elif function["verdict"] == "not judged":
        says = why_not(name, report).lstrip(": ")
    elif _is_wrong(function):
        says = ", ".join(function["faults"]) or " or ".join(function["candidates"]) or "not in the catalogue"
    checks = {check["id"]: check for check in report["checks"]}
    return {
        "name": name,
        "verdict": function["verdict"],
        "says": says,
        "notes": [*_expected(function), *(() if _is_wrong(function) else function["notes"])],
        "advice": [] if _is_wrong(function) else [_advice(checks[check], function) for check in function["advice"]],
    }


def _expected(function: dict[str, Any]) -> Iterable[str]:
    """Yields a line for each reason of expected failures."""
    for reason, ids in function["expected"].items():
        more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        yield f"expected to fail ({reason}): {ids[0]}{more}"


def _advice(check: dict[str, Any], function: dict[str, Any]) -> dict[str, Any]:
    hints = [hint for hint in function["hints"] if hint["id"] in check["faults"]]
    return {**_check(check), "hints": hints}


def _groups(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the checks by group. In a group, checks that need attention are grouped by their sentence."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for check in checks:
        groups.setdefault(check["id"].partition(".")[0], []).append(_check(check))
    return [
        {
            "name": name,
            "about": GROUPS.get(name, ""),
            "families": _families([check for check in members if check["outcome"] not in QUIET]),
            "quiet": [(kind, found) for kind in QUIET if (found := [c for c in members if c["outcome"] == kind])],
            "total": len(members),
        }
        for name, members in groups.items()
    ]


def _families(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    families: dict[str, dict[str, Any]] = {}
    for check in checks:
        name = check["id"].partition("[")[0]
        families.setdefault(name, {"name": name, "asks": check["asks"], "checks": []})["checks"].append(check)
    return list(families.values())


def _check(check: dict[str, Any]) -> dict[str, Any]:
    """Returns one check: its sentence, its results, and its rerun line."""
    error = check["smallest_error_seen"]
    seen = [(label, text) for label, text in check["lines"]]
    if check["outcome"] == "passed" and error:
        seen.append(("", f"an error of {error:.0e} would have been seen"))
    return {
        "id": check["id"],
        "outcome": check["outcome"],
        "wrong": check["outcome"] in WRONG,
        "asks": check["asks"],
        "seen": list(dict.fromkeys(seen)),
        "problem": check["problem"]["text"] if check["problem"] else "",
        "rerun": check["rerun"],
    }

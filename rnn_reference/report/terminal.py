"""The report in a terminal: one block for a failure, and the closing lines of a run."""

import math
import shlex
from collections.abc import Iterator
from typing import Any

from rnn_reference.numerics.evidence import COMPUTED_BACKWARD
from rnn_reference.report.verdict import Record, Report

WIDTH = 78


def block(record: Record) -> str:
    """Returns the lines about one check that did not pass, with the command to run it again."""
    verdict = {
        "failed": "is wrong",
        "advice": "could be better",
        "expected failure": "is wrong, as expected",
        "not implemented": "is not implemented",
    }
    head = f"{record['function']} {verdict.get(record['outcome'], record['outcome'])}"
    lines = [f"{head:<{WIDTH - len(record['id'])}} {record['id']}"]
    lines += [f"  {'asks':<12}{record['asks']}"]
    lines += [f"  {label:<12}{text}".rstrip() for label, text in record["lines"]]
    if record["problem"]:
        lines.append(f"  {'problem':<12}{record['problem']['text']}")
    lines.append(f"  {'rerun':<12}{record['rerun']}")
    return "\n".join(lines)


def rerun(target: str, check: str, options: str) -> str:
    """Returns the command that runs the same check on the same target again."""
    return f"python -m rnn_reference {shlex.quote(target)} --rnn-only={shlex.quote(check)} {options}".rstrip()


def rerun_here(call: str, check: str, options: str) -> str:
    """Returns the call that runs the same check again where the objects are; ``call`` is its beginning."""
    return f"rnn_reference.{call}, only={check!r}{options and f', {options}'})"


def closing_lines(report: Report) -> Iterator[tuple[str, dict[str, bool]]]:
    """Yields the lines at the end of a run, each with its colours: notes, a verdict for each function, the counts."""
    for note in report["implementation"]["notes"]:
        yield f"note: {note}", {"yellow": True}
    for name, function in report["functions"].items():
        yield from _of_function(name, function, report)
    counts = ", ".join(f"{count} {outcome}" for outcome, count in report["counts"].items())
    total = len(report["checks"])
    yield f"{total} check{'s' if total != 1 else ''}: {counts}", {"bold": True}


def _of_function(name: str, function: dict[str, Any], report: Report) -> Iterator[tuple[str, dict[str, bool]]]:
    verdict = function["verdict"]
    colour = {"conforms": "green", "wrong": "red", "not implemented": "red"}.get(verdict, "yellow")
    yield f"{name:<19} {verdict}{_extent(name, function, report)}", {colour: True}
    checks = {check["id"]: check for check in report["checks"]}
    shown = checks.get(function["shown_by"])
    if shown:
        for label, text in (*shown["lines"], *error_per_step(function["evidence"])):
            yield _under(label, text), {}
        if shown["problem"]:
            yield _under("problem", shown["problem"]["text"]), {}
        if function["where"]:
            yield _under("written in", place_of(function["where"])), {}
        yield _under("rerun", shown["rerun"]), {}
    if function["convention"]:
        yield _under("or", function["convention"]), {"yellow": True}
        yield _under("judge so", f"--rnn-convention={function['convention_name']}"), {"yellow": True}
    for check in function["advice"] if verdict == "conforms" else ():  # a wrong function needs no advice yet
        yield _under("advice", f"{checks[check]['asks'].rstrip('.')} ({check})"), {"yellow": True}
        yield _under("", f"measured: {checks[check]['message']}"), {"yellow": True}
    for reason, ids in function["expected"].items():
        more = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        yield _under("expected", f"{ids[0]}{more} to fail: {reason}"), {"yellow": True}
    for note in function["notes"]:
        yield _under("note", note), {"yellow": True}


def place_of(where: dict[str, Any]) -> str:
    """Returns where a function is written: ``document.ipynb, cell 10, line 1``."""
    return f"{where['place']}, line {where['line']}"


BLOCKS = "▁▂▃▄▅▆▇█"


def error_per_step(evidence: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields a line for each tensor with a time axis: its error at each step as a block. ``·`` is right.

    The scale is logarithmic, from the smallest error of all to the largest, half a decade at least.
    """
    errors, tolerances = evidence.get("error_per_step", {}), evidence.get("tolerance_per_step", {})
    wrong = {
        name: [error if error is None or error > (tolerances[name][t] or 0) else 0.0 for t, error in enumerate(steps)]
        for name, steps in errors.items()
        if len(steps) > 1
    }
    logs = [math.log10(error) for steps in wrong.values() for error in steps if error]
    low, decades = min(logs, default=0.0), max(max(logs, default=0.0) - min(logs, default=0.0), 0.5)
    for name, steps in wrong.items():
        if any(error != 0.0 for error in steps):
            line = "".join(_block(error, low, decades) for error in steps)
            shown = line if len(line) <= WIDTH - 30 else f"{line[:20]} ... {line[-20:]}"
            way = ", computed from the right" if name in COMPUTED_BACKWARD else ""
            yield f"|{name}|", f"{shown}  error at t=0..{len(steps) - 1}{way}"


def _block(error: float | None, low: float, decades: float) -> str:
    """Returns the error of one step as a character: ``!`` if it is not a number."""
    if not error:
        return "!" if error is None else "·"
    return BLOCKS[min(int((math.log10(error) - low) / decades * len(BLOCKS)), len(BLOCKS) - 1)]


def _under(label: str, text: str) -> str:
    return f"{'':<20}{label:<11} {text}"


def _extent(name: str, function: dict[str, Any], report: Report) -> str:
    if function["verdict"] == "not judged":
        return why_not(name, report)
    if function["shown_by"]:
        return f", shown by {function['shown_by']}:"
    error = sharpness(name, report)
    return f"; an error of {error:.0e} in any element would have been seen" if error else ""


def sharpness(name: str, report: Report) -> float | None:
    """Returns the smallest error that the sharpest check of a function would have seen, or None."""
    mine = (check for check in report["checks"] if check["function"] == name and _is_sharp(check))
    return min((check["smallest_error_seen"] for check in mine), default=None)


def _is_sharp(check: dict[str, Any]) -> bool:
    """True if the check compares values and passed: then the error that it would have seen is reported."""
    compares = check["id"].startswith(("forward.", "gradient.", "blackbox."))
    return compares and check["outcome"] == "passed" and bool(check["smallest_error_seen"])


def why_not(name: str, report: Report) -> str:
    """Returns the reason why a function that is present has no verdict."""
    asked = [check for check in report["checks"] if check["about"] == name]
    needed = sorted({check["function"] for check in asked} - {name})
    if needed:
        return f": {' and '.join(needed)} must work first"
    return f": {asked[0]['message']}" if asked else ": not among the checks that were run"

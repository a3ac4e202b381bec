"""Gradient checkers compared on one recurrent network: the smallest error that each sees, and its false alarms.

    python -m benchmarks.studies.gradient_checkers [--instances=200] [--ours=1000] [--write]
    python -m benchmarks.studies.gradient_checkers --only=NAME --write

``--write`` writes docs/generated/gradient-checkers.md. A checker whose package is not installed is left out. With
``--only`` just the rows of the checkers whose names begin with NAME are measured and put into the page; and all times.
"""

import argparse
import datetime
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.markdown import table
from benchmarks.studies import pages
from benchmarks.studies.checkers import FAST, FLOAT32, OURS
from benchmarks.studies.gradient_kinds import PAGE, section
from benchmarks.studies.instances import Instance, point_at, with_error
from benchmarks.studies.other_checkers import OTHERS
from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.numerics import injection as derivatives
from rnn_reference.numerics.elementwise import moved_inputs, one_by_one, states_of
from rnn_reference.numerics.extrapolation import STEPS
from rnn_reference.numerics.moved import ForwardCall
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.problems.answers import network_answers
from rnn_reference.problems.problem import Problem

METHOD = """\
The network is that of the document's section 2.2 (n_x=3, n_a=5, m=10, T_x=4). An error of `eps` of itself is put into \
one element of the right dWaa, for each of its 25 elements and each decade of `eps`. *Smallest eps seen* is the \
smallest at which a checker, with its default settings, refuses all 25. *False alarms* are right gradients of fresh \
instances of the same kind that it refuses. *ms* is the processor time of one verdict, the least of three."""
HEADS = ["checker", "dtype", "worst error", "calls of f", "ms", "smallest eps seen: worst (median) element",
         "false alarms"]  # fmt: skip
CHECKERS = OURS | OTHERS
DTYPES = ("float64", "float32")
DOCUMENT = 1
"""The seed of the document's own instance."""


class Counted:
    """The forward pass of an instance, with a count of its calls."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.calls = instance, 0

    def __call__(self, *args: Any) -> Any:
        """Return the states."""
        self.calls += 1
        return self.instance.f(*args)


def row(make: Callable[..., Any], instances: int, dtype: str) -> list[str]:
    """Return the cells of one checker in one dtype."""
    instance = Instance(DOCUMENT, dtype)
    f = Counted(instance)
    checker = make(instance, f)
    checker.accepts(instance.gradients())
    calls = f.calls  # for one verdict
    seen = smallest_eps(instance, checker)
    alarms = sum(not make(i, Counted(i)).accepts(i.gradients()) for i in (Instance(s, dtype) for s in range(instances)))
    error = f"{checker.error:.0e}" if checker.error is not None else "-"
    return [error, str(calls), milliseconds(make, dtype), seen, f"{alarms} of {instances}"]


def milliseconds(make: Callable[..., Any], dtype: str) -> str:
    """Return the time of one verdict."""
    instance = Instance(DOCUMENT, dtype)
    f = Counted(instance)
    return f"{1e3 * min(_seconds(lambda: make(instance, f).accepts(instance.gradients())) for _ in range(3)):.1f}"


def smallest_eps(instance: Instance, checker: Any) -> str:
    """Return the smallest decade at which the error of every element is seen, and the median over the elements."""
    right = instance.gradients()
    if not checker.accepts(right):
        return "refuses the right one"
    least = []
    for index in np.ndindex(5, 5):
        decade = 1
        while decade >= -14 and not checker.accepts(with_error(right, index, 10.0**decade)):
            decade -= 1
        least.append(decade + 1)
    worst, median = max(least), int(np.median(least))
    return f"{_power(worst)} ({_power(median)})"


def _power(decade: int) -> str:
    return "none" if decade > 1 else f"1e{decade}" if decade else "1"


def _seconds(call: Callable[[], Any]) -> float:
    start = time.process_time()  # the machine may do something else, too
    call()
    return time.process_time() - start


def at_64_units() -> str:
    """Compare injection with a naive loop over the parameters, on a network of 9,280 parameters."""
    problem = Problem(n_x=80, n_a=64, n_y=4, m=10, T_x=4)
    point, da = point_at(problem.given, problem.da), problem.da
    rounding = {"a": network_answers(problem).tolerance["a"] / SAFETY}

    def forward(several: list[ForwardCall]) -> list[dict[str, Any]]:
        return [{"a": rnn_forward(run.x, run.initial["a"], run.parameters)[0]} for run in several]

    def injected() -> derivatives.Derivative:
        return derivatives.by_injection(forward, point, rounding)

    ours = min(_seconds(injected) for _ in range(3))
    some = [(i, j) for i in range(64) for j in (0, 31, 63)]  # of 4,096: the loop takes the same time for each

    def loop() -> None:
        inputs = moved_inputs(point.run, ["Waa"])
        one_by_one(states_of(forward, point.run, ["a"]), inputs, "Waa", da, rounding["a"], some)

    parameters = problem.parameters
    count = sum(parameters[name].size for name in ("Wax", "Waa", "ba"))
    naive = _seconds(loop) / len(some) * count
    single = naive / len(STEPS)
    found = injected()
    right = rnn_backward(da, rnn_forward(*problem.inputs)[2])
    worst = max(float(abs(found.value[n] - right[n]).max() / abs(right[n]).max()) for n in right)
    return (
        f"At n_x = 80, n_a = 64, m = 10, T_x = 4 ({count:,} parameters) all gradients by injection, dx and da0 among "
        f"them, take {ours:.2f} s and are right to {worst:.0e} of the largest element. The naive loop over the "
        f"parameters alone would take {naive:.0f} s with the same table of steps ({naive / ours:.0f} times as long; "
        f"timed on {len(some)} of them), and {single:.1f} s with a single step, whose error is some 1e-9."
    )


def rows_of(only: str, ours: int, instances: int) -> dict[tuple[str, str], list[str]]:
    """Return the cells of each checker whose name begins with ``only``, by name and dtype; and print them."""
    rows = {}
    for name, make in CHECKERS.items():
        for dtype in DTYPES:
            if not name.startswith(only) or (dtype == "float32" and name in OURS and name not in FLOAT32):
                continue
            try:
                rows[name, dtype] = row(make, ours if name in FAST else instances, dtype)
            except ModuleNotFoundError as error:
                print(f"{name}: {error.name} is not installed")
                continue
            print(" | ".join([name, dtype, *rows[name, dtype]]), flush=True)
    return rows


def renewed(page: str, rows: dict[tuple[str, str], list[str]], only: str) -> str:
    """Return the page with new rows in place of the old ones, and with the time of every checker measured again."""
    again = f" After this, on {datetime.date.today()}: `--only='{only}' --write` for these rows, and for all times."
    made = next(line for line in page.splitlines() if line.startswith("Made by "))
    lines = page.replace(made, made.partition(" After this")[0] + again, 1).splitlines(keepends=True)
    for number, line in enumerate(lines):
        name, dtype, *cells = [*line.strip().strip("|").split(" | "), ""]
        name = name.strip()
        if name in CHECKERS and dtype in DTYPES:
            cells = rows.get((name, dtype), [cell.strip() for cell in cells[:-1]])
            cells[HEADS.index("ms") - 2] = milliseconds(CHECKERS[name], dtype)
            lines[number] = f"| {' | '.join([name, dtype, *cells])} |\n"
    return "".join(lines)


def main() -> None:
    """Print the table, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instances", type=int, default=200, help="fresh instances for each slow checker")
    parser.add_argument("--ours", type=int, default=1000, help="fresh instances for each fast one of ours")
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
    parser.add_argument("--only", default="", metavar="NAME", help="only the checkers whose names begin so")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = rows_of(options.only, options.ours, options.instances)
        if options.only and options.write:
            pages.write(PAGE, renewed((pages.FOLDER / PAGE).read_text(encoding="utf-8"), rows, options.only))
    if options.only:
        return
    large = at_64_units()
    print(large)
    if options.write:
        packages = ("numpy", "torch", "jax", "autograd", "scipy", "numdifftools")
        made = pages.made_by("python -m benchmarks.studies.gradient_checkers --write", *packages)
        whole = table(HEADS, [[*key, *cells] for key, cells in rows.items()])
        pages.write(PAGE, f"# Gradient checkers, compared\n\n{made}\n\n{METHOD}\n\n{whole}\n\n{large}\n\n{section()}")


if __name__ == "__main__":
    main()

"""Gradient checkers compared on one recurrent network: the smallest error that each sees, and its false alarms.

    python -m benchmarks.studies.gradient_checkers [--instances=200] [--ours=1000] [--write]

``--write`` writes docs/generated/gradient-checkers.md. A checker whose package is not installed is left out.
"""

import argparse
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
instances of the same kind that it refuses."""
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
    milliseconds = 1e3 * min(_seconds(lambda: make(instance, f).accepts(instance.gradients())) for _ in range(3))
    seen = smallest_eps(instance, checker)
    alarms = sum(not make(i, Counted(i)).accepts(i.gradients()) for i in (Instance(s, dtype) for s in range(instances)))
    error = f"{checker.error:.0e}" if checker.error is not None else "-"
    return [error, str(calls), f"{milliseconds:.1f}", seen, f"{alarms} of {instances}"]


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
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


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


def main() -> None:
    """Print the table, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instances", type=int, default=200, help="fresh instances for each slow checker")
    parser.add_argument("--ours", type=int, default=1000, help="fresh instances for each fast one of ours")
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
    options = parser.parse_args()
    rows = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, make in (OURS | OTHERS).items():
            for dtype in ("float64", "float32"):
                if dtype == "float32" and name in OURS and name not in FLOAT32:
                    continue
                try:
                    found = row(make, options.ours if name in FAST else options.instances, dtype)
                except ModuleNotFoundError as error:
                    print(f"{name}: {error.name} is not installed")
                    continue
                rows.append([name, dtype, *found])
                print(" | ".join(rows[-1]), flush=True)
    heads = ["checker", "dtype", "worst error", "calls of f", "ms", "smallest eps seen: worst (median) element",
             "false alarms"]  # fmt: skip
    large = at_64_units()
    print(large)
    if options.write:
        packages = ("numpy", "torch", "jax", "autograd", "scipy", "numdifftools")
        made = pages.made_by("python -m benchmarks.studies.gradient_checkers --write", *packages)
        pages.write(
            PAGE,
            f"# Gradient checkers, compared\n\n{made}\n\n{METHOD}\n\n{table(heads, rows)}\n\n{large}\n\n{section()}",
        )


if __name__ == "__main__":
    main()

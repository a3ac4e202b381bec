"""The time of each part of the loop: the difference between the loop and its limit.

python -m benchmarks.studies.anatomy
"""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.markdown import table
from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.cells.head import softmax_in_place
from rnn_reference.cells.time_first import WIDE, summed_product, time_first
from rnn_reference.problems.problem import Problem

SIZE = {"n_x": 64, "n_a": 128, "n_y": 32, "T_x": 50}
BATCHES = (1, 8, 32, 128)
LIMIT = " *"
"""Marks the parts that the limit has too."""


def seconds(run: Callable[[], Any], budget: float = 0.15) -> float:
    """Return the least time of a call; the budget limits the number of calls."""
    best, until = np.inf, time.process_time() + budget
    while time.process_time() < until:
        began = time.process_time_ns()
        run()
        best = min(best, (time.process_time_ns() - began) * 1e-9)
    return best


def forward_parts(problem: Problem) -> dict[str, float]:
    """Time each part of rnn_forward by itself, on arrays of the same sizes."""
    x, a0, p = problem.inputs
    x_steps = time_first(x)
    a = p["Wax"] @ x_steps
    recurrent, scores = np.empty_like(a0), p["Wya"] @ a

    def products() -> None:
        for a_next in a:
            np.matmul(p["Waa"], a_next, out=recurrent)

    def added() -> None:
        for a_next in a:
            np.add(a_next, recurrent, out=a_next)

    def tanhs() -> None:
        for a_next in a:
            np.tanh(a_next, out=recurrent)

    return {
        f"projection of all inputs{LIMIT}": seconds(lambda: p["Wax"] @ x_steps),
        f"products with Waa, step by step{LIMIT}": seconds(products),
        f"tanh, step by step{LIMIT}": seconds(tanhs),
        f"scores{LIMIT}": seconds(lambda: p["Wya"] @ a),
        "x copied, time first": seconds(lambda: time_first(x)),
        "biases added": seconds(lambda: (np.add(a, p["ba"], out=a), np.add(scores, p["by"], out=scores))),
        "sums, step by step": seconds(added),
        "softmax (its exp is the limit's)": seconds(lambda: softmax_in_place(scores, axis=1)),
    }


def backward_parts(problem: Problem) -> dict[str, float]:
    """Time each part of rnn_backward by itself."""
    x, a0, p = problem.inputs
    a, _, _ = rnn_forward(x, a0, p)
    x_steps, a = time_first(x), time_first(a)
    dz, da_prev = 0.5 * a, np.zeros_like(a0)

    def products() -> None:
        for dz_t in dz:
            np.matmul(p["Waa"].T, dz_t, out=da_prev)

    def elementwise() -> None:
        for dz_t, a_t in zip(dz, a, strict=True):
            np.add(da_prev, a_t, out=da_prev)
            np.multiply(dz_t, 1.0, out=dz_t)

    def slopes() -> None:
        np.subtract(1, np.multiply(a, a), out=a)

    return {
        f"products with Waa^T, step by step{LIMIT}": seconds(products),
        f"dx{LIMIT}": seconds(lambda: p["Wax"].T @ dz),
        f"dWax and dWaa{LIMIT}{', with their copies' if problem.m < WIDE else ''}": seconds(
            lambda: (summed_product(dz, x_steps), summed_product(dz[1:], a[:-1]))
        ),
        "da copied, time first": seconds(lambda: time_first(problem.da)),
        "slopes of tanh": seconds(slopes),
        "sums and slopes applied, step by step": seconds(elementwise),
        "dba": seconds(lambda: dz.sum(axis=(0, 2))),
    }


def section() -> str:
    """Return a Markdown table for each direction: parts as shares of the whole call, by batch size."""
    found = []
    for title, parts_of, whole_of in (
        ("Forward", forward_parts, lambda q: lambda: rnn_forward(*q.inputs)),
        ("Backward", backward_parts, _backward_alone),
    ):
        columns = []
        for m in BATCHES:
            problem = Problem(**SIZE, m=m)
            whole, parts = seconds(whole_of(problem), 0.4), parts_of(problem)
            shares = {name.partition(", with")[0]: part / whole for name, part in parts.items()}
            shares["checks, caches, Python between the calls"] = max(0.0, 1 - sum(shares.values()))
            columns.append((whole, shares))
        names = list(columns[0][1])
        rows = [[name, *(f"{shares[name]:.0%}" for _, shares in columns)] for name in names]
        rows.append(["the whole, µs", *(f"{whole * 1e6:.0f}" for whole, _ in columns)])
        found += [table([title, *(f"m = {m}" for m in BATCHES)], rows), ""]
    return "\n".join(found)


def _backward_alone(problem: Problem) -> Callable[[], Any]:
    caches = rnn_forward(*problem.inputs)[2]
    return lambda: rnn_backward(problem.da, caches)


if __name__ == "__main__":
    print(section())

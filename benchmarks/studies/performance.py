"""The page on performance, from saved results of the time-step loop.

    python -m benchmarks.studies.performance [RESULTS.json]

It writes docs/generated/performance.md and two pictures. The default file is the newest in .benchmarks. The times of
the suite itself are measured now.
"""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.grid import SECONDS, points
from benchmarks.markdown import table
from benchmarks.paired_timing import MIN_ROUNDS, SHORT
from benchmarks.report.goals import goal_rows
from benchmarks.report.plots import draw
from benchmarks.report.results import Result, described, newest, read
from benchmarks.report.tables import RATIOS, length_rows, line_rows, memory_rows, noise, ratio_rows
from benchmarks.studies import pages
from rnn_reference.implementations.isolation.environment import ONE_THREAD

PAGE = "performance.md"
TARGETS = {"examples/right.py": None, "torch": "torch"}
"""The targets whose verdicts are timed, and the package that each needs."""

TIMED = f"""\
Every loop does the same work: forward, states and predictions; backward, `dx, da0, dWax, dWaa, dba`. Its inputs are in
its preferred layout and its code is compiled before the clock starts. Its result is compared with the reference before
it is timed. A round times the reference and then the other loop. A ratio is the median over the rounds, so a machine
that is slow for a while is slow for both. The clock is the CPU time of the process: other processes on the core do not
count. A time in seconds is a ratio times our fastest round. A point has {MIN_ROUNDS} rounds or more, for
{SECONDS["full"]} s in all ({SECONDS["short"]} s in the short grid). A call shorter than {1e3 * SHORT:.0f} ms is made
once untimed before each timed call.

- **reference** is ours in the document's layout, `(n, m, T_x)`. The copies that move time to the first axis are timed
  too. Its time is the 1 of the table.
- **own-layout** is the same functions, given arrays of that shape whose memory order is time first.
- **limit** is the same matrix products, tanh and exp into allocated arrays, and nothing else: no bias, no copy, no sum
  over the batch, no check. Its column is the share of the limit that ours reaches.
- **stepwise** is the document's structure, one call of the cell a step (the adapter `stepwise`).
- **torch** is `torch.nn.RNN` with a softmax over a linear layer; forward without a graph, backward by autograd.
- **jax** is `jax.jit` of `lax.scan`, inputs projected before the scan, backward by `jax.vjp` in the same compiled
  function.
- **onnxruntime** runs ONNX's RNN operator, which it has in float32 and forward only.
- **onnx-evaluator** is onnx's own evaluator in numpy, forward only.
- **keras-numpy** is `keras.layers.SimpleRNN` on keras' numpy backend, in float32 and forward only."""

LINES = """\
A line *a + b m* through the times of a step, by least squares of relative errors over the batch sizes. *a* is the cost
of a step of any batch size, *b* the cost of one more column. Up to *a = b m* more columns are nearly free. *Off by at
most* is the largest relative error of the line. The times are not quite a line: a product with one column uses another
routine."""

MEMORY = """\
The peak memory of a call, by step, at the largest batch. Python's tracemalloc does not see the memory of torch, jax
and onnxruntime. *Allowed* are the results, the copies that move time to the first axis, and in the backward pass one
gradient of the states' size. At the smallest size, Python's own objects are a part of the peak."""


PARTS = """\
The time of each part at 64 inputs, 128 units, 32 outputs and 50 steps in float64, as a share of the whole call. Each
part is timed by itself on allocated arrays. The parts marked * are those of the limit. The rest is the biases and sums,
each a separate pass over the result of a product, the sums of the softmax, the copies that move time to the first axis,
and the allocation of memory in every call. To save it, numpy would need one pass that adds twice and applies tanh, and
the API would need a place for the caller's own result arrays."""


def anatomy() -> str:
    """Measure the parts of the loop in a process with one thread."""
    command = [sys.executable, "-m", "benchmarks.studies.anatomy"]
    environment = os.environ | ONE_THREAD
    done = subprocess.run(command, cwd=pages.ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def page(
    machine: dict[str, Any], results: list[Result], verdicts: list[tuple[str, float]], made: str, parts_of_it: str
) -> str:
    """Return the whole page."""
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items())
    missing = f" Not installed: {', '.join(machine['missing'])}." if machine["missing"] else ""
    suite = [[f"`python -m rnn_reference {target}`", f"{seconds:.1f}"] for target, seconds in verdicts]
    parts = [
        "# Performance",
        f"Made by `python -m benchmarks.studies.performance` on {made} from results of {machine['date']}, "
        f"{extent(results)}: {described(machine)}; {versions}; "
        f"Python {machine['python']}.{missing} Yours: `make bench` (minutes) or `make bench-full`.",
        f"![Time of a step against batch size](performance-time.svg)\n\n{TIMED}",
        f"## Beside others\n\n{RATIOS}\n\n{table(*ratio_rows(results), aligned=True)}\n\n{noise(results)}",
        f"## The goals\n\n{table(*goal_rows(results), aligned=True)}",
        "## The limit\n\n![Share of the limit against batch size](performance-limit.svg)",
        f"{PARTS}\n\n{parts_of_it}",
        f"## Time against batch size\n\n{LINES}\n\n{table(*line_rows(results), aligned=True)}",
        *(f"{line[0].upper()}{line[1:]}." for line in length_rows(results)),
        f"## Memory\n\n{MEMORY}\n\n{table(*memory_rows(results), aligned=True)}",
        f"## The suite itself\n\nOne run each, from the start of the command to its verdict, on all cores.\n\n"
        f"{table(['command', 'seconds'], suite, aligned=True)}",
        "Gradient checkers, ours and others': [their times and how small an error each sees](gradient-checkers.md).",
    ]
    return "\n\n".join(parts) + "\n"


def extent(results: list[Result]) -> str:
    """Say which part of the grid was measured."""
    measured, whole = len({r.point for r in results}), len(points("full"))
    return "the whole grid" if measured == whole else f"{measured} of the {whole} points of the whole grid"


def verdicts() -> list[tuple[str, float]]:
    """Return the seconds for the verdict on a numpy file, and on torch if it is installed."""
    return [(target, _seconds(target)) for target, package in TARGETS.items() if not package or find_spec(package)]


def _seconds(target: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "rnn_reference", target]
    subprocess.run(command, cwd=pages.ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Write the page and its two pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, help="results of pytest-benchmark (default: the newest)")
    machine, results = read(parser.parse_args().file or newest())
    with tempfile.TemporaryDirectory() as folder:
        for file in draw(results, Path(folder)):
            if file.suffix == ".svg":
                (pages.FOLDER / file.name).write_bytes(file.read_bytes())
    pages.write(PAGE, page(machine, results, verdicts(), str(datetime.date.today()), anatomy()))


if __name__ == "__main__":
    main()

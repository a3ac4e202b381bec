"""docs/performance.md, from saved results of the time-step loop.

    python benchmarks/performance_page.py [RESULTS.json]

Without a file it takes the results that were saved last, in .benchmarks. The suite's own time is measured now.
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

from goals import goal_rows
from grid import SECONDS, points
from plots import draw
from results import Result, described, newest, read
from side_by_side import FEWEST, SHORT
from tables import RATIOS, aligned, length_rows, line_rows, memory_rows, noise, ratio_rows

from rnn_reference.implementations.isolation.environment import ONE_THREAD

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
TARGETS = {"examples/right.py": None, "torch": "torch"}
"""Whose verdicts are timed, and the package each needs."""

TIMED = f"""\
Every loop does the same work: states and predictions forward; backward `dx, da0, dWax, dWaa, dba`. Each has its
inputs in the layout that it likes best, beforehand, and is compiled beforehand; its result is compared with the
reference's before it is timed. In each round the reference runs too, just before the other; a ratio is the median
over the rounds of the ratio of neighbours, so that a machine that is slow for a while is slow for both. Time is
what the process itself computes, so that others who use the core do not count; in seconds, a ratio times our
fastest round there. There are {FEWEST} rounds or more at a point, for {SECONDS["full"]} s in all
({SECONDS["short"]} s in the short grid); a call shorter than {1e3 * SHORT:.0f} ms is called once untimed before.

- **reference** is ours as callers use it: arrays of the document's layout, `(n, m, T_x)`, time brought to the front
  in the time that is measured. It is the 1 of the table.
- **own-layout** is the same functions, given arrays of that shape which lie in memory with time first.
- **limit** is the same matrix products, tanh and exp into arrays that are there, and nothing around them: no bias,
  no copy, no sum over the batch, no check. Its column is the share of the limit that ours reaches.
- **stepwise** is the document's structure, one call of the cell a step (`rnn_reference.cells.loop`).
- **torch** is `torch.nn.RNN` with a softmax over a linear layer, forward alone without a graph, backward by
  autograd.
- **jax** is `jax.jit` of `lax.scan`, inputs projected before the scan, backward by `jax.vjp` in the same compiled
  function.
- **onnxruntime** runs ONNX's RNN operator, which it has in float32 and forward alone; **onnx-evaluator** is onnx's
  own evaluator in numpy; **keras-numpy** is `keras.layers.SimpleRNN` on keras' numpy backend, in float32."""

LINES = """\
By least squares of relative errors over the batch sizes: *a* is what a step costs whatever the batch, *b* what a
column adds; up to *a = b m* more columns are nearly free. *Off by at most* is the largest relative error of the
line: that of a straight line through times which are not quite one (a product with one column is another routine
than one with many)."""

MEMORY = """\
The most bytes in hand at any moment of a call, by step, at the largest batch; torch's, jax's and onnxruntime's
memory is not seen by Python's tracemalloc. *Allowed* is what is returned, the copies that bring time to the front,
and in the backward pass one gradient of the states' size. At the smallest size Python's own objects are a part of
it."""


PARTS = """Where the time goes at 64 inputs, 128 units, 32 outputs and 50 steps in float64: each part timed by itself on
arrays that are there already, as a share of the whole call. What is marked * is the limit's too. Between the two stand
the biases and the sums over neighbours, each a pass of its own over what a product left, the softmax's sums, the copies
that bring time to the front, and memory that is new at every call. It would take one pass that adds, adds and applies
tanh, which numpy has not, and results written into arrays of the caller's, for which the API has no place."""


def anatomy() -> str:
    """The parts of the loop, measured in a process with one thread."""
    script = Path(__file__).with_name("anatomy.py")
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": path}
    done = subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def page(
    machine: dict[str, Any], results: list[Result], verdicts: list[tuple[str, float]], made: str, parts_of_it: str
) -> str:
    """The whole page."""
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items())
    missing = f" Not installed: {', '.join(machine['missing'])}." if machine["missing"] else ""
    suite = [[f"`python -m rnn_reference {target}`", f"{seconds:.1f}"] for target, seconds in verdicts]
    parts = [
        "# Performance",
        f"Made by `python benchmarks/performance_page.py` on {made} from results of {machine['date']}, "
        f"{extent(results)}: {described(machine)}; {versions}; "
        f"Python {machine['python']}.{missing} Yours: `make bench` (minutes) or `make bench-full`.",
        f"![Time of a step against batch size](performance-time.svg)\n\n{TIMED}",
        f"## Beside others\n\n{RATIOS}\n\n{aligned(*ratio_rows(results))}\n\n{noise(results)}",
        f"## What was to be reached\n\n{aligned(*goal_rows(results))}",
        "## The limit\n\n![Share of the limit against batch size](performance-limit.svg)",
        f"{PARTS}\n\n{parts_of_it}",
        f"## Time against batch size\n\n{LINES}\n\n{aligned(*line_rows(results))}",
        *(f"{line[0].upper()}{line[1:]}." for line in length_rows(results)),
        f"## Memory\n\n{MEMORY}\n\n{aligned(*memory_rows(results))}",
        f"## The suite itself\n\nOne run each, from the start of the command to its verdict, on all cores.\n\n"
        f"{aligned(['command', 'seconds'], suite)}",
        "Gradient checkers, ours and others': [their times and how small an error each sees](gradient-checkers.md).",
    ]
    return "\n\n".join(parts) + "\n"


def extent(results: list[Result]) -> str:
    """How much was measured."""
    measured, whole = len({r.point for r in results}), len(points("full"))
    return "the whole grid" if measured == whole else f"{measured} of the {whole} points of the whole grid"


def verdicts() -> list[tuple[str, float]]:
    """Seconds for the verdict on a numpy file, and on torch where it is installed."""
    return [(target, _seconds(target)) for target, package in TARGETS.items() if not package or find_spec(package)]


def _seconds(target: str) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "rnn_reference", target]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Write the page and its two pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, help="results of pytest-benchmark (default: the newest)")
    machine, results = read(parser.parse_args().file or newest())
    with tempfile.TemporaryDirectory() as folder:
        for file in draw(results, Path(folder)):
            if file.suffix == ".svg":
                (PAGE.parent / file.name).write_bytes(file.read_bytes())
    PAGE.write_text(page(machine, results, verdicts(), str(datetime.date.today()), anatomy()), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

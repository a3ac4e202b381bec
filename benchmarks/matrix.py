"""What the suite says of every framework that is installed, in both precisions.

    python benchmarks/matrix.py [--examples=5] [--write] [ROW ...]

``--write`` puts the table into docs/matrix.md. Each cell is read from a report of ``python -m rnn_reference``, run here
in a process of its own.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import matrix_errors
from gradient_checkers import table

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "matrix.md"
GROUPS = ("protocol", "golden", "forward", "gradient", "property", "numerics")
WIDE, SINGLE = "float64", "float32"


class Row(NamedTuple):
    """An adapter, where keras computes, and the precisions in which it can be asked at all."""

    target: str
    backend: str = ""
    dtypes: tuple[str, ...] = (WIDE, SINGLE)

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.target}-{self.backend}" if self.backend else self.target


ROWS = [Row("reference"), Row("stepwise"), Row("torch"), Row("jax"), Row("flax"), Row("flax-nnx"),
        *(Row("keras", backend) for backend in ("torch", "jax", "numpy")),
        Row("onnxruntime", dtypes=(SINGLE,)), Row("onnx")]  # fmt: skip
"""onnxruntime has no RNN for float64: it refuses the model."""

SCRIPTS = [Row("keras_float64", backend) for backend in ("torch", "jax", "numpy")] + [Row("onnx_clip")]
"""Of ``examples``: what was found wrong, each narrowed down to a few lines."""

UPSTREAM = """\
Keras's `result_type` makes float32 of two float64 on every backend but tensorflow, and its matrix products follow.
Upstream, of other operations: [keras-team/keras#23223](https://github.com/keras-team/keras/issues/23223), closed by
[#23225](https://github.com/keras-team/keras/pull/23225). The adapter asks to be judged in what `result_type` gives; on
jax its float64 is left off, as jax has it by default, since with it on the layer raises what the script shows. Of
the clip that onnx's evaluator leaves out no thread was found (it left `direction` out as well, until
[onnx/onnx#7935](https://github.com/onnx/onnx/pull/7935)); whatever is to run a file is first seen to heed the file's
attributes. cuDNN's tanh in float32, on a GPU, is a finding of its own: [gpu.md](gpu.md)."""


def main() -> None:
    """Run the suite for each row, and print or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=5, help="fresh problems for each property (default 5)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("rows", nargs="*", help="names of rows; all, if none is given")
    options = parser.parse_args()
    lines, notes = [], []
    for row in (row for row in ROWS if not options.rows or row.name in options.rows):
        for dtype in row.dtypes:
            report, errors = _report(row, dtype, options.examples), _errors(row, dtype)
            if report["verdict"] == "unusable":
                notes.append(f"- {row.name}: {'; '.join(report['implementation']['notes'])}")
                break
            lines.append(_cells(row, dtype, report, errors))
            notes += _red(row, dtype, report)
            print(" | ".join(lines[-1]), flush=True)
    page = _page(lines, notes, options.examples)
    if options.write:
        PAGE.write_text(page, encoding="utf-8")
    else:
        print(page)


def _run(row: Row, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | ({"KERAS_BACKEND": row.backend} if row.backend else {})
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _report(row: Row, dtype: str, examples: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        options = (f"--rnn-dtype={dtype}", f"--rnn-examples={examples}", f"--rnn-report={path}")
        done = _run(row, "-m", "rnn_reference", row.target, *options)
        if not path.exists():
            raise SystemExit(f"{row.name} in {dtype} left no report: {done.stdout[-500:]}{done.stderr[-500:]}")
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return report


def _errors(row: Row, dtype: str) -> dict[str, str]:
    done = _run(row, matrix_errors.__file__, row.target, dtype)
    return json.loads(done.stdout) if done.returncode == 0 else {"version": row.name, "states": "-", "gradients": "-"}


def _cells(row: Row, dtype: str, report: dict[str, Any], errors: dict[str, str]) -> list[str]:
    cells = [errors["version"], dtype]
    for group in GROUPS:
        outcomes = Counter(c["outcome"] for c in report["checks"] if c["id"].startswith(f"{group}."))
        offered = outcomes.total() - outcomes["not offered"]
        cells.append(f"{outcomes['passed']} of {offered}" if offered else "-")
    verdict = report["verdict"] if report["verdict"] == "conforms" else f"**{report['verdict']}**"
    return [*cells, verdict, errors["states"], errors["gradients"]]


def _red(row: Row, dtype: str, report: dict[str, Any]) -> list[str]:
    """What a report that is not all green says, a line for each function."""
    messages = {check["id"]: check["message"] for check in report["checks"]}
    lines = []
    for name, function in report["functions"].items():
        if function["verdict"] == "wrong":
            lines.append(f"- {row.name} in {dtype}: `{name}` is wrong, shown by `{function['shown_by']}`: "
                         f"{messages[function['shown_by']]}")  # fmt: skip
        if report["verdict"] != "conforms":
            continue
        lines += [f"- {row.name} in {dtype}: advice, `{check}`: {messages[check]}" for check in function["advice"]]
    return lines


def _page(lines: list[list[str]], notes: list[str], examples: int) -> str:
    printed = [_run(row, f"examples/{row.target}.py") for row in SCRIPTS]
    found = [f"- `{row.target}.py`: {done.stdout.strip()}" for row, done in zip(SCRIPTS, printed, strict=True)
             if done.returncode == 0]  # fmt: skip
    heads = ["implementation", "precision", *GROUPS, "verdict", "worst error: states", "gradients"]
    return f"""# Every framework, in both precisions

Made by `make matrix` on {datetime.date.today()}, Python {platform.python_version()} on {platform.machine()}; with \
{examples} fresh problems for each property.

A cell is how many checks passed of those that the implementation offers something for. The worst error is in units in
the last place of the largest element of its tensor, over the nine [certified cases](golden.md); in float64 against the
certified values, in float32 against the reference in float64 at the same inputs. Beside it stands the
case.

{table(heads, lines)}

## What is not green

{chr(10).join(notes) or "Nothing."}

## Narrowed down

By the scripts in [examples](../examples):

{chr(10).join(found) or "Nothing of it is installed here."}

{UPSTREAM}
"""


if __name__ == "__main__":
    main()

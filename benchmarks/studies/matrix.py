"""The matrix: the suite's judgement of every installed framework, in both precisions.

    python -m benchmarks.studies.matrix [--examples=5] [--write] [ROW ...]

``--write`` writes docs/generated/matrix.md. The cells come from reports of ``python -m rnn_reference``, which runs in a
process of its own for each row.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.markdown import table
from benchmarks.studies.pages import ROOT, made_by, write
from rnn_reference.report import page_data

PAGE = "matrix.md"
GROUPS = tuple(group for group in page_data.GROUPS if group != "blackbox")
WIDE, SINGLE = "float64", "float32"


class Row(NamedTuple):
    """An adapter, the backend of keras, and the precisions that it has."""

    target: str
    backend: str = ""
    dtypes: tuple[str, ...] = (WIDE, SINGLE)

    @property
    def name(self) -> str:
        """The name in the table."""
        return f"{self.target}-{self.backend}" if self.backend else self.target


ROWS = [Row("reference"), Row("stepwise"), Row("torch"), Row("jax"), Row("flax"), Row("flax-nnx"),
        *(Row("keras", backend) for backend in ("torch", "jax", "numpy")),
        Row("onnxruntime", dtypes=(SINGLE,)), Row("onnx")]  # fmt: skip
"""onnxruntime has no RNN in float64: it refuses the model."""

SCRIPTS = [Row("keras_float64", backend) for backend in ("torch", "jax", "numpy")] + [Row("onnx_clip")]
"""Scripts in ``examples``: each shows one finding in a few lines."""

UPSTREAM = """\
Keras's `result_type` makes float32 of two float64 on every backend but tensorflow, and its matrix products follow.
Upstream, of other operations: [keras-team/keras#23223](https://github.com/keras-team/keras/issues/23223), closed by
[#23225](https://github.com/keras-team/keras/pull/23225). The adapter asks to be judged in what `result_type` gives; on
jax its float64 is left off, as jax has it by default, since with it on the layer raises what the script shows. Of the
clip that onnx's evaluator leaves out no thread was found (it left `direction` out as well, until
[onnx/onnx#7935](https://github.com/onnx/onnx/pull/7935)); before a file is judged, the evaluator is tested for the
file's attributes. cuDNN's tanh in float32, on a GPU, is a finding of its own: [a GPU's recurrent
layer](../explained/gpu.md)."""


def main() -> None:
    """Run the suite for each row, then print or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=5, help="fresh problems for each property (default 5)")
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
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
        write(PAGE, page)
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
    done = _run(row, "-m", "benchmarks.studies.matrix_errors", row.target, dtype)
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
    """Return a line for each function that is wrong or has advice."""
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

{made_by("make matrix", "numpy")} With {examples} fresh problems for each property.

A cell counts the checks that passed, of those that the implementation offers a function for. The worst error is in
units in the last place of the largest element of its tensor, over the nine [certified cases](../explained/golden.md):
in float64 against the certified values, in float32 against the reference in float64 at the same inputs. The case is in
brackets.

{table(heads, lines)}

## What is not green

{chr(10).join(notes) or "Nothing."}

## Narrowed down

By the scripts in [examples](../../examples):

{chr(10).join(found) or "Nothing of it is installed here."}

{UPSTREAM}
"""


if __name__ == "__main__":
    main()

"""The page of the kill table: the method of each column, the table, and its totals."""

from benchmarks.markdown import table
from benchmarks.studies.pages import made_by
from rnn_reference.faults import faults_named

METHOD = """\
Each row is a mistake of the catalogue ([all of them](faults.md)). The catalogue makes it in several *ways*: `yes`
means all of them, otherwise the cell says how many. Each network has this one mistake and no other. A forward mistake
has the ordinary backward pass, so a gradient check notices it wherever the two disagree. (With the derivative of the
wrong forward pass as its backward pass, no gradient check would notice.)

- **caught by**: the checks of this suite that fail in every way of making the mistake, without their parameters (if
  there is none, the first check that fails in each way). Mistakes marked *advice* are correct except for overflow and
  rounding; for them, the checks that advise.
- **named**: `yes` if the suite names this mistake in this function and no other; `tie` if it lists it among others.
- **document's values**: every value that the document prints, at its inputs, to 1e-7. Its printed `rnn_backward`
  values are wrong, so they refuse the right network too: a value refused there is not counted. `red anyway`: only such
  values are refused. `no`: the network meets every value. `yes`: a value is refused that the right network meets.
- **one-step gradient check**, like a course's unit test: `rnn_cell_forward` and `rnn_cell_backward`, and
  `rnn_forward` and `rnn_backward` with T_x = 1, at n_x=3, n_a=5, n_y=2, m=4, all inputs from `RandomState(0).randn`;
  the loss is `sum(a)`, so the cotangent is all ones; each gradient is compared with central differences
  of step 1e-5 by ||g - n|| / (||g|| + ||n||) < 1e-7.
- **ONNX cases**: the six published cases of ONNX's RNN node, with its own comparator and each case's tolerances. The
  network computes one direction; reversing and stacking is done outside. ONNX's RNN returns states only, so a mistake
  in the predictions cannot show. `-` where it does not apply: softmax and backward passes.
- **torch gradcheck**: `torch.autograd.gradcheck` at its defaults, of the states, at the sizes and inputs of the
  document's section 2.2. `-` for mistakes of the forward pass."""


def page(heads: list[str], rows: list[list[str]], left_out: list[str]) -> str:
    """Return the text of docs/generated/kill-table.md."""
    shown = [[_with_mark(row[0]), *row[1:]] for row in rows]
    without = f"\n\nLeft out, because a package is missing: {', '.join(left_out)}." if left_out else ""
    made = made_by("python -m benchmarks.studies.kill_table --write", "numpy", "onnx", "torch")
    return (
        f"# The kill table\n\n{made}\n\n"
        f"{METHOD}{without}\n\n{table(heads, [*shown, totals(rows)])}\n\n"
        f"## What the mistakes are\n\n{_mistakes(rows)}\n"
    )


def totals(rows: list[list[str]]) -> list[str]:
    """Return the last row: in each column, the number of mistakes with ``yes``."""
    ways = sum(int(row[1]) for row in rows)
    cells = [f"**{sum(not row[2].startswith('not ') for row in rows)} of {len(rows)}**"]
    for column in range(3, len(rows[0])):
        asked = [row[column] for row in rows if row[column] != "-"]
        cells.append(f"**{asked.count('yes')} of {len(asked)}**")
    return ["**all**", str(ways), *cells]


def _with_mark(mistake: str) -> str:
    return f"{mistake} (advice)" if faults_named(mistake.strip("`"))[0].advice else mistake


def _mistakes(rows: list[list[str]]) -> str:
    ids = [row[0].strip("`") for row in rows]
    faults = [faults_named(mistake)[0] for mistake in ids]
    return "\n".join(f"- `{fault.id}` ({fault.stage}): {fault.sentence}" for fault in faults)

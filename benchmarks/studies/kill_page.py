"""The page of the kill table: the method of each column, and for each cell the table, its totals and the mistakes."""

from collections.abc import Mapping

from benchmarks.markdown import Table, table
from benchmarks.studies.pages import made_by
from rnn_reference.cells.fault import Fault, catalogue
from rnn_reference.cells.registry import cell_named

NAMES = {"rnn": "the tanh RNN", "lstm": "the LSTM"}

METHOD = """\
Each row is a mistake of the catalogue ([all of them](faults.md)) in one cell. The catalogue makes it in several *ways*:
`yes` means all of them, otherwise the cell says how many. Each network has this one mistake and no other. (One way of
the LSTM's `bias-sums-from-another` also has `carry-dropped`, as the course's older values have.) A forward mistake
has the ordinary backward pass, so a gradient check notices it wherever the two disagree. (With the derivative of the
wrong forward pass as its backward pass, no gradient check would notice.)

- **caught by**: the checks of this suite that fail in every way of making the mistake, without their parameters (if
  there is none, the first check that fails in each way). Mistakes marked *advice* are correct except for overflow and
  rounding; for them, the checks that advise.
- **named**: `yes` if the suite names this mistake in this function and no other; `tie` if it lists it among others.
- **document's values**: every value that the document prints, at its inputs, to 1e-7. Its printed `rnn_backward`
  values are wrong, so they refuse the right network too: a value refused there is not counted. `red anyway`: only such
  values are refused. `no`: the network meets every value. `yes`: a value is refused that the right network meets.
- **course's older values** and **course's newer values**: the same for the LSTM. The course prints two tables of
  `lstm_backward`. The older ones are not the gradient: every value of that table refuses the right network. The newer
  ones are the gradient. The other values are the same in both columns. As in the course, `x` has 7 steps and `da` has
  4, and there is no `c0` and no `dc`.
- **one-step gradient check**, like a course's unit test: the cell forward and backward, and the network forward and
  backward with T_x = 1, at n_x=3, n_a=5, n_y=2, m=4, all inputs from `RandomState(0).randn`; the loss is `sum(a)`, so
  the cotangent is all ones; each gradient is compared with central differences of step 1e-5 by
  ||g - n|| / (||g|| + ||n||) < 1e-7. For `lstm_cell_backward`, which takes `dc_next` too, the loss is
  `sum(a) + sum(c)`. `lstm_forward` gets no `c0` and `lstm_backward` no `dc`, as in the course.
- **ONNX cases**: the published cases of ONNX's RNN node (six) and of its LSTM node (five of six), with ONNX's
  comparator and each case's tolerances. `test_lstm_with_peepholes` is left out: no function here takes peepholes. The
  network computes one direction; reversing and stacking is done outside. The nodes return states only, so a mistake
  in the predictions cannot show. No case gives the LSTM an initial state, and in each direction of its cases all
  weights are equal, so exchanged gates do not show. `-` where it does not apply: softmax and backward passes.
- **torch gradcheck**: `torch.autograd.gradcheck` at its defaults, of every state with respect to `x`, the initial
  states and the weights, at n_x=3, n_a=5, n_y=2, m=10, T_x=4, drawn from `RandomState(1).randn`; for the tanh RNN these
  are the document's inputs of section 2.2. `-` for mistakes of the forward pass, except in its caches."""


def page(tables: Mapping[str, Table], left_out: list[str]) -> str:
    """Return the text of docs/generated/kill-table.md, from the table of each cell."""
    without = f"\n\nLeft out, because a package is missing: {', '.join(left_out)}." if left_out else ""
    made = made_by("python -m benchmarks.studies.kill_table --write", "numpy", "onnx", "torch")
    shown = "\n\n".join(_table(cell, *made) for cell, made in tables.items())
    mistakes = "\n\n".join(_mistakes(cell, rows) for cell, (_, rows) in tables.items())
    return f"# The kill table\n\n{made}\n\n{METHOD}{without}\n\n{shown}\n\n{mistakes}\n"


def _table(cell: str, heads: list[str], rows: list[list[str]]) -> str:
    shown = [[_with_mark(cell, row[0]), *row[1:]] for row in rows]
    return f"## The table of {NAMES[cell]}\n\n{table(heads, [*shown, totals(rows)])}"


def totals(rows: list[list[str]]) -> list[str]:
    """Return the last row: in each column, the number of mistakes with ``yes``."""
    ways = sum(int(row[1]) for row in rows)
    cells = [f"**{sum(not row[2].startswith('not ') for row in rows)} of {len(rows)}**"]
    for column in range(3, len(rows[0])):
        asked = [row[column] for row in rows if row[column] != "-"]
        cells.append(f"**{asked.count('yes')} of {len(asked)}**")
    return ["**all**", str(ways), *cells]


def _fault(cell: str, mistake: str) -> Fault:
    return next(fault for fault in catalogue(cell_named(cell)) if fault.id == mistake.strip("`"))


def _with_mark(cell: str, mistake: str) -> str:
    return f"{mistake} (advice)" if _fault(cell, mistake).advice else mistake


def _mistakes(cell: str, rows: list[list[str]]) -> str:
    faults = [_fault(cell, row[0]) for row in rows]
    listed = "\n".join(f"- `{fault.id}` ({fault.stage}): {fault.sentence}" for fault in faults)
    return f"## What the mistakes are in {NAMES[cell]}\n\n{listed}"

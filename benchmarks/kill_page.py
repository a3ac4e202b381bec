"""The words around the kill table: what each column was asked, and its totals."""

import datetime
import platform
from importlib.metadata import PackageNotFoundError, version

from gradient_checkers import table

from rnn_reference import __version__
from rnn_reference.faults import named

ASKED = """\
Each row is a mistake of the catalogue (`rnn_reference/faults/`), in all the *ways* that the catalogue makes it:
`yes` is for all of them, otherwise it says for how many. Each network has this one mistake and nothing else wrong:
over a forward mistake stands the ordinary backward pass, so that a gradient check notices a forward mistake wherever
the two disagree. (Had the backward pass been the derivative of that forward pass, it would notice none.)

- **caught by**: the checks of this suite that fail it in every way that it is made, without their parameters (if no
  check does so alone, those that fail it in one way or another). For mistakes marked *advice*, which are right but for
  the limits of arithmetic, the checks that advise.
- **named**: `yes` if the suite names this mistake in this function and no other; `tie` if it lists it among others.
- **document's values**: every value that the document prints, at its inputs, to 1e-7; its printed `rnn_backward` values
  are the published ones, which are wrong. They refuse the right network: what they refuse in that one tells nothing
  about any other. `red anyway` are mistakes for which nothing else is refused; `no` is a network that meets every
  value, and `yes` one that is refused a value that the right network meets.
- **one-step gradient check**, as a course's unit test has it: `rnn_cell_forward` and `rnn_cell_backward`, and
  `rnn_forward` and `rnn_backward` with T_x = 1, at n_x=3, n_a=5, n_y=2, m=4, all inputs from `RandomState(0).randn`;
  the loss is `sum(a)`, so that what goes into the backward pass is all ones; each gradient against central differences
  with step 1e-5, by ||g - n|| / (||g|| + ||n||) < 1e-7.
- **ONNX cases**: the six published cases of ONNX's RNN node, by its own comparator at each case's tolerances; turning
  sequences round and stacking two directions is done around the network. ONNX's RNN has states only: what is wrong with
  predictions alone cannot show. `-` where it does not apply: softmax, and backward passes.
- **torch gradcheck**: `torch.autograd.gradcheck` at its defaults, of the states, at the sizes and inputs of the
  document's section 2.2. `-` for what is wrong with the forward pass itself."""


def page(heads: list[str], rows: list[list[str]], left_out: list[str], date: datetime.date) -> str:
    """docs/kill-table.md."""
    shown = [[_with_mark(row[0]), *row[1:]] for row in rows]
    without = f"\n\nLeft out, for want of a package: {', '.join(left_out)}." if left_out else ""
    return (
        f"# The kill table\n\nMade by `python benchmarks/kill_table.py --write` on {date}; {_versions()}.\n\n"
        f"{ASKED}{without}\n\n{table(heads, [*shown, totals(rows)])}\n\n## What the mistakes are\n\n{_mistakes(rows)}\n"
    )


def totals(rows: list[list[str]]) -> list[str]:
    """The last row: how many of the mistakes each column has in every way that they are made."""
    ways = sum(int(row[1]) for row in rows)
    cells = [f"**{sum(not row[2].startswith('not ') for row in rows)} of {len(rows)}**"]
    for column in range(3, len(rows[0])):
        asked = [row[column] for row in rows if row[column] != "-"]
        cells.append(f"**{asked.count('yes')} of {len(asked)}**")
    return ["**all**", str(ways), *cells]


def _with_mark(mistake: str) -> str:
    return f"{mistake} (advice)" if named(mistake.strip("`"))[0].advice else mistake


def _mistakes(rows: list[list[str]]) -> str:
    ids = [row[0].strip("`") for row in rows]
    return "\n".join(f"- `{mistake}` ({named(mistake)[0].stage}): {named(mistake)[0].sentence}" for mistake in ids)


def _versions() -> str:
    found = [f"rnn-reference {__version__}"]
    for package in ("numpy", "onnx", "torch"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return f"{', '.join(found)}; Python {platform.python_version()}"

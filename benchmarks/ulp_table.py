"""The error of the reference, and of others, in units in the last place, against the certified values.

    python benchmarks/ulp_table.py [--write] [TARGET ...]

``--write`` puts the tables into docs/ulp.md. Without targets: the reference, the document's step-by-step structure,
and torch if it is installed.
"""

import argparse
import datetime
from pathlib import Path

import numpy as np
from gradient_checkers import table, versions

from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.numerics.compare import ulps
from rnn_reference.paths import checks_folder
from rnn_reference.problems.golden import Certified, read_certified

PAGE = Path(__file__).resolve().parent.parent / "docs" / "ulp.md"
TENSORS = ("a", "y_pred", "dx", "da0", "dWax", "dWaa", "dba")


def row(name: str, case: Certified, implementation: Implementation) -> list[str]:
    """Median and worst error of each tensor of one case."""
    a, y_pred, caches = implementation.rnn_forward(*case.problem.inputs)
    got = {"a": a, "y_pred": y_pred, **implementation.rnn_backward(case.problem.da, caches)}
    errors = {tensor: ulps(got[tensor], case.arrays[tensor]) for tensor in TENSORS}
    return [name, *(f"{np.median(e):.1f} / {e.max():,.0f}" for e in errors.values())]


def main() -> None:
    """Print a table for each target, and with ``--write`` put them into the docs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    parser.add_argument("targets", nargs="*", default=["reference", "stepwise", "torch"])
    options = parser.parse_args()
    cases = read_certified(checks_folder() / "golden" / "certified.json")
    parts = []
    for target in options.targets:
        try:
            implementation = load(target)
        except Unusable as error:
            print(error)
            continue
        rows = [row(name, case, implementation) for name, case in cases.items()]
        parts.append(f"## {target}\n\n{table(['case', *TENSORS], rows)}\n")
        print(parts[-1])
    if options.write:
        PAGE.write_text(
            "# Errors in units in the last place\n\n"
            f"Made by `python benchmarks/ulp_table.py --write` on {datetime.date.today()}; {versions()}.\n\n"
            "Each cell is the median and the worst error over a tensor's elements, in units in the last place (ulp) "
            "of the certified value, which was computed to 50 digits by two routes and rounded once "
            "([golden values](golden.md)). A worst case of many ulp is an element that nearly cancels: it is small "
            "against its neighbours, and no arithmetic of this precision finds its last digits.\n\n" + "\n".join(parts),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()

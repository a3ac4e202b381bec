"""The errors of the reference and of others against the certified values, in units in the last place.

    python -m benchmarks.studies.ulp [--write] [TARGET ...]

``--write`` writes docs/generated/ulp.md. The default targets are the reference, the document's step-by-step structure,
and torch if it is installed.
"""

import argparse

import numpy as np

from benchmarks.markdown import table
from benchmarks.studies import pages
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.numerics.compare import ulps
from rnn_reference.paths import golden_folder
from rnn_reference.problems.golden import Certified, read_certified

PAGE = "ulp.md"
TENSORS = ("a", "y_pred", "dx", "da0", "dWax", "dWaa", "dba")


def row(name: str, case: Certified, implementation: Implementation) -> list[str]:
    """Return the median and worst error of each tensor of one case."""
    a, y_pred, caches = implementation.rnn_forward(*case.problem.inputs)
    got = {"a": a, "y_pred": y_pred, **implementation.rnn_backward(case.problem.da, caches)}
    errors = {tensor: ulps(got[tensor], case.arrays[tensor]) for tensor in TENSORS}
    return [name, *(f"{np.median(e):.1f} / {e.max():,.0f}" for e in errors.values())]


def main() -> None:
    """Print a table for each target, and with ``--write`` write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write docs/generated/{PAGE}")
    parser.add_argument("targets", nargs="*", default=["reference", "stepwise", "torch"])
    options = parser.parse_args()
    cases = read_certified(golden_folder() / "certified.json")
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
        made = pages.made_by("python -m benchmarks.studies.ulp --write", "numpy", "torch")
        pages.write(
            PAGE,
            f"# Errors in units in the last place\n\n{made}\n\n"
            "Each cell is the median and the worst error over a tensor's elements, in units in the last place (ulp) "
            "of the certified value, which was computed to 50 digits by two routes and rounded once "
            "([golden values](../explained/golden.md)). A worst case of many ulp is an element that nearly cancels: it "
            "is small against its neighbours, and no arithmetic of this precision finds its last digits.\n\n"
            + "\n".join(parts),
        )


if __name__ == "__main__":
    main()

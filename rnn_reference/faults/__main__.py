"""Test your tests: which mistakes would a test file have noticed?

    python -m rnn_reference.faults TESTS.py [--module=NAME]

The file is run by pytest on a right network, then on one with each mistake of the catalogue, in every way that it is
made. It gets the network by ``import rnn`` (or the name given by ``--module``): a module with the six functions.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rnn_reference.audit.run import Trial, all_tried, warm_up
from rnn_reference.audit.table import on_the_right_network, summary, table
from rnn_reference.faults import CATALOGUE


def main(argv: Sequence[str] | None = None) -> int:
    """0: every mistake is noticed; 1: some are not, or tests fail on the right network; 2: nothing could be tried."""
    options = _options(argv)
    if not options.tests.is_file():
        print(f"{options.tests}: no such file", file=sys.stderr)
        return 2
    try:
        warm_up()
    except ModuleNotFoundError:
        print("this takes pytest: pip install 'rnn-reference[check]'", file=sys.stderr)
        return 2
    how = (options.tests.resolve(), options.module)
    right = dict(all_tried(*how, [()], options.timeout, 1))[0]
    print(on_the_right_network(options.tests.name, right), flush=True)
    if not right.passed:
        return 2
    trials = _trials(how, options.timeout)
    found = table(right, trials)
    print(f"\n{found.text}\n\n{summary(found)}")
    return 0 if not right.failed and not found.missed else 1


def _trials(how: tuple[Path, str], seconds: float) -> list[Trial]:
    """The trial of each variant of the catalogue, in its order."""
    each = [(fault,) for fault in CATALOGUE]
    done = dict(all_tried(*how, each, seconds, os.cpu_count() or 1))
    return [done[place] for place in range(len(each))]


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m rnn_reference.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tests", type=Path, metavar="TESTS.py", help="a pytest file")
    parser.add_argument("--module", default="rnn", metavar="NAME", help="what the file imports (default rnn)")
    parser.add_argument("--timeout", type=float, default=10.0, metavar="S", help=(
        "seconds for one run of the file; one that takes longer has noticed the mistake (default 10)"))  # fmt: skip
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())

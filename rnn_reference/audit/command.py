"""Test your tests: which mistakes would a test file notice?

    python -m rnn_reference.faults TESTS.py [--module=NAME]

Pytest runs the file on a right network, then on a network with each mistake of the catalogue, in each of its variants.
The file gets the network by ``import rnn`` (or the name given by ``--module``): a module with every cell's functions.
The mistakes are those of the cells whose functions the file names; of all cells if it names none.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rnn_reference.audit.run import trials, warm_up
from rnn_reference.audit.table import faults_for, on_the_right_network, summary, table


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status: 0 if every mistake is noticed, 1 if not or if tests fail on a right network, 2 if none ran."""
    options = _options(argv)
    if not options.tests.is_file():
        print(f"{options.tests}: no such file", file=sys.stderr)
        return 2
    try:
        warm_up()
    except ModuleNotFoundError:
        print("this takes pytest: pip install 'rnn-reference[check]'", file=sys.stderr)
        return 2
    tests = options.tests.resolve()
    (right,) = trials(tests, options.module, [()], options.timeout)
    print(on_the_right_network(options.tests.name, right), flush=True)
    if not right.passed:
        return 2
    faults = faults_for(tests.read_text(encoding="utf-8", errors="replace"))
    found = table(right, faults, trials(tests, options.module, [(fault,) for fault in faults], options.timeout))
    print(f"\n{found.text}\n\n{summary(found)}")
    return 0 if not right.failed and not found.missed else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m rnn_reference.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tests", type=Path, metavar="TESTS.py", help="a pytest file")
    parser.add_argument(
        "--module", default="rnn", metavar="NAME", help="the module that the file imports (default rnn)"
    )
    parser.add_argument("--timeout", type=float, default=10.0, metavar="S", help=(
        "seconds for one run of the file; a longer run counts as noticing the mistake (default 10)"))  # fmt: skip
    return parser.parse_args(argv)

"""Options on how an implementation is called: by which convention, or as a black box.

They are read in every pytest run of an environment, so nothing heavy is imported here until one is given.
"""

from typing import Any

import pytest


def add(group: Any) -> None:
    """Add the options to pytest's group of ours."""
    group.addoption("--rnn-convention", metavar="NAME", help=(
        "judge by another convention than the document's, such as weights-transposed or batch-major, or several "
        "joined by + (docs/conventions.md)"))  # fmt: skip
    group.addoption("--rnn-blackbox", metavar="module:callable", help=(
        "in place of --rnn: a callable x -> outputs, maybe with a state in and out, and no more"))  # fmt: skip
    group.addoption("--rnn-blackbox-layout", metavar="LAYOUT", default="nmt", choices=["nmt", "tmn", "mtn"], help=(
        "axes of its x and outputs: n features, m columns of the batch, t steps (default nmt)"))  # fmt: skip
    group.addoption("--rnn-blackbox-inputs", metavar="N", type=int, help="its n_x (default: found by trying)")


def require_sound(options: Any) -> None:
    """Raise a usage error for an option that is none of those there are, or does not go with another."""
    if options.rnn_convention is not None:
        from rnn_reference.implementations.conventions import named

        try:
            named(options.rnn_convention)
        except ValueError as error:
            raise pytest.UsageError(f"--rnn-convention: {error}") from None
    if options.rnn_blackbox is not None and (options.rnn is not None or options.rnn_convention is not None):
        raise pytest.UsageError("--rnn-blackbox takes the place of --rnn, and has no --rnn-convention")
    if options.rnn_blackbox_inputs is not None and options.rnn_blackbox_inputs < 1:
        raise pytest.UsageError(f"--rnn-blackbox-inputs must be at least 1, got {options.rnn_blackbox_inputs}")


def how_to_call(options: Any) -> str:
    """Those of the options that were given, as the line that asks the same again has them."""
    given = {
        "convention": options.rnn_convention,
        "blackbox-layout": options.rnn_blackbox_layout if options.rnn_blackbox_layout != "nmt" else None,
        "blackbox-inputs": options.rnn_blackbox_inputs,
    }
    return "".join(f" --rnn-{name}={value}" for name, value in given.items() if value is not None)

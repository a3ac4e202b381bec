"""The options of a run: what there is, what goes with what, and how the line that asks the same again has them.

They are read in every pytest run of an environment, so nothing heavy is imported here until one is given.
"""

import shlex
from pathlib import Path
from typing import Any

import pytest

DTYPES = ("float64", "float32", "float16")

EXAMPLES = 20
"""Fresh problems for each property, unless another number is asked for."""


def add(group: Any) -> None:
    """Add them to pytest's group of ours."""
    group.addoption("--rnn", metavar="TARGET", help=(
        "what to check: file.py, notebook.ipynb, package.module (each with an optional :attribute), model.onnx or "
        "a built-in adapter (torch, jax, keras, onnxruntime, onnx); without it, the reference"))  # fmt: skip
    group.addoption("--rnn-report", metavar="FILE", help=(
        "write the report there: FILE.json, FILE.html or FILE.md"))  # fmt: skip
    group.addoption("--rnn-only", metavar="ID", help="run one check, or a group of them, by id or by its beginning")
    group.addoption("--rnn-seed", metavar="N", type=int, default=0, help="seed of every problem (default 0)")
    group.addoption("--rnn-examples", metavar="N", type=int, default=EXAMPLES, help=(
        "fresh problems for each property (default 20)"))  # fmt: skip
    group.addoption("--rnn-dtype", choices=DTYPES, help="judge it in this precision, whatever it says of itself")
    group.addoption("--rnn-device", metavar="NAME", default="cpu", help=(
        "where the adapters for torch, jax and flax compute: cpu, cuda, gpu, cuda:1 (default cpu)"))  # fmt: skip
    group.addoption("--rnn-expect", metavar="FILE", help=(
        "checks that are known to fail: an id, or its beginning, and a reason a line (ID  # REASON)"))  # fmt: skip
    group.addoption("--rnn-strict", action="store_true", help="advice fails")
    group.addoption("--rnn-timeout", metavar="S", type=float, default=10.0, help=(
        "seconds for each call of a file's or a notebook's function (default 10)"))  # fmt: skip
    group.addoption("--rnn-memory", metavar="GIB", type=float, default=4.0, help=(
        "memory for a file's or a notebook's process, on Linux (default 4)"))  # fmt: skip
    group.addoption("--rnn-in-process", action="store_true", help=(
        "run a file or a notebook in this process: for debuggers; nothing is limited"))  # fmt: skip
    group.addoption("--rnn-convention", metavar="NAME", help=(
        "judge by another convention than the document's, such as weights-transposed or batch-major, or several "
        "joined by + (docs/how-to/conventions.md)"))  # fmt: skip
    group.addoption("--rnn-blackbox", metavar="module:callable", help=(
        "in place of --rnn: a callable x -> outputs, maybe with a state in and out, and no more"))  # fmt: skip
    group.addoption("--rnn-blackbox-layout", metavar="LAYOUT", default="nmt", choices=["nmt", "tmn", "mtn"], help=(
        "axes of its x and outputs: n features, m columns of the batch, t steps (default nmt)"))  # fmt: skip
    group.addoption("--rnn-blackbox-inputs", metavar="N", type=int, help="its n_x (default: found by trying)")


def require_sound(options: Any) -> None:
    """Raise a usage error for an option that would only come to light at the end, or as an error of ours."""
    if options.rnn_examples < 1:
        raise pytest.UsageError(f"--rnn-examples must be at least 1, got {options.rnn_examples}")
    for name, value in (("--rnn-timeout", options.rnn_timeout), ("--rnn-memory", options.rnn_memory)):
        if not value > 0:
            raise pytest.UsageError(f"{name} must be more than 0, got {value:g}")
    if options.rnn_seed < 0:
        raise pytest.UsageError(f"--rnn-seed must be at least 0, got {options.rnn_seed}")
    if options.rnn_report:
        from rnn_reference.report.files import refusal

        refused = refusal(Path(options.rnn_report))
        if refused:
            raise pytest.UsageError(refused)


def require_one_report(config: pytest.Config) -> None:
    """Raise a usage error where two reports are asked for: pytest would write the last of them alone."""
    given = [argument for argument in map(str, config.invocation_params.args) if argument.startswith("--rnn-report")]
    if len(given) > 1:
        raise pytest.UsageError(f"{' '.join(given)}: one report a run; the others can be had from another")


def require_callable(options: Any) -> None:
    """Raise a usage error for an option on how to call it that is none there is, or does not go with another."""
    if options.rnn_convention is not None:
        from rnn_reference.implementations.conventions.known import named

        try:
            named(options.rnn_convention)
        except ValueError as error:
            raise pytest.UsageError(f"--rnn-convention: {error}") from None
    if options.rnn_blackbox is not None and (options.rnn is not None or options.rnn_convention is not None):
        raise pytest.UsageError("--rnn-blackbox takes the place of --rnn, and has no --rnn-convention")
    if options.rnn_blackbox_inputs is not None and options.rnn_blackbox_inputs < 1:
        raise pytest.UsageError(f"--rnn-blackbox-inputs must be at least 1, got {options.rnn_blackbox_inputs}")


def as_given(options: Any) -> str:
    """Those of the options that were given, as the line that asks the same again has them."""
    given = {
        "seed": options.rnn_seed,
        "examples": options.rnn_examples if options.rnn_examples != EXAMPLES else None,
        "convention": options.rnn_convention,
        "blackbox-layout": options.rnn_blackbox_layout if options.rnn_blackbox_layout != "nmt" else None,
        "blackbox-inputs": options.rnn_blackbox_inputs,
        "dtype": options.rnn_dtype,
        "device": options.rnn_device if options.rnn_device != "cpu" else None,
        "expect": options.rnn_expect and shlex.quote(options.rnn_expect),
    }
    words = [f"--rnn-{name}={value}" for name, value in given.items() if value is not None]
    return " ".join([*words, *(["--rnn-strict"] if options.rnn_strict else [])])


def expected(path: str | None) -> dict[str, str]:
    """What ``--rnn-expect=PATH`` says, nothing without it. Raises a usage error for a file that cannot be heeded."""
    if path is None:
        return {}
    from rnn_reference.report.expected import expectations

    try:
        return expectations(path)
    except (ValueError, OSError) as error:
        raise pytest.UsageError(f"--rnn-expect: {error}") from None


def no_such_check(wanted: str, known: set[str]) -> str:
    """What to say where ``--rnn-only`` names no check: what may have been meant, or what there is."""
    import difflib

    names = {check.partition("[")[0] for check in known}
    groups = sorted({check.partition(".")[0] for check in known})
    group = wanted.partition(".")[0]
    near = difflib.get_close_matches(wanted, sorted({*known, *names, *groups}), n=3, cutoff=0.4)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    inside = sorted(name for name in names if name.startswith(f"{group}."))
    return f"--rnn-only={wanted} matches no check; {meant}there are {', '.join(inside or groups)}"

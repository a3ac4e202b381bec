"""The options of a run, in one table. It makes the options of pytest and of the command, and the rerun line.

To add an option, add it here and in the README. Every pytest run of an environment reads the table, so this file
imports nothing large.
"""

import argparse
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rnn_reference.paths import ADAPTERS, FORMS, either, parts_in

FORM_NAMES = either([f"FILE.{form}" for form in parts_in(FORMS)])
ADAPTER_NAMES = ", ".join(parts_in(ADAPTERS))
BLACKBOX_LAYOUTS = ("nmt", "tmn", "mtn")
DTYPES = ("float64", "float32", "float16")


@dataclass(frozen=True)
class Option:
    """One option. Without ``metavar`` it is a flag.

    ``door`` is "pytest", "command" or "both". ``rerun`` says if the rerun line of a check has the option: "always",
    only if it differs from its default ("given"), or "never".
    """

    name: str
    help: str
    metavar: str = ""
    type: Callable[[str], Any] = str
    default: Any = None
    choices: tuple[str, ...] = ()
    at_least: int | None = None
    positive: bool = False
    door: str = "both"
    rerun: str = "never"

    @property
    def dest(self) -> str:
        """The name of its attribute: ``rnn_seed``."""
        return self.name.lstrip("-").replace("-", "_")

    @property
    def is_flag(self) -> bool:
        """True if it has no value."""
        return not self.metavar

    @property
    def spelled(self) -> str:
        """The option with its value, as people write it: ``--rnn-seed=N``."""
        between = "=" if self.name.startswith("--") else " "
        return self.name if self.is_flag else f"{self.name}{between}{self.metavar}"

    @property
    def about(self) -> str:
        """Its help text, with the default if there is one."""
        return self.help if self.default is None else f"{self.help} (default {str(self.default).removesuffix('.0')})"

    @property
    def argument(self) -> dict[str, Any]:
        """The keyword arguments for argparse and pytest."""
        if self.is_flag:
            return {"action": "store_true", "help": self.about}
        value = {"metavar": self.metavar, "type": self.type, "default": self.default, "help": self.about}
        return value | ({"choices": self.choices} if self.choices else {})

    def refusal(self, value: Any) -> str:
        """Returns the reason why a value is refused; "" if it is accepted."""
        if self.at_least is not None and value is not None and value < self.at_least:
            return f"{self.name} must be at least {self.at_least}, got {value}"
        if self.positive and not value > 0:
            return f"{self.name} must be more than 0, got {value:g}"
        return ""


TABLE = (
    Option("--rnn", metavar="TARGET", door="pytest", help=(
        "what to check: file.py, notebook.ipynb, package.module (each with an optional :attribute), model.onnx or an "
        f"adapter ({ADAPTER_NAMES}); without it, the reference")),
    Option("--rnn-report", metavar="FILE", help=(
        f"write the report there: {FORM_NAMES}; FOLDER/ (in the command): a page for each target, and one with all")),
    Option("--rnn-only", metavar="ID", help="run one check, or a group of them, by id or by its beginning"),
    Option("--rnn-seed", metavar="N", type=int, default=0, at_least=0, rerun="always", help="seed of every problem"),
    Option("--rnn-examples", metavar="N", type=int, default=20, at_least=1, rerun="given", help=(
        "fresh problems for each property")),
    Option("--rnn-sizes", metavar="HOW", choices=("ordinary", "thorough"), default="ordinary", rerun="given", help=(
        "thorough: judge some 300 combinations of sizes, up to 129, instead of some 30; for kernels")),
    Option("--rnn-convention", metavar="NAME", rerun="given", help=(
        "judge by another convention: weights-transposed, batch-major, ... (several joined by +)")),
    Option("--rnn-blackbox", metavar="module:callable", help=(
        "instead of a target: a callable x -> outputs (and state), without weights to set")),
    Option("--rnn-blackbox-layout", metavar="LAYOUT", choices=BLACKBOX_LAYOUTS, default="nmt", rerun="given", help=(
        "nmt, tmn or mtn: order of features n, batch m and steps t in its x and outputs")),
    Option("--rnn-blackbox-inputs", metavar="N", type=int, at_least=1, rerun="given", help=(
        "its number of features (default: found by trial calls)")),
    Option("--rnn-dtype", metavar="DTYPE", choices=DTYPES, rerun="given", help=(
        "judge it in float64, float32 or float16, instead of its own dtype")),
    Option("--rnn-device", metavar="NAME", default="cpu", rerun="given", help=(
        "device for an adapter with several devices: cpu, cuda, gpu, cuda:1")),
    Option("--rnn-expect", metavar="FILE", rerun="given", help=(
        "checks that are known to fail: in each line an id, or its beginning, and a reason (ID # REASON)")),
    Option("--rnn-strict", rerun="given", help="advice fails"),
    Option("--rnn-timeout", metavar="S", type=float, default=10.0, positive=True, help=(
        "seconds for each call of a file's or a notebook's function")),
    Option("--rnn-memory", metavar="GIB", type=float, default=4.0, positive=True, help=(
        "memory for a file's or a notebook's process, on Linux")),
    Option("--rnn-in-process", help="run a file or a notebook in this process, without limits: for debuggers"),
    Option("-n", metavar="N", door="command", help="number of processes, or auto: one on each core (the default)"),
    Option("--csv", metavar="FILE", door="command", help="write the table there"),
    Option("--json", metavar="FILE", door="command", help="write a list with the report on each target there"),
    Option("--gradescope", metavar="FILE", door="command", help=(
        "write results.json for Gradescope there: one point for each function that conforms")),
    Option("--dask", metavar="ADDRESS", door="command", help=(
        "run on the Dask cluster with this scheduler (tcp://host:8786)")),
)  # fmt: skip
"""All options, in the order of the help and of the rerun line."""

IN_PYTEST = [option for option in TABLE if option.door in ("pytest", "both")]
IN_BOTH = [option for option in TABLE if option.door == "both"]
FOR_MANY = [option for option in TABLE if option.door == "command"]
BY_DEST = {option.dest: option for option in TABLE}


def add_to_pytest(group: Any) -> None:
    """Add the options to our group of pytest's options."""
    for option in IN_PYTEST:
        group.addoption(option.name, **option.argument)


def add_to_command(parser: argparse._ActionsContainer, options: Iterable[Option]) -> None:
    """Add options to the parser of the command. Options that pytest also has are kept as lists of the given values."""
    for option in options:
        kept = {"action": "append_const", "const": True} if option.is_flag else {"action": "append"}
        arguments = option.argument | (kept | {"default": []} if option.door == "both" else {})
        parser.add_argument(option.name, **arguments)


def given(options: argparse.Namespace) -> list[str]:
    """Returns the given options of the command that pytest also has, for pytest's command line."""
    return [
        option.name if option.is_flag else f"{option.name}={value}"
        for option in IN_BOTH
        for value in getattr(options, option.dest)
    ]


def last_given(options: argparse.Namespace, dest: str) -> Any:
    """Returns the value of an option that pytest also has: the last given one, or its default."""
    values = getattr(options, dest)
    return values[-1] if values else BY_DEST[dest].default


def out_of_range(options: Any) -> str:
    """Returns the refusal of the first number out of its range among pytest's options; "" if there is none."""
    refused = (option.refusal(getattr(options, option.dest)) for option in IN_PYTEST)
    return next(filter(None, refused), "")


def as_given(options: Any) -> str:
    """Returns the options for the rerun line of a check."""
    return " ".join(
        option.name if option.is_flag else f"{option.name}={shlex.quote(str(value))}"
        for option, value in _of_a_rerun(options)
    )


def as_keywords(options: Any) -> str:
    """Returns the same options as keyword arguments: ``seed=0, strict=True``."""
    return ", ".join(f"{option.dest.removeprefix('rnn_')}={value!r}" for option, value in _of_a_rerun(options))


def _of_a_rerun(options: Any) -> Iterable[tuple[Option, Any]]:
    """Yields the options without which a check would not be the same, each with its value."""
    for option in IN_PYTEST:
        value = getattr(options, option.dest)
        differs = option.rerun == "given" and value not in (None, False, option.default)
        if differs or option.rerun == "always":
            yield option, value

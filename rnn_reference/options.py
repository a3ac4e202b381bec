"""The options of a run: one table, from which pytest's options, the command's, and the rerun line follow.

To add an option, add it here; the README lists it. The table is read in every pytest run of an environment, so
nothing heavy is imported here.
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

    ``door`` is where it exists: "pytest", "command" or "both". ``rerun`` says when the line that runs a check again
    repeats it: "always", if it differs from its default ("given"), or "never".
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
        """Its name as an attribute: ``rnn_seed``."""
        return self.name.lstrip("-").replace("-", "_")

    @property
    def is_flag(self) -> bool:
        """True if it has no value."""
        return not self.metavar

    @property
    def spelled(self) -> str:
        """It with its value, as people write it: ``--rnn-seed=N``."""
        between = "=" if self.name.startswith("--") else " "
        return self.name if self.is_flag else f"{self.name}{between}{self.metavar}"

    @property
    def about(self) -> str:
        """Its help, with the default if there is one."""
        return self.help if self.default is None else f"{self.help} (default {str(self.default).removesuffix('.0')})"

    @property
    def argument(self) -> dict[str, Any]:
        """What argparse and pytest take beside its name."""
        if self.is_flag:
            return {"action": "store_true", "help": self.about}
        value = {"metavar": self.metavar, "type": self.type, "default": self.default, "help": self.about}
        return value | ({"choices": self.choices} if self.choices else {})

    def refusal(self, value: Any) -> str:
        """Why it cannot have this value, of its type; "" if it can."""
        if self.at_least is not None and value is not None and value < self.at_least:
            return f"{self.name} must be at least {self.at_least}, got {value}"
        if self.positive and not value > 0:
            return f"{self.name} must be more than 0, got {value:g}"
        return ""


TABLE = (
    Option("--rnn", metavar="TARGET", door="pytest", help=(
        "what to check: file.py, notebook.ipynb, package.module (each with an optional :attribute), model.onnx or an "
        f"adapter ({ADAPTER_NAMES}); without it, the reference")),
    Option("--rnn-report", metavar="FILE", help=f"write the report there: {FORM_NAMES}"),
    Option("--rnn-only", metavar="ID", help="run one check, or a group of them, by id or by its beginning"),
    Option("--rnn-seed", metavar="N", type=int, default=0, at_least=0, rerun="always", help="seed of every problem"),
    Option("--rnn-examples", metavar="N", type=int, default=20, at_least=1, rerun="given", help=(
        "fresh problems for each property")),
    Option("--rnn-convention", metavar="NAME", rerun="given", help=(
        "judge by another convention: weights-transposed, batch-major, ... (several joined by +)")),
    Option("--rnn-blackbox", metavar="module:callable", help=(
        "in place of a target: x -> outputs (and state), nothing else is known of it")),
    Option("--rnn-blackbox-layout", metavar="LAYOUT", choices=BLACKBOX_LAYOUTS, default="nmt", rerun="given", help=(
        "nmt, tmn or mtn: order of features n, batch m and steps t in its x and outputs")),
    Option("--rnn-blackbox-inputs", metavar="N", type=int, at_least=1, rerun="given", help=(
        "its number of features (default: found by trial calls)")),
    Option("--rnn-dtype", metavar="DTYPE", choices=DTYPES, rerun="given", help=(
        "judge it in float64, float32 or float16, whatever it says of itself")),
    Option("--rnn-device", metavar="NAME", default="cpu", rerun="given", help=(
        "where an adapter computes that has a choice: cpu, cuda, gpu, cuda:1")),
    Option("--rnn-expect", metavar="FILE", rerun="given", help=(
        "checks that are known to fail: an id, or its beginning, and a reason a line (ID # REASON)")),
    Option("--rnn-strict", rerun="given", help="advice fails"),
    Option("--rnn-timeout", metavar="S", type=float, default=10.0, positive=True, help=(
        "seconds for each call of a file's or a notebook's function")),
    Option("--rnn-memory", metavar="GIB", type=float, default=4.0, positive=True, help=(
        "memory for a file's or a notebook's process, on Linux")),
    Option("--rnn-in-process", help="run a file or a notebook in this process: for debuggers; nothing is limited"),
    Option("-n", metavar="N", door="command", help="number of processes, or auto: one on each core (the default)"),
    Option("--csv", metavar="FILE", door="command", help="write the table there"),
    Option("--json", metavar="FILE", door="command", help="write a list with the report on each target there"),
    Option("--dask", metavar="ADDRESS", door="command", help=(
        "let the Dask cluster with this scheduler do the work (tcp://host:8786)")),
)  # fmt: skip
"""Every option, in the order of the help and of the rerun line."""

IN_PYTEST = [option for option in TABLE if option.door in ("pytest", "both")]
IN_BOTH = [option for option in TABLE if option.door == "both"]
FOR_MANY = [option for option in TABLE if option.door == "command"]
BY_DEST = {option.dest: option for option in TABLE}


def add_to_pytest(group: Any) -> None:
    """Add the options to pytest's group of ours."""
    for option in IN_PYTEST:
        group.addoption(option.name, **option.argument)


def add_to_command(parser: argparse._ActionsContainer, options: Iterable[Option]) -> None:
    """Add options to the parser of the command; those that pytest has as well are kept as a list of what was given."""
    for option in options:
        kept = {"action": "append_const", "const": True} if option.is_flag else {"action": "append"}
        arguments = option.argument | (kept | {"default": []} if option.door == "both" else {})
        parser.add_argument(option.name, **arguments)


def given(options: argparse.Namespace) -> list[str]:
    """The options of the command that pytest takes as well, as they were given."""
    return [
        option.name if option.is_flag else f"{option.name}={value}"
        for option in IN_BOTH
        for value in getattr(options, option.dest)
    ]


def last_given(options: argparse.Namespace, dest: str) -> Any:
    """The value of an option of the command that pytest takes as well: the last one given, or its default."""
    values = getattr(options, dest)
    return values[-1] if values else BY_DEST[dest].default


def out_of_range(options: Any) -> str:
    """Why pytest's options cannot have these values: the first number that is out of its range; "" if none is."""
    refused = (option.refusal(getattr(options, option.dest)) for option in IN_PYTEST)
    return next(filter(None, refused), "")


def as_given(options: Any) -> str:
    """The options that the line to run a check again repeats."""
    words = []
    for option in IN_PYTEST:
        value = getattr(options, option.dest)
        differs = option.rerun == "given" and value not in (None, False, option.default)
        if differs or option.rerun == "always":
            words.append(option.name if option.is_flag else f"{option.name}={shlex.quote(str(value))}")
    return " ".join(words)

"""Golden values: numbers from other sources, each with the recipe of its inputs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.registry import function_named
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem


@dataclass(frozen=True)
class Golden:
    """One printed array: its place in a result, the recipe of its inputs, and its values."""

    function: str
    section: str
    tensor: str
    at: tuple[int, ...]
    recipe: dict[str, dict[str, Any]]
    seed: int | None
    entry: dict[str, Any]

    @cached_property
    def inputs(self) -> dict[str, Array]:
        """The inputs by name, with the parameters."""
        random = np.random.RandomState(self.seed) if self.seed is not None else None
        return {name: _made(how, random) for name, how in self.recipe.items()}

    @property
    def cell(self) -> Cell:
        """The cell of the function."""
        return function_named(self.function).cell

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters by name, from the inputs."""
        return {name: self.inputs[name] for name in self.cell.parameters}

    @property
    def given(self) -> Inputs:
        """The inputs of the forward function, without optional ones. A single step is a sequence of one step."""
        of_a_step = "xt" in self.inputs
        x = self.inputs["xt"][:, :, None] if of_a_step else self.inputs["x"]
        names = {s: f"{s}_prev" if of_a_step else f"{s}0" for s in self.cell.states}
        initial = {s: self.inputs[name] for s, name in names.items() if name in self.inputs}
        return Inputs(self.cell, x, initial, self.parameters)

    @property
    def judged(self) -> Inputs:
        """The steps of ``given`` with a cotangent. The loss does not depend on later steps."""
        steps = next(iter(self.cotangents.values())).shape[2]
        return self.given.steps(slice(steps))

    @property
    def cotangents(self) -> dict[str, Array]:
        """The cotangent of each state, by name; zero if the document has none."""
        x, found = self.given.x, {}
        for s, first in self.given.initial.items():
            of_a_step = self.inputs.get(f"d{s}_next")
            whole = of_a_step[:, :, None] if of_a_step is not None else self.inputs.get(f"d{s}")
            found[s] = np.zeros((*first.shape, x.shape[2])) if whole is None else whole
        return found

    @property
    def value(self) -> Array:
        """The right values: the printed array plus the printed difference, or values from another source."""
        for source in ("gradient", "value"):
            if source in self.entry:
                return np.array(self.entry[source])
        return np.asarray(np.array(self.entry["correct_out"]) + np.array(self.entry["difference"]))

    def prints_like_published(self, got: Array) -> bool:
        """True if ``got`` agrees with the published digits, to the last printed one."""
        return prints_like(self.published, got)

    @property
    def published(self) -> list[str]:
        """The digits in the document, for values that the document prints wrong or without a difference."""
        return list(np.atleast_1d(self.entry["published"]))

    @property
    def place(self) -> str:
        """``dx[1][2]``."""
        return self.tensor + "".join(f"[{i}]" for i in self.at)


def prints_like(printed: list[str], got: Array) -> bool:
    """True if ``got`` agrees with printed numbers, to the last digit of each."""
    digits = (len(text.partition(".")[2]) for text in printed)
    return [f"{v:.{n}f}" for v, n in zip(np.atleast_1d(got), digits, strict=True)] == printed


def read(path: Path) -> dict[tuple[str, str], Golden]:
    """Returns the golden values of a file, by function and tensor."""
    found: dict[tuple[str, str], Golden] = {}
    recipe: dict[str, Any] = {}
    for entry in json.loads(path.read_text(encoding="utf-8"))["values"]:
        recipe = entry["inputs"] if entry["inputs"] != "as above" else recipe
        golden = Golden(
            entry["function"], entry["section"], entry["tensor"], tuple(entry["at"]), recipe, entry.get("seed"), entry
        )
        found[golden.function, golden.tensor] = golden
    return found


@dataclass(frozen=True)
class Certified:
    """A problem with every input and result, computed to 50 digits in two ways and rounded once."""

    problem: Problem
    arrays: dict[str, Array]
    sha256: str


def read_certified(path: Path) -> dict[str, Certified]:
    """Returns the certified cases of a file, by name."""
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return {name: Certified(_problem(**c["sizes"]), _arrays(c["arrays"]), c["sha256"]) for name, c in cases.items()}


def _problem(without: Sequence[str] = (), **sizes: Any) -> Problem:
    return Problem(without=tuple(without), **sizes)


def _arrays(written: dict[str, Any]) -> dict[str, Array]:
    return {
        name: np.array([float.fromhex(v) for v in array["values"]]).reshape(array["shape"])
        for name, array in written.items()
    }


def _made(how: dict[str, Any], random: np.random.RandomState | None) -> Array:
    if "linspace" in how:
        start, stop, count = how["linspace"]
        return np.linspace(start, stop, num=count).reshape(how["shape"])
    if "zeros" in how:
        return np.zeros(how["zeros"])
    assert random is not None
    return random.randn(*how["randn"])

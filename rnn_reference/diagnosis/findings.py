"""The finding on one function: right or wrong, the function to blame, and the mistake."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Fault, catalogue
from rnn_reference.cells.registry import function_named
from rnn_reference.diagnosis.hypotheses import Loop
from rnn_reference.diagnosis.matching import Case, attempted, explains
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import NotImplementedYet, Outcome

T = TypeVar("T")


def named_line(fault: Fault) -> tuple[str, str]:
    """Returns the line that names a mistake."""
    return "looks like", f"{fault.id}: {fault.sentence}"


def _beside(fault: Fault) -> Fault:
    """Returns the mistake that a fault makes at the same time."""
    cell = function_named(fault.function).cell
    return next(one for one in catalogue(cell) if (one.id, one.function) == (fault.beside, fault.function))


@dataclass(frozen=True)
class Finding:
    """The finding on a function. Its ``status`` is ``right``, ``wrong``, ``stub``, or ``consequence``.

    A consequence is right for its inputs, but these are wrong. ``blame`` is another function that made the mistake.
    ``matches`` are the faults that explain it: with one id it is named, with several ids they are candidates. With
    ``together``, they explain it only together, and all are named.
    ``side_effects`` are mistakes that its values do not show. ``loops`` are forward passes with the same results.
    """

    function: str
    status: str = "right"
    blame: str = ""
    matches: tuple[Fault, ...] = ()
    side_effects: tuple[Fault, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    loops: tuple[Loop, ...] = ()
    together: bool = False

    @property
    def culprit(self) -> str:
        """The function to blame: itself, unless ``blame`` names another."""
        return self.blame or self.function

    @property
    def faults(self) -> list[str]:
        """The mistake that its results name with confidence, if any."""
        if self.together:
            return list(dict.fromkeys(id for fault in self.matches for id in fault.ids))
        ids = list(dict.fromkeys(fault.id for fault in self.matches))
        return self.matches[0].ids if len(ids) == 1 else []

    @property
    def candidates(self) -> list[str]:
        """The mistakes that explain it equally well, if several."""
        ids = list(dict.fromkeys(fault.id for fault in self.matches))
        return ids if len(ids) > 1 and not self.together else []

    @property
    def is_right(self) -> bool:
        """True if it is right and has no wrong side effects."""
        return self.status == "right" and not self.side_effects

    @property
    def modifies_arguments(self) -> bool:
        """True if the function modifies its arguments."""
        return any(fault.id in ("inputs-modified", "cotangent-overwritten") for fault in self.side_effects)

    def lines_for_people(self) -> list[tuple[str, str]]:
        """Returns lines for people: the name of the mistake, the candidates, or that it is not in the catalogue."""
        if self.candidates:
            return [("looks like", f"one of {', '.join(self.candidates)}: they give the same results here")]
        named = self.matches if self.together else self.matches[:1]
        name = [named_line(fault) for fault in named] or [("looks like", "not in the catalogue")]
        beside = [named_line(_beside(fault)) for fault in named if fault.beside]
        return [*beside, *name, *self.lines]

    def described(self, lines: Iterable[tuple[str, str]]) -> "Finding":
        """Returns the finding with these lines after its own, if its mistake has no name. A ratio is not said twice."""
        if self.matches or self.status != "wrong":
            return self
        said = tuple(text.partition(" ")[0] for label, text in self.lines if label == "ratio")
        more = [(label, text) for label, text in lines if label != "as if" or text.partition(" ")[0] not in said]
        return self.with_(lines=(*self.lines, *more))

    def with_(self, **changes: Any) -> "Finding":
        """Returns the finding with other fields."""
        return replace(self, **changes)


def matching(
    hypotheses: Iterable[tuple[Fault, T]], model: Callable[[T], Any], cases: Sequence[Case], u: float
) -> list[tuple[Fault, T]]:
    """Returns the hypotheses that explain every case."""
    return [(fault, made) for fault, made in hypotheses if explains(model(made), cases, u)]


def unnamed(function: str, model: Callable[..., dict[str, Array]], cases: Sequence[Case], u: float) -> Finding:
    """Returns the finding on a wrong function, or a stub, before any fault is tried."""
    if all(isinstance(case.got, NotImplementedYet) for case in cases):
        return Finding(function, "stub")
    return Finding(function, "wrong", lines=ratios(model, cases, u))


def ratios(model: Callable[..., dict[str, Array]], cases: Sequence[Case], u: float) -> tuple[tuple[str, str], ...]:
    """Returns a line for each tensor that is a simple multiple of the model's result in every case."""
    found: dict[str, set[str]] = {}
    for case in cases:
        expected = attempted(model, case.inputs)
        if isinstance(case.got, Outcome) or expected is None:
            return ()
        for name, value in expected.items():
            if name not in case.got:
                continue
            fitting = set(_factors(case.got[name], value, _plain_ratios(case.inputs), u))
            found[name] = found.get(name, fitting) & fitting
    return tuple(("ratio", f"{name} is {min(words)} times what it should be") for name, words in found.items() if words)


def _plain_ratios(inputs: tuple[Any, ...]) -> dict[str, float]:
    known = {"-1": -1.0, "2": 2.0, "1/2": 0.5, "-2": -2.0, "0": 0.0}
    x = inputs[0][0] if isinstance(inputs[0], tuple) else inputs[0]
    if x.ndim > 1:
        known |= {"m": x.shape[1], "1/m": 1 / x.shape[1]}
    if x.ndim > 2:
        known |= {"T_x": x.shape[2], "1/T_x": 1 / x.shape[2], "1/(m T_x)": 1 / x.shape[1] / x.shape[2]}
    return known


def _factors(got: Array, expected: Array, known: dict[str, float], u: float) -> list[str]:
    if got.shape != expected.shape:
        return []
    close = np.sqrt(u) * np.abs(expected).max(initial=0.0)
    return [words for words, factor in known.items() if np.all(difference(got, factor * expected) <= close)]

"""The derivative of the implementation's own forward function, at one problem."""

import time
from typing import NamedTuple

from rnn_reference.cells.cell import Function
from rnn_reference.cells.trace import at_states
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.compare import agrees
from rnn_reference.numerics.directions import Claim
from rnn_reference.numerics.elementwise import with_other_maps
from rnn_reference.numerics.injection import MOVES, by_complex_step, by_injection, keeps_complex
from rnn_reference.numerics.moved import Forward, ForwardCall, Point, rows_of
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.outcomes import Crashed, TimedOut
from rnn_reference.problems.answers import Answers, Tensors, complete
from rnn_reference.problems.inputs import Inputs

MAX_ELEMENTS = 1000
"""The largest number of state elements for a numerical derivative. Above it, only the reference's gradient is used."""

MOST_SECONDS = 20.0
"""A derivative that would take longer is not computed."""


ONLY = "gradients are compared with the reference's alone"


class Case(NamedTuple):
    """One call of a backward function, and the data to judge it. A single step is a sequence of one step.

    ``states``, ``got`` and ``cotangents`` have the names of a sequence.
    """

    function: Function
    forward: Forward
    states: Tensors
    got: Tensors
    right: Answers
    given: Inputs
    cotangents: Tensors

    @property
    def own_forward(self) -> str:
        """The name of its forward function."""
        return self.function.partner.name

    @property
    def run(self) -> ForwardCall:
        """The call of the forward function."""
        return ForwardCall(self.given.x, self.given.initial, self.given.parameters)

    @property
    def right_states(self) -> Tensors:
        """The states of the reference."""
        return {s: self.right.forward[s] for s in self.states}

    def among(self, gradients: Tensors) -> Tensors:
        """Returns those of the gradients that the function returned."""
        return {name: value for name, value in gradients.items() if name in self.got}

    @property
    def rounding(self) -> Tensors:
        """The effect of rounding on each element of the states (rms)."""
        return {s: self.right.tolerance[s] / SAFETY for s in self.states}

    @property
    def every_cotangent(self) -> Tensors:
        """The cotangent of each state. One that is not passed is zero."""
        cell = self.given.cell
        return dict(zip(cell.states, complete(cell, self.cotangents), strict=True))


class Comparison(NamedTuple):
    """Expected gradients with their tolerances. ``source`` is the text before the expected value in a message."""

    expected: Tensors
    tolerance: Tensors
    source: str


def derivatives_of(judge: Judge, case: Case) -> list[Comparison]:
    """Returns the derivative of a right forward function, by differences and, if possible, by complex steps.

    Returns an empty list if it is not accurate or takes too long, and with a note if the forward function refuses the
    wide batches in which it is computed: nothing is blamed on these.
    """
    if judge.implementation.dtype != "float64" or sum(value.size for value in case.states.values()) > MAX_ELEMENTS:
        return []
    point = _point(case)
    if _takes_long(case, point):
        judge.notes.append(f"{case.own_forward} is slow, and so would be its derivative: {ONLY}")
        return []
    try:
        return _computed(judge, case, point)
    except (Crashed, TimedOut) as raised:
        judge.notes.append(f"no derivative of {case.own_forward} in wide batches ({raised.lines[0][1]}): {ONLY}")
        return []


def _point(case: Case) -> Point:
    cell = case.given.cell
    affine = Affine(cell.maps, case.given.parameters)
    ordered = list(case.given.start.values()), [case.states[s] for s in cell.states]
    at_states(cell, affine, case.given.x, *ordered)
    return Point(case.run, affine, case.states, case.every_cotangent)


def _computed(judge: Judge, case: Case, point: Point) -> list[Comparison]:
    found = with_other_maps(by_injection(case.forward, point, case.rounding), case.forward, point, case.rounding)
    judge.evidence["derivative"] = found.by_step
    tolerance = {name: found.error[name] + case.right.tolerance[name] for name in found.value}
    by_differences = Comparison(found.value, tolerance, f"the derivative of your own {case.own_forward} is")
    if keeps_complex(case.forward, case.run):
        exact = by_complex_step(case.forward, point)
        if agrees(exact, {name: found.value[name] for name in exact}, tolerance):  # otherwise it is not trusted
            sharper = tolerance | {name: 2 * case.right.tolerance[name] for name in exact}
            return [by_differences, Comparison(found.value | exact, sharper, by_differences.source)]
    return [by_differences]


def _takes_long(case: Case, point: Point) -> bool:
    """True if the wide batches would take long, in three estimates: a column may take as long as in a narrow batch."""
    columns = len(MOVES) * sum(rows_of(point).values()) * (point.run.x.shape[2] + 1) / 2
    for _ in range(3):
        begun = time.monotonic()
        case.forward([case.run])
        if (time.monotonic() - begun) * columns <= MOST_SECONDS:
            return False
    return True


def claim_of(judge: Judge, case: Case, gradients: Tensors, tolerance: Tensors) -> Claim:
    """Returns the claim that gradients are the derivative of the implementation's own forward function."""
    trained = case.given.cell.trained
    return Claim(
        case.forward, case.run, case.every_cotangent, case.rounding, gradients, tolerance, trained, judge.u
    )  # fmt: skip

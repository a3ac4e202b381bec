"""The subject of a diagnosis: an implementation, the problems, and the findings so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rnn_reference.cells.cell import Cell
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.numerics.stochastic import unit_roundoff
from rnn_reference.problems.problem import NAMED, Problem

PANEL = ("T_x=6", "T_x=5", "square", "large-cotangent")
"""The problems of a diagnosis. A fault must explain all of them."""

Restart = Callable[[bool], Implementation]
"""Loads the implementation afresh. With True, in a process where ``np.empty`` gives large numbers, if it can."""


class Subject:
    """One implementation, and the findings on its functions. Each finding is made on first use.

    ``find(subject, function)`` makes a finding. ``restart`` loads the implementation again, to separate random results
    from a state that is kept between calls. ``problems`` replace the usual ones. With ``naming``, faults are tried.
    """

    def __init__(
        self,
        implementation: Implementation,
        find: Callable[[Subject, str], Finding],
        seed: int = 0,
        restart: Restart | None = None,
        problems: Sequence[Problem] | None = None,
        naming: bool = True,
    ) -> None:
        self.implementation = implementation
        self.restart = restart
        self.naming = naming
        self.u = unit_roundoff(implementation.dtype)
        chosen = problems or [NAMED[name].at(seed=seed) for name in PANEL]
        self.seed = chosen[0].seed
        self._problems = list(chosen)
        self._find = find
        self._findings: dict[str, Finding] = {}
        self.is_own_derivative: dict[str, bool] = {}
        """Answers that do not depend on the problems: is a backward function the derivative of its forward function?"""
        self.not_told: set[str] = set()
        """Backward functions of which derivatives cannot tell that, at one of the problems."""

    def problems(self, cell: Cell) -> list[Problem]:
        """Returns the problems for the functions of a cell."""
        return [self.implementation.fitted(problem.of(cell)) for problem in self._problems]

    def finding(self, function: str) -> Finding:
        """Returns the finding on a function. Findings on the functions that it depends on are made first."""
        if function not in self._findings:
            self._findings[function] = self._find(self, function)
        return self._findings[function]

    def wrong(self, function: str) -> bool:
        """True if the function is offered and is not right by itself."""
        return self.implementation.offers(function) and not self.finding(function).is_right

    def elsewhere(self, problems: Sequence[Problem], known: Mapping[str, Finding] | None = None) -> Subject:
        """Returns a subject with other problems and without naming. ``known`` are findings that are already made."""
        there = Subject(self.implementation, self._find, problems=problems, naming=False)
        there._findings |= known or {}
        there.is_own_derivative = self.is_own_derivative
        return there

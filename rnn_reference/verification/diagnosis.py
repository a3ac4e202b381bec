"""Which mistake explains a failure, and whose it is.

Every function is held, on a few fixed problems, against what is right and against every fault of the catalogue. It
is judged by what it stands on: the cell by the implementation's own activations, the loop by its own cell, the
backward pass by its own states. So a mistake is told of once, where it is made, and two are told of as two.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

from rnn_reference.implementations.implementation import FUNCTIONS, Implementation
from rnn_reference.verification import backward_findings, forward_findings, probes
from rnn_reference.verification.findings import Finding
from rnn_reference.verification.outcomes import Crashed, NotJudged, Outcome, Wrong
from rnn_reference.verification.problems import NAMED, Problem
from rnn_reference.verification.rounding import unit_roundoff

PANEL = ("T_x=6", "T_x=5", "square", "large-cotangent")
"""The problems that a fault must explain, all of them."""

Restart = Callable[[], Implementation]


class Diagnosis:
    """What is wrong with one implementation, found out when it is first asked for, once for each function.

    ``restart`` loads the implementation afresh: it tells what changes from call to call from what is kept between
    calls. ``problems`` are what it is judged on in place of the usual ones; ``naming``: whether faults are tried.
    """

    def __init__(
        self,
        implementation: Implementation,
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
        self.problems = [problem.at(dtype=implementation.dtype) for problem in chosen]
        self._findings: dict[str, Finding] = {}

    def finding(self, function: str) -> Finding:
        """What is found about one of the six functions, the ones it stands on found first."""
        if function not in self._findings:
            self._findings[function] = self._found(function)
        return self._findings[function]

    def conforms_on(self, problem: Problem, function: str) -> bool:
        """Whether, on this very problem, a backward function is right for what the forward pass gives."""
        there = Diagnosis(self.implementation, problems=[problem], naming=False)
        there._findings = {name: found for name, found in self._findings.items() if name != function}
        finding = there.by_value(function)
        return finding.status == "right" or (finding.status == "follows" and finding.culprit.endswith("forward"))

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """All of the functions that are offered."""
        return {name: self.finding(name) for name in FUNCTIONS if self.implementation.offers(name)}

    def wrong(self, function: str) -> bool:
        """Whether the function is offered and is not right by itself."""
        return self.implementation.offers(function) and self.finding(function).status != "right"

    def _found(self, function: str) -> Finding:
        changing = probes.not_the_same_twice(self, function)
        if changing:
            return changing
        finding = self.by_value(function)
        if finding.status == "wrong" and not finding.matches:
            finding = probes.crash_named(self, finding) or probes.hard_coded(self, finding)
        return probes.with_modified_inputs(self, finding)

    def by_value(self, function: str) -> Finding:
        """The finding from what the function returns alone."""
        stage = backward_findings if function.endswith("backward") else forward_findings
        return stage.FINDERS[function](self)


def explain(outcome: Outcome, about: str, diagnosis: Diagnosis) -> Outcome:
    """The outcome of a check with what is found about its cause: a name, or whose mistake it follows from."""
    function = outcome.function or about
    if not isinstance(outcome, Wrong | Crashed) or not diagnosis.implementation.offers(function):
        return outcome
    finding = diagnosis.finding(function)
    if finding.status == "right":
        return outcome
    culprit = diagnosis.finding(finding.culprit) if finding.culprit != function else finding
    if finding.status == "follows":
        if _is_stub(diagnosis, finding.culprit):
            return NotJudged([("", f"it stands on {finding.culprit}, which is a stub")], function=function)
        outcome.function = finding.culprit
        outcome.lines.append(("follows", f"{function} is right for what {finding.culprit} gives, which is not right"))
    elif finding.blame:
        outcome.function, culprit = finding.blame, finding
    outcome.faults, outcome.candidates = culprit.faults, culprit.candidates
    outcome.lines += culprit.told()
    return outcome


def _is_stub(diagnosis: Diagnosis, function: str) -> bool:
    return diagnosis.finding(function).status == "stub"


def explain_advice(outcome: Outcome, about: str, diagnosis: Diagnosis) -> Outcome:
    """The same for a check of arithmetic's limits: only the faults that show there can explain it."""
    finding = forward_findings.at_the_limits(diagnosis, about)
    if finding and finding.faults:
        outcome.faults = finding.faults
        outcome.lines += finding.told()
    return outcome

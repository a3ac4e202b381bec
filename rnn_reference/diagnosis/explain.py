"""Which mistake explains a failure, and whose it is.

Every function is held, on a few fixed problems, against what is right and against every fault of the catalogue. It
is judged by what it stands on: the cell by the implementation's own activations, the loop by its own cell, the
backward pass by its own states. So a mistake is told of once, where it is made, and two are told of as two.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

from rnn_reference.diagnosis import backward as backward_findings
from rnn_reference.diagnosis import forward as forward_findings
from rnn_reference.diagnosis import probes
from rnn_reference.diagnosis.findings import Finding, named_line
from rnn_reference.implementations.implementation import FUNCTIONS, Implementation
from rnn_reference.numerics.rounding import unit_roundoff
from rnn_reference.outcomes import Crashed, NotJudged, Outcome, Wrong
from rnn_reference.problems.problem import NAMED, Problem

PANEL = ("T_x=6", "T_x=5", "square", "large-cotangent")
"""The problems that a fault must explain, all of them."""

BESIDE = ("changed", "caches")
"""Labels of failures that are about something else than values."""

FINDERS = forward_findings.FINDERS | backward_findings.FINDERS

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
        return self.implementation.offers(function) and not self.finding(function).is_right

    def _found(self, function: str) -> Finding:
        changing = probes.not_the_same_twice(self, function)
        if changing:
            return changing
        finding = self.by_value(function)
        if finding.status == "wrong" and not finding.matches:
            finding = probes.crashing(self, finding) or probes.hard_coded(self, finding)
        if function == "rnn_forward":
            finding = probes.with_shared_caches(self, finding)
        return probes.with_modified_inputs(self, finding)

    def by_value(self, function: str) -> Finding:
        """The finding from what the function returns alone."""
        return FINDERS[function](self)


def explain(outcome: Outcome, about: str, diagnosis: Diagnosis) -> Outcome:
    """The outcome of a check with what is found about its cause: a name, or whose mistake it follows from."""
    function = outcome.function or about
    if not isinstance(outcome, Wrong | Crashed) or function not in FINDERS:
        return outcome  # of a black box nothing is known that could be told apart
    if not diagnosis.implementation.offers(function):
        return outcome
    finding = diagnosis.finding(function)
    about_values = not any(label in BESIDE for label, _ in outcome.lines)
    if finding.status == "right" or (finding.beside and not about_values):
        outcome.faults = [fault.id for fault in finding.beside]
        outcome.lines += map(named_line, finding.beside)
        return outcome
    if finding.status == "follows" and _is_stub(diagnosis, finding.culprit):
        return NotJudged([("", f"it stands on {finding.culprit}, which is a stub")], function=function)
    if finding.status == "follows":
        outcome.lines.append(("follows", f"{function} is right for what {finding.culprit} gives, which is not right"))
    outcome.function = finding.culprit
    return _named(outcome, diagnosis.finding(finding.culprit) if finding.status == "follows" else finding)


def _named(outcome: Outcome, culprit: Finding) -> Outcome:
    """The outcome with the mistakes of the function to blame."""
    outcome.faults, outcome.candidates = culprit.faults, culprit.candidates
    outcome.lines += culprit.told() if culprit.matches or not culprit.beside else []
    if not culprit.matches:
        outcome.faults = [fault.id for fault in culprit.beside]
        outcome.lines += map(named_line, culprit.beside)
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

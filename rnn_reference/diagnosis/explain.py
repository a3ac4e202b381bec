"""Finds the mistake that explains a failure, and the function that makes it.

On a few fixed problems, every function is compared with the right one and with every fault of the catalogue. The
comparison uses the implementation's own parts: its activations for the step, its step for the loop, its states for the
backward function. So a mistake is named once, in the function that makes it, and two mistakes are named separately.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from rnn_reference.cells.cell import FORWARD
from rnn_reference.cells.registry import function_named, functions
from rnn_reference.diagnosis import backward, forward, probes, side_effects
from rnn_reference.diagnosis.findings import Finding, named_line
from rnn_reference.diagnosis.subject import Restart, Subject
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.outcomes import Crashed, Doubt, NotJudged, Outcome, Wrong
from rnn_reference.problems.problem import Problem

SIDE_EFFECTS = ("changed", "caches", "globals")
"""Labels of failures that are not about values."""

FINDERS = forward.FINDERS | backward.FINDERS

CONSEQUENCE = "a consequence of the wrong forward pass: it is right for the states of that pass"


def by_value(subject: Subject, function: str) -> Finding:
    """Returns the finding on a function, from its results only."""
    signature = function_named(function)
    return FINDERS[signature.role](subject, signature)


def full_finding(subject: Subject, function: str) -> Finding:
    """Returns the finding on a function, from its results, its side effects and its exceptions."""
    signature = function_named(function)
    changing = probes.not_the_same_twice(subject, signature)
    if changing:
        return changing
    finding = by_value(subject, function)
    if finding.status == "wrong" and not finding.matches:
        crashing = probes.crashing(subject, signature, finding)
        finding = crashing or probes.starting_from_anything(subject, signature, finding)
        if not crashing and not finding.matches:
            finding = probes.hard_coded(subject, signature, finding, by_value)
    if signature.role == FORWARD:
        finding = side_effects.with_shared_caches(subject, signature, finding)
    finding = side_effects.with_globals(subject, signature, finding)
    return side_effects.with_modified_inputs(subject, signature, finding)


class Diagnosis(Subject):
    """The findings on one implementation. Each is made on first use, once for each function."""

    def __init__(
        self,
        implementation: Implementation,
        seed: int = 0,
        restart: Restart | None = None,
        problems: Sequence[Problem] | None = None,
        naming: bool = True,
    ) -> None:
        super().__init__(implementation, full_finding, seed, restart, problems, naming)
        self.refuted: set[str] = set()
        """Backward functions that are wrong for the results of a forward function, at a problem of some check."""

    def conforms_on(self, problem: Problem, function: str) -> bool:
        """True if, on this problem, a backward function is right for the results of the forward function.

        Raises NotJudged if it may be the derivative of a wrong forward function, and differences cannot tell.
        """
        known = {name: finding for name, finding in self._findings.items() if name != function}
        there = self.elsewhere([problem], known)
        finding = by_value(there, function)
        if function in there.not_told and finding.status == "consequence":
            forward = function_named(function).partner.name
            reason = f"{forward} is wrong, and its derivative is not known to 1 % at this problem"
            raise NotJudged([("", reason)], function)
        return finding.status == "right" or (finding.status == "consequence" and finding.culprit.endswith("forward"))

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """The findings on all offered functions."""
        return {name: self.finding(name) for name in functions() if self.implementation.offers(name)}


def settle(doubts: Iterable[Doubt], consequences: Iterable[str], diagnosis: Diagnosis) -> list[str]:
    """Returns notes about backward functions that are right for a wrong forward function. Raises Wrong for others."""
    right = set(consequences)
    for doubt in doubts:
        if diagnosis.conforms_on(doubt.problem, doubt.function):
            right.add(doubt.function)
        else:
            diagnosis.refuted.add(doubt.function)
            doubt.compare()
    return [CONSEQUENCE] if any(diagnosis.finding(name).status == "consequence" for name in right) else []


def explain(outcome: Outcome, about: str, diagnosis: Diagnosis) -> Outcome:
    """Returns the outcome of a check with its cause: the name of the mistake, and the function to blame."""
    function = outcome.function or about
    if not isinstance(outcome, Wrong | Crashed) or function not in functions():
        return outcome  # there are no findings on a black box
    does_not_parse = outcome.evidence.get("exception") == "SyntaxError"  # then its message says all
    if does_not_parse or not diagnosis.implementation.offers(function):
        return outcome
    finding = diagnosis.finding(function)
    about_values = not any(label in SIDE_EFFECTS for label, _ in outcome.lines)
    if finding.status == "right" or (finding.side_effects and not about_values):
        outcome.faults = [fault.id for fault in finding.side_effects]
        outcome.lines += map(named_line, finding.side_effects)
        return outcome
    if function in diagnosis.refuted and finding.status == "consequence" and finding.culprit.endswith("forward"):
        outcome.lines.append(("looks like", f"not in the catalogue; {finding.culprit} is wrong, too"))
        return outcome
    if finding.status == "consequence" and _is_stub(diagnosis, finding.culprit):
        return NotJudged([("", f"it depends on {finding.culprit}, which is a stub")], function=function)
    if finding.status == "consequence":
        text = f"{function} is right for the results of {finding.culprit}, which are wrong"
        outcome.lines.append(("consequence", text))
    outcome.function = finding.culprit
    return _named(outcome, diagnosis.finding(finding.culprit) if finding.status == "consequence" else finding)


def _named(outcome: Outcome, culprit: Finding) -> Outcome:
    """Returns the outcome with the mistakes of the function to blame."""
    outcome.faults, outcome.candidates = culprit.faults, culprit.candidates
    outcome.lines += culprit.lines_for_people() if culprit.matches or not culprit.side_effects else []
    if not culprit.matches:
        outcome.faults = [fault.id for fault in culprit.side_effects]
        outcome.lines += map(named_line, culprit.side_effects)
    return outcome


def _is_stub(diagnosis: Diagnosis, function: str) -> bool:
    return diagnosis.finding(function).status == "stub"


def explain_advice(outcome: Outcome, about: str, diagnosis: Diagnosis) -> Outcome:
    """Returns the outcome of a check of overflow and rounding with its cause, if a fault explains it."""
    finding = forward.at_the_limits(diagnosis, function_named(about))
    if finding and finding.faults:
        outcome.faults = finding.faults
        outcome.lines += finding.lines_for_people()
    return outcome

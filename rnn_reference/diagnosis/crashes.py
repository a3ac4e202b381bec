"""What an exception says about the mistake behind it."""

import re

from rnn_reference.diagnosis.findings import Finding
from rnn_reference.faults import faults_named
from rnn_reference.outcomes import Crashed, Outcome

REMOVED = re.compile(r"module 'numpy' has no attribute '(\w+)'")
NAMES = frozenset(
    """float int bool object complex str long unicode float_ complex_ int0 uint0 Inf Infinity NaN NAN NINF PINF infty
    product cumproduct sometrue alltrue row_stack in1d trapz msort asscalar asfarray mat cast source""".split()
)
"""What numpy has had and has no more."""

PAST_THE_END = re.compile(r"index (\d+) is out of bounds for axis \d+ with size (\d+)")


def removed_name(outcome: Outcome) -> str | None:
    """The name that numpy has removed, if it is what a crash is about."""
    found = REMOVED.search(str(outcome)) if isinstance(outcome, Crashed) else None
    return found[1] if found and found[1] in NAMES else None


def crash_named(finding: Finding, outcome: Outcome, T_x: int) -> Finding | None:
    """The finding with what the exception says, where sizes differ pairwise and one of them is ``T_x``."""
    name = removed_name(outcome)
    if name:
        lines = (("error", f"numpy has no np.{name} any more"),)
        return finding.with_(matches=(faults_named("removed-numpy-name")[0],), lines=lines)
    past = PAST_THE_END.search(str(outcome))
    if past and past[1] == past[2] == str(T_x):
        return finding.with_(lines=(("index", f"{past[1]} is past the last of T_x = {past[2]} steps"),))
    return None

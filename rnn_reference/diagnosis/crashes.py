"""Finds the mistake behind an exception."""

import re

from rnn_reference.diagnosis.findings import Finding
from rnn_reference.faults import faults_named
from rnn_reference.outcomes import Crashed, Outcome

REMOVED = re.compile(r"module 'numpy' has no attribute '(\w+)'")
NAMES = frozenset(
    """float int bool object complex str long unicode float_ complex_ int0 uint0 Inf Infinity NaN NAN NINF PINF infty
    product cumproduct sometrue alltrue row_stack in1d trapz msort asscalar asfarray mat cast source""".split()
)
"""Names that numpy has removed."""

PAST_THE_END = re.compile(r"index (\d+) is out of bounds for axis \d+ with size (\d+)")


def removed_name(outcome: Outcome) -> str | None:
    """Returns the name that numpy has removed, if the crash is about one; else None."""
    found = REMOVED.search(str(outcome)) if isinstance(outcome, Crashed) else None
    return found[1] if found and found[1] in NAMES else None


def crash_named(finding: Finding, outcome: Outcome, T_x: int) -> Finding | None:
    """Returns the finding with the mistake behind the exception, or None. All sizes, including ``T_x``, must differ."""
    name = removed_name(outcome)
    if name:
        lines = (("error", f"numpy has removed np.{name}"),)
        return finding.with_(matches=(faults_named("removed-numpy-name")[0],), lines=lines)
    past = PAST_THE_END.search(str(outcome))
    if past and past[1] == past[2] == str(T_x):
        return finding.with_(lines=(("index", f"{past[1]} is too large: there are T_x = {past[2]} steps"),))
    return None

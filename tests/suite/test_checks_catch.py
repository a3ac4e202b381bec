"""Every check catches a mistake. A check that cannot fail is a defect."""

import pytest
from mistakes import CAUGHT, right

from rnn_reference.diagnosis import explain as diagnosis
from rnn_reference.paths import checks_folder


@pytest.mark.waits
@pytest.mark.parametrize("check", CAUGHT)
def test_the_check_sees_its_mistake(check, suite, monkeypatch):
    """The mistake made for the check makes it fail, or give its advice."""
    for explain in ("explain", "explain_advice"):  # what the mistake is called is another question
        monkeypatch.setattr(diagnosis, explain, lambda outcome, about, found: outcome)
    run = suite(CAUGHT[check], f"--rnn-only={check}", "--rnn-examples=3", group=check.partition(".")[0])
    outcomes = {record["outcome"] for record in run.records.values()}
    assert outcomes & ({"advice"} if check.startswith("numerics.") else {"failed", "crashed"}), run.printed


def test_every_check_has_a_mistake_planted_for_it(suite):
    """The list of mistakes has every check, and no other id."""
    run = suite(right, "--rnn-examples=1")
    assert {check.partition("[")[0] for check in run.records} == set(CAUGHT)
    assert {record["outcome"] for record in run.records.values()} == {"passed"}


def test_every_check_says_what_it_asks():
    """The docstring of each check is one sentence."""
    import ast

    for path in sorted(checks_folder().glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                words = " ".join((ast.get_docstring(node) or "").split())
                assert words.endswith(".") and words.count(". ") == 0, f"{path.name}: {node.name}"

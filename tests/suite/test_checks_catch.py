"""Every check is shown catching a mistake: a check that cannot fail is worth nothing."""

import pytest
from mistakes import CAUGHT, right

from rnn_reference.diagnosis import explain as diagnosis
from rnn_reference.paths import checks_folder


@pytest.mark.waits
@pytest.mark.parametrize("check", CAUGHT)
def test_the_check_sees_its_mistake(check, suite, monkeypatch):
    """The mistake planted for the check makes it fail, and its advice be given."""
    for explain in ("explain", "explain_advice"):  # what the mistake is called is another question
        monkeypatch.setattr(diagnosis, explain, lambda outcome, about, found: outcome)
    run = suite(CAUGHT[check], f"--rnn-only={check}", "--rnn-examples=3", group=check.partition(".")[0])
    outcomes = {record["outcome"] for record in run.records.values()}
    assert outcomes & ({"advice"} if check.startswith("numerics.") else {"failed", "crashed"}), run.printed


def test_every_check_has_a_mistake_planted_for_it(suite):
    """The list of planted mistakes names each check, and no other."""
    run = suite(right, "--rnn-examples=1")
    assert {check.partition("[")[0] for check in run.records} == set(CAUGHT)
    assert {record["outcome"] for record in run.records.values()} == {"passed"}


def test_every_check_says_what_it_asks():
    """Each check's docstring is one sentence."""
    import ast

    for path in sorted(checks_folder().glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                words = " ".join((ast.get_docstring(node) or "").split())
                assert words.endswith(".") and words.count(". ") == 0, f"{path.name}: {node.name}"

"""The comparison of gradient checkers by kind of claim is fair, and its page holds what check_vjp does."""

import re

import pytest
from folders import ROOT

from benchmarks.studies.gradient_kinds import HEADING, is_good, outcome
from benchmarks.studies.vjp_kinds import KINDS
from benchmarks.studies.vjp_peers import CHECKERS

PAGE = (ROOT / "docs" / "generated" / "gradient-checkers.md").read_text(encoding="utf-8").partition(HEADING)[2]


@pytest.mark.waits
@pytest.mark.parametrize("checker", CHECKERS)
def test_every_checker_is_called_as_it_should_be(checker):
    """Each checker passes an ordinary right claim and refuses an ordinary wrong one: no answer comes from our calls."""
    found = [
        outcome(CHECKERS[checker], KINDS[name]()) for name in ("x², x near 1", "x², the factor 2 forgotten, x near 1")
    ]
    if "-" in found:
        pytest.skip(f"the package of {checker} is not installed")
    assert found == ["passes", "refuses"]


@pytest.mark.parametrize("name", KINDS)
def test_check_vjp_has_a_good_answer_for_every_kind(name):
    """check_vjp passes what is right and nothing else, and the page says the same word."""
    kind = KINDS[name]()
    found = outcome(CHECKERS["check_vjp"], kind)
    assert is_good(kind.truth, found)
    assert f"| {name} | {kind.truth} | {found} |" in PAGE


def test_the_page_has_every_kind():
    """The table of the page has a row for each kind, in their order."""
    assert re.findall(r"^\| (.*?) \| (?:right|wrong|no answer) \|", PAGE, re.MULTILINE) == list(KINDS)

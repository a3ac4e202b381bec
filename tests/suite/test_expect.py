"""Known failures are expected with a reason, and only a new failure fails the run."""

import pytest

pytestmark = pytest.mark.waits

DOCUMENT = """\
# the course notebook's gradient

gradient.network        # the published gradient lacks the carried part
gradient.network_fresh  # the same
gradient.sizes          # the same
gradient.spot           # the same
gradient.values         # the same
golden                  # the same
property.split          # not so, and it is shown
property.backward_linear  # not so either
"""


@pytest.fixture
def expect(tmp_path):
    """Write an expectations file; the option."""

    def write(text):
        path = tmp_path / "known failures.txt"
        path.write_text(text, encoding="utf-8")
        return f"--rnn-expect={path}"

    return write


def test_known_failures_do_not_fail(verdict_on, expect):
    """With its failures expected the document's notebook conforms. The reasons are printed, and unexpected passes."""
    run = verdict_on("examples/document.ipynb", expect(DOCUMENT), "--rnn-examples=2")
    assert run.status == 0, run.printed
    assert run.report["functions"]["rnn_backward"]["verdict"] == "conforms"
    assert run.report["counts"]["expected failure"] > 10
    assert " more to fail: the published gradient lacks the carried part" in run.printed
    assert "property.split passed, and was expected to fail: not so, and it is shown" in run.printed


def test_a_new_failure_is_red(verdict_on, expect):
    """A failure that is not expected fails the run, however many others are."""
    run = verdict_on("examples/document.ipynb", expect("golden  # its values\n"), "--rnn-examples=2")
    assert run.status == 1
    assert run.report["functions"]["rnn_backward"]["faults"] == ["carry-dropped"]


@pytest.mark.parametrize(("text", "says"), {
    "gradient.nosuch  # why": "line 1: gradient.nosuch matches no check",
    "\ngolden": "line 2: golden has no reason",
    "golden # a\ngolden # b": "line 2: golden is there twice",
}.items())  # fmt: skip
def test_a_bad_line_is_named(verdict_on, expect, text, says):
    """An id that matches nothing, one without a reason, and one given twice end the command with status 2."""
    run = verdict_on("examples/right.py", expect(text))
    assert (run.status, says in run.printed) == (2, True), run.printed


def test_no_file_is_named(verdict_on):
    """A file that is not there ends the command with status 2."""
    run = verdict_on("examples/right.py", "--rnn-expect=nowhere.txt")
    assert (run.status, "nowhere.txt" in run.printed) == (2, True), run.printed

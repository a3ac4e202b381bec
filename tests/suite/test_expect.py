"""Known failures are expected with a reason, and only a new failure fails the run."""

import pytest
from folders import EXAMPLES, RIGHT, ROOT

from rnn_reference.report.expected import expectations, stale

pytestmark = pytest.mark.waits

DOCUMENT = """\
# the course notebook's gradient

gradient.network        # the published gradient lacks the carried part
gradient.network_fresh  # the same
gradient.float32        # the same
gradient.sizes          # the same
gradient.spot           # the same
gradient.values         # the same
golden                  # the same
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
    """With its failures expected the document's notebook conforms. The reasons are printed, and partial passes."""
    run = verdict_on("examples/document.ipynb", expect(DOCUMENT), "--rnn-examples=2")
    assert run.status == 0, run.printed
    assert run.report["functions"]["rnn_backward"]["verdict"] == "conforms"
    assert run.report["counts"]["expected failure"] > 10
    assert " more to fail: the published gradient lacks the carried part" in run.printed
    assert "a part of golden passed, and was expected to fail: the same" in run.printed


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


STALE = "# known\n\ngolden  # its values\nproperty.split # all of it\nforward.tanh  # and this\n"


def test_an_entry_that_passes_now_is_an_error(verdict_on, expect):
    """An entry whose checks all pass is named with its line, and ends the command with status 2."""
    run = verdict_on("examples/right.py", expect(STALE), "--rnn-only=golden")
    assert run.status == 2 and run.report["verdict"] == "conforms"
    assert "line 3: golden passes in all its checks, and was expected to fail: delete the line" in run.printed
    assert "line 4" not in run.printed and "line 5" not in run.printed, "these did not run"


@pytest.mark.parametrize(("outcomes", "lines"), {
    (("golden", "failed"),): [],
    (("forward.tanh", "passed"),): ["line 5"],
    (("forward.tanh", "passed"), ("forward.tanh", "expected failure")): [],
    (("forward.tanh", "advice"),): [],
    (("forward.tanh[lstm]", "passed"),): ["line 5"],
    (("forward.tanh[lstm]", "passed"), ("forward.tanh", "expected failure")): [],
}.items())  # fmt: skip
def test_an_entry_that_something_needs_is_none(tmp_path, outcomes, lines):
    """An entry is stale if its checks pass on every target, and not if one fails on one, or did not run."""
    (tmp_path / "known").write_text(STALE)
    found = list(stale(expectations(str(tmp_path / "known")), outcomes))
    assert [line for line in ("line 3", "line 4", "line 5") if any(line in each for each in found)] == lines


def test_among_many_targets_an_entry_is_needed_by_one(run, expect):
    """Of several targets one needs the entry: no error. Without this one the entry is stale, with status 2."""
    option, right = expect("golden  # its values"), EXAMPLES / "right.py"
    for other, status in ((EXAMPLES / "document.ipynb", 0), (RIGHT / "einsum.py", 2)):
        done = run("-m", "rnn_reference", right, other, option, "--rnn-only=golden", cwd=ROOT)
        assert (done.returncode, "line 1: golden passes" in done.stderr) == (status, status == 2), done.stderr


def test_no_file_is_named(verdict_on):
    """A file that is not there ends the command with status 2."""
    run = verdict_on("examples/right.py", "--rnn-expect=nowhere.txt")
    assert (run.status, "nowhere.txt" in run.printed) == (2, True), run.printed

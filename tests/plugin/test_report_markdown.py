"""The report as Markdown, the summary of a job on GitHub, and the ids in JUnit's file."""

import re
from itertools import pairwise
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from rnn_reference.many import task
from rnn_reference.report.files import add_to_summary
from rnn_reference.report.forms.md import render as as_markdown
from rnn_reference.report.verdict import unusable

HOSTILE = """
import numpy as np

def tanh_forward(x):
    print("```\\n<script>alert(1)</script> | *a*")
    return np.sin(x)
"""


@pytest.fixture(scope="module")
def text(judged):
    """The Markdown on the document's notebook."""
    return as_markdown(judged.report)


@pytest.fixture(scope="module")
def in_a_job(run, tmp_path_factory):
    """A run as in a job on GitHub, of a file with an awkward name that prints Markdown and tags."""
    folder = tmp_path_factory.mktemp("job")
    (folder / "Übung & <b>.py").write_text(HOSTILE, encoding="utf-8")
    (folder / "summary.md").write_text("before\n")
    options = ("--rnn-only=forward.tanh", "--rnn-report=out.md", "--junitxml=junit.xml")
    done = run("-m", "rnn_reference", "Übung & <b>.py", *options, cwd=folder,
               GITHUB_STEP_SUMMARY=str(folder / "summary.md"))  # fmt: skip
    return SimpleNamespace(run=done, folder=folder, text=(folder / "out.md").read_text(encoding="utf-8"))


def test_the_mistake_is_named_with_its_hints(text):
    """The Markdown begins with the verdict, and names the mistake and its place. The correction is folded."""
    assert re.match(r"# \S*document\.ipynb: wrong\n", text)
    assert "**carry-dropped**: da\\_prev is not carried from step t+1 to step t." in text
    assert "Where to look: the gradient that the loop carries from step t+1 to step t." in text
    assert "<details><summary>What to change</summary>\n\ncall the cell with da\\[:, :, t\\] + da\\_prev" in text
    assert re.search(r"^\|dx\| +[▁-█]+·  error at t=0\.\.5, computed from the right$", text, flags=re.MULTILINE)


def test_every_check_has_its_rerun_line(text, judged):
    """Each check is there with the line that runs it again."""
    for check in judged.report["checks"]:
        assert check["rerun"] in text and check["id"] in text


def test_headings_and_folds_are_in_order(text):
    """No heading skips a rank, and every folded part is closed."""
    ranks = [len(marks) for marks in re.findall(r"^(#+) ", text, flags=re.MULTILINE)]
    assert ranks[0] == 1 and ranks.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(ranks))
    assert text.count("<details>") == text.count("</details>")


def test_what_a_target_prints_stays_in_its_block(in_a_job):
    """A name means nothing to Markdown, and printed backticks do not end the block that they are shown in."""
    assert in_a_job.text.startswith("# Übung \\& \\<b\\>.py: wrong\n")
    outside = re.sub(r"^(````+)\n.*?^\1$|(`+)[^`].*?\2", "", in_a_job.text, flags=re.DOTALL | re.MULTILINE)
    assert "<script>" in in_a_job.text and "<script>" not in outside


def test_the_summary_of_a_job_is_added_to(in_a_job):
    """If GITHUB_STEP_SUMMARY names a file, the Markdown is appended to it."""
    assert (in_a_job.folder / "summary.md").read_text(encoding="utf-8") == f"before\n{in_a_job.text}\n"


def test_a_summary_that_cannot_be_written_is_no_failure(monkeypatch, tmp_path):
    """If the summary cannot be written, one line says so, and nothing else changes."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert add_to_summary(unusable("homework.py", "why")) == f"GITHUB_STEP_SUMMARY={tmp_path}: Is a directory"
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert add_to_summary(unusable("homework.py", "why")) == ""


@pytest.mark.waits
def test_runs_of_many_targets_leave_the_summary_alone(monkeypatch, tmp_path, script):
    """A task that is one of many adds nothing to the summary of the job."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    report = task.Task(script("here is my homework\n"), str(tmp_path)).judged()
    assert report["verdict"] == "unusable" and not (tmp_path / "summary.md").exists()


def test_junit_carries_the_ids_and_the_outcomes(in_a_job):
    """Each case in JUnit's file has the check's id, its outcome and the mistakes named as properties."""
    (case,) = ElementTree.parse(in_a_job.folder / "junit.xml").iter("testcase")
    properties = {entry.get("name"): entry.get("value") for entry in case.iter("property")}
    assert properties.items() >= {"rnn_id": "forward.tanh", "rnn_outcome": "failed"}.items()


def test_two_reports_of_one_run_are_refused(run, tmp_path):
    """``--rnn-report`` given twice is a usage error that names both."""
    done = run("-m", "rnn_reference", "stepwise", "--rnn-report=a.json", "--rnn-report=b.md", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("ERROR: --rnn-report=a.json --rnn-report=b.md: a run writes one report")

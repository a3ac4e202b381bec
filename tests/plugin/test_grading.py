"""Grades: the file for Gradescope, and the recipes of the page on grading."""

import json
import os
import re
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import jsonschema
import nbformat
import pytest
from folders import EXAMPLES, ROOT

from rnn_reference.report.gradescope import nothing_judged, render
from rnn_reference.report.verdict import unusable

PAGE = (ROOT / "docs" / "how-to" / "grading.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
OTTER, NBGRADER = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "max_score": {"type": "number"},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["score"]}, {"required": ["tests"]}],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array"},
    },
}
"""What https://gradescope-autograders.readthedocs.io/en/latest/specs/ says of results.json."""


def read(text):
    """What a text for Gradescope says, once it follows their format."""
    found = json.loads(text)
    jsonschema.validate(found, SCHEMA)
    return found


def test_the_schema_can_refuse():
    """The schema refuses a key, a status and a visibility that the documentation does not have."""
    for wrong in ({}, {"score": "1"}, {"score": 1, "points": 1}, {"tests": [{"status": "ok"}]},
                  {"tests": [{"visibility": "always"}]}):  # fmt: skip
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SCHEMA)


def test_each_function_is_a_test_of_one_point(judged):
    """A function that conforms has its point; a wrong one has its mistake and where to look, not the correction."""
    found = read(render([judged.report], {judged.report["implementation"]["name"]: "document"}))
    tests = {test["name"]: test for test in found["tests"]}
    assert len(tests) == 6 and found["score"] == 5
    assert {test["max_score"] for test in tests.values()} == {1}
    wrong = tests.pop("rnn_backward")
    assert (wrong["score"], wrong["status"]) == (0, "failed")
    assert (
        "carry-dropped: da_prev is not carried from step t+1 to step t. Where to look: the gradient" in wrong["output"]
    )
    assert "call the cell with da" not in json.dumps(found)
    assert {(test["score"], test["status"]) for test in tests.values()} == {(1, "passed")}
    assert "rnn_backward is wrong" in found["output"]


def test_what_is_not_there_has_no_test(judged):
    """A function that is not offered is no test, and the output says that it is not there."""
    gone = judged.report["functions"] | {"rnn_backward": judged.report["functions"]["rnn_backward"] | {
        "verdict": "not offered", "faults": [], "candidates": []}}  # fmt: skip
    found = read(render([judged.report | {"functions": gone}], {judged.report["implementation"]["name"]: "document"}))
    assert (len(found["tests"]), found["score"]) == (5, 5)
    assert "Not present, not judged: rnn_backward." in found["output"]


def test_the_best_of_several_files_counts(judged):
    """A function of several files is one test: the best. A file that could not be loaded takes nothing away."""
    name = judged.report["implementation"]["name"]
    right = judged.report["functions"]["rnn_backward"] | {"verdict": "conforms", "faults": [], "candidates": []}
    other = judged.report | {"functions": {"rnn_backward": right},
                             "implementation": judged.report["implementation"] | {"name": "new.py"}}  # fmt: skip
    names = {name: "old", "new.py": "new", "x.py": "x"}
    reports = [judged.report, other, unusable("x.py", "x.py: no")]
    for found in (read(render(reports, names)), read(render(reports[::-1], names))):
        assert (len(found["tests"]), found["score"]) == (6, 6)
        assert "rnn_backward (new)" in [test["name"] for test in found["tests"]]
        assert "x: unusable" in found["output"] and "x.py: no" in found["output"]


def test_nothing_to_judge_is_no_points():
    """A submission that could not be loaded, or has no file, has 0 points and the reason."""
    for text in (nothing_judged("no notebook"), render([unusable("x.py", "no notebook")], {"x.py": "x"})):
        found = read(text)
        assert (found["score"], found["tests"]) == (0, []) and "no notebook" in found["output"]


@pytest.mark.waits
@pytest.mark.parametrize(("file", "score"), [("hw 5.ipynb", 5), ("notes.txt", 0)])
def test_the_autograder_of_the_page_runs(tmp_path, file, score):
    """The script ``run_autograder``, as it stands on the page, writes the file and ends well for any submission."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "submission" / file).write_bytes((EXAMPLES / "document.ipynb").read_bytes())
    (script,) = (each for each in SHELL if "cd /autograder" in each)
    script = script.replace("/autograder", str(tmp_path)).replace("venv/bin/python", sys.executable)
    inherited = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script], env=inherited, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    found = read((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    assert found["score"] == score
    assert score or "there is no notebook (.ipynb) and no script (.py) in it" in found["output"]


@pytest.fixture(scope="module")
def document():
    """The names of the document's notebook, as in its kernel."""
    names = {"__name__": "__main__"}
    for cell in nbformat.read(EXAMPLES / "document.ipynb", 4).cells:
        if cell.cell_type == "code":
            exec(re.sub(r"^%.*$", "", cell.source, flags=re.MULTILINE), names)
    return names


@pytest.mark.waits
def test_the_cell_for_nbgrader_ends_in_the_points(document, capsys):
    """The cell prints the report and ends in the points. It writes nothing to stderr: nbgrader takes that as failed."""
    *lines, last = NBGRADER.strip().splitlines()
    names = dict(document)
    exec("\n".join(lines), names)
    assert eval(last, names) == 3
    out, err = capsys.readouterr()
    assert "carry-dropped" in out and err == ""


@pytest.mark.waits
def test_the_file_for_otter_has_a_test_for_each_function(document, monkeypatch):
    """The file of the page, run as otter runs it, fails the wrong function alone, and judges once for all."""

    class TestCase:
        __test__ = False

        def __init__(self, name, points):
            self.name, self.points = name, points

        def __call__(self, function):
            self.function = function
            return self

    otter, files = ModuleType("otter"), ModuleType("otter.test_files")
    files.test_case = TestCase
    monkeypatch.setitem(sys.modules, "otter", otter)
    monkeypatch.setitem(sys.modules, "otter.test_files", files)
    names, found = {}, SimpleNamespace(passed=[], failed={})
    exec(compile(OTTER, "rnn.py", "exec"), names)
    assert (names["OK_FORMAT"], names["name"]) == (False, "rnn")
    for case in [value for value in names.values() if isinstance(value, TestCase)]:
        assert case.points == 1
        try:
            case.function(env=document)
            found.passed.append(case.name)
        except AssertionError as error:
            found.failed[case.name] = str(error)
    assert found.passed == ["rnn_cell_forward", "rnn_forward", "rnn_cell_backward"]
    assert list(found.failed) == ["rnn_backward"] and "carry-dropped" in found.failed["rnn_backward"]
    assert len(names["reports"]) == 1

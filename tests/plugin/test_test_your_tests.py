"""Test your tests: ``python -m rnn_reference.faults TESTS.py`` says what a test file would have noticed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnn_reference.audit.run import Trial
from rnn_reference.audit.run import trials as run_trials
from rnn_reference.audit.table import faults_for, noticing, on_the_right_network, table
from rnn_reference.cells.registry import function_named
from rnn_reference.faults import CATALOGUE, faults_named

LONG = 600.0
"""Seconds after which a run of a file is taken for a hang: far more than it takes on a busy machine."""

ROOT = Path(__file__).resolve().parents[2]
COURSE = ROOT / "examples" / "course_tests.py"


def command(*arguments):
    """The command, as typed in the clone."""
    line = [sys.executable, "-m", "rnn_reference.faults", *map(str, arguments), f"--timeout={LONG}"]
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)


def trials(path, text, networks, seconds=LONG, module="rnn"):
    """The trials of a file with this text."""
    path.write_text(text)
    return run_trials(path, module, networks, seconds, processes=2)


@pytest.mark.waits
def test_a_few_mistakes(tmp_path):
    """A test that compares with the right tanh notices a wrong one, and not a mistake elsewhere."""
    text = (
        "import numpy, rnn\ndef test_tanh():\n    assert abs(rnn.tanh_forward(numpy.ones(1)) - numpy.tanh(1)) < 1e-9\n"
    )
    right, wrong, elsewhere = trials(
        tmp_path / "test_it.py", text, [(), faults_named("tanh-is-sigmoid"), faults_named("carry-dropped")[:1]]
    )
    assert right.passed == ["test_tanh"]
    assert noticing(right, wrong) == ["test_tanh"]
    assert noticing(right, elsewhere) == []


@pytest.mark.waits
def test_a_crash_and_a_hang_cost_one_run(tmp_path):
    """A file that kills its process, or hangs, has noticed that mistake; the other runs are as ever."""
    text = (
        "import os, time, numpy\nfrom homework.rnn import tanh_forward\n\n\ndef test_it():\n"
        "    value = tanh_forward(numpy.ones(1))[0]\n"
        "    while value < 0.74:\n        time.sleep(1)\n"
        "    os._exit(3) if value == 1 else None\n"
    )
    file, module = tmp_path / "test_it.py", "homework.rnn"
    right, died, other = trials(
        file, text, [(), faults_named("tanh-missing"), faults_named("carry-dropped")[:1]], module=module
    )
    assert (right.broke, other.broke) == ("", "")
    assert died.broke == "the process died"
    hung, again = trials(file, text, [faults_named("tanh-is-sigmoid")] * 2, seconds=0.5, module=module)
    assert hung.broke == again.broke == "no end after 0.5 s"


@pytest.mark.waits
def test_refusing_the_right_network(tmp_path):
    """A test that fails on the right network is told of first, and never counted as noticing anything."""
    text = "import rnn\ndef test_wrong():\n    assert rnn.lstm\ndef test_fine():\n    pass\n"
    right, wrong = trials(tmp_path / "test_it.py", text, [(), faults_named("carry-dropped")[:1]])
    said = on_the_right_network("test_it.py", right)
    assert said.startswith("test_it.py REFUSES A RIGHT NETWORK: 1 of 2 tests fail on it")
    assert "test_wrong: AttributeError" in said
    assert noticing(right, wrong) == []


def test_a_row_for_every_fault():
    """The table has a row for each mistake, says in how many ways it is noticed, and counts the rest as missed."""
    faults = faults_for("from rnn import rnn_forward")
    noticed = [Trial(failed={"t": ""}) if fault.variant == "halved" else Trial(passed=["t"]) for fault in faults]
    found = table(Trial(passed=["t"]), faults, noticed)
    assert found.ids == list(dict.fromkeys(fault.id for fault in faults))
    assert re.search(r"^tanh-scaled +t \(in 1 of 2 ways\)$", found.text, re.MULTILINE)
    assert list(found.missed) == found.ids


@pytest.mark.parametrize(("text", "named"), [
    ("lstm_backward(da, caches)", {"lstm"}), ("rnn_forward, lstm_forward", {"rnn", "lstm"}), ("run(x)", {"rnn", "lstm"})
])  # fmt: skip
def test_the_cells_that_a_file_names(text, named):
    """The mistakes are those of the cells whose functions the file names, or of all cells."""
    faults = faults_for(text)
    assert {function_named(fault.function).cell.name for fault in faults} == named
    assert (len(faults) == len(CATALOGUE)) == (len(named) == 2)


@pytest.mark.waits
def test_two_cells_have_rows_of_their_own(tmp_path):
    """In a file about both cells a mistake has a row for each cell, and is noticed in the cell that has it."""
    text = "import numpy, rnn\ndef test_it():\n    assert rnn.lstm_forward and rnn.rnn_forward\n"
    faults = faults_named("carry-dropped")
    right, *wrong = trials(tmp_path / "test_it.py", text, [(), *((fault,) for fault in faults)])
    found = table(right, faults, wrong)
    assert found.ids == ["rnn carry-dropped", "lstm carry-dropped"]
    assert found.missed["lstm carry-dropped"].startswith("da_prev and dc_prev")


@pytest.mark.parametrize(("text", "says"), [
    (None, "no such file"), ("import nothing_of_that_name\n", "could not be read"),
])  # fmt: skip
@pytest.mark.waits
def test_nothing_to_run(tmp_path, text, says):
    """A file that is missing or broken is told of in a line, with status 2."""
    path = tmp_path / "test_it.py"
    if text is not None:
        path.write_text(text)
    done = command(path)
    assert done.returncode == 2
    assert says in done.stdout + done.stderr


@pytest.mark.slow
def test_the_page_is_true():
    """What docs/how-to/test-your-tests.md shows is what the command prints."""
    page = (ROOT / "docs" / "how-to" / "test-your-tests.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n\$ python -m rnn_reference.faults examples/course_tests.py\n(.*?)```", page, re.DOTALL)[1]
    done = command(COURSE)
    assert done.returncode == 1
    assert _without_chance(done.stdout) == _without_chance(shown)


def _without_chance(text):
    """The lines but for that of not-repeatable: which tests notice a random mistake is chance."""
    return [line for line in text.strip().splitlines() if not line.startswith("not-repeatable ")]

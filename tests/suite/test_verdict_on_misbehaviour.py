"""The command ends with a verdict and a report, also for an implementation that misbehaves."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from folders import EXAMPLES, MISBEHAVING, ROOT

from rnn_reference.implementations.isolation.failures import MAX_FAILURES

pytestmark = pytest.mark.waits


def judged(target, folder, *options):
    """The report and the closing lines of one run of the command."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "rnn_reference", str(target), f"--rnn-report={report}", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode in (0, 1, 2), done.stderr
    return json.loads(report.read_text()), done.stdout


def test_hanging_costs_its_own_checks(tmp_path):
    """A function that hangs times out in every check of it, and is called three times at most. Others are judged."""
    report, said = judged(MISBEHAVING / "hangs.py:Everywhere", tmp_path, "--rnn-timeout=2", "--rnn-only=forward")
    verdicts = {name: function["verdict"] for name, function in report["functions"].items()}
    assert verdicts["tanh_forward"] == verdicts["rnn_cell_forward"] == "wrong"
    assert verdicts["softmax_forward"] == "conforms"
    timed_out = [check for check in report["checks"] if check["outcome"] == "timed out"]
    called = Counter(check["function"] for check in timed_out if "not called any more" not in check["message"])
    assert len(timed_out) > 15
    assert max(called.values()) == MAX_FAILURES
    assert "timed out   no answer within 2 s" in said


def test_dying_is_shown_with_its_output(tmp_path):
    """A function that ends its process is a crash. The report has the signal, the place and the printed text."""
    report, said = judged(MISBEHAVING / "dies.py:BySegfault", tmp_path, "--rnn-only=protocol")
    assert report["functions"]["tanh_forward"]["verdict"] == "wrong"
    assert report["counts"]["crashed"] == 1
    assert re.search(r"error +its process was killed by SIGSEGV", said)
    assert re.search(r"where +dies.py, line 14", said)
    assert re.search(r"printed +about to read address 0", said)


@pytest.mark.parametrize(("what", "function"), [
    ("TimeFirst", "rnn_forward"), ("Flat", "rnn_forward"), ("FlatGradients", "rnn_backward")])  # fmt: skip
def test_another_shape_is_no_mistake_of_ours(tmp_path, what, function):
    """Every check that fails because of a wrong shape says so."""
    report, _ = judged(MISBEHAVING / f"shapes.py:{what}", tmp_path, "--rnn-only=property", "--rnn-examples=1")
    assert report["functions"][function]["verdict"] == "wrong"
    stumbled = [check for check in report["checks"] if check["outcome"] == "failed"]
    assert any("has shape" in check["message"] for check in stumbled)
    assert not [check for check in stumbled if check["message"].startswith("error")]


def test_spoiling_the_input_is_wrong(tmp_path):
    """An implementation that computes in its argument fails that check, and only that."""
    report, _ = judged(MISBEHAVING / "spoils.py:Input", tmp_path, "--rnn-only=property.tanh_input_kept")
    assert [check["message"].partition("; ")[0] for check in report["checks"]] == ["changed: x: not as before the call"]


def test_what_cannot_be_loaded_is_unusable(tmp_path):
    """A target that ends its process at import has a report too, and the command's status is 2."""
    report, _ = judged(MISBEHAVING / "dies_at_import.py", tmp_path)
    assert report["verdict"] == "unusable"
    assert "exit status 7" in report["implementation"]["notes"][0]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is another matter there")
def test_interrupting_writes_the_report(tmp_path):
    """Ctrl-C ends the run with a report of the checks that ran, which does not call anything right as a whole."""
    report = tmp_path / "report.json"
    target = EXAMPLES / "right.py"
    command = [sys.executable, "-m", "rnn_reference", target, f"--rnn-report={report}", "-v", "--rnn-examples=300"]
    heeds = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background does not
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=heeds,  # noqa: PLW1509 (no threads here)
    )  # fmt: skip
    for line in run.stdout:
        if "test_property" in line:
            break
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=300)
    written = json.loads(report.read_text())
    assert run.returncode == 2
    assert written["verdict"] == "not judged"
    assert written["counts"]["passed"] > 10
    assert re.search(r"stopped early: \d+ of \d+ checks did not run", written["implementation"]["notes"][-1])


@pytest.mark.slow
def test_no_worker_outlives_its_run(tmp_path):
    """A run that is killed while its implementation hangs leaves no process behind."""
    run = subprocess.Popen([sys.executable, "-m", "rnn_reference", MISBEHAVING / "hangs.py:Busy", "-v"],
                           stdout=subprocess.PIPE, text=True, cwd=ROOT)  # fmt: skip
    worker = []
    while not worker:
        worker = _children_of(run.pid)
        time.sleep(0.05)
    time.sleep(1.0)
    run.kill()
    run.communicate()
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in worker if Path(f"/proc/{pid}").exists()]


def _children_of(pid):
    tasks = Path(f"/proc/{pid}/task/{pid}/children")
    if not tasks.exists():
        pytest.skip("no list of a process's children here")
    return tasks.read_text().split()

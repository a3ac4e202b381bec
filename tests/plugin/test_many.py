"""Many targets at once: each is judged exactly once, independently of the others."""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from folders import EXAMPLES, MISBEHAVING, ROOT

from rnn_reference.many.files import Csv, Json
from rnn_reference.many.run import judge_all
from rnn_reference.many.task import Task, merged, tasks_for
from rnn_reference.report.verdict import unusable

pytestmark = pytest.mark.waits

BROKEN = "here is my homework\n"
HANGING = "import time\n\ndef tanh_forward(x):\n    time.sleep(1e6)\n"
DYING = "import os\n\ndef tanh_forward(x):\n    os._exit(5)\n"
STUB = "def tanh_forward(x):\n    raise NotImplementedError\n"


def command(*arguments):
    """Run the command; it ends in time."""
    run = [sys.executable, "-m", "rnn_reference", *map(str, arguments)]
    return subprocess.run(run, capture_output=True, text=True, cwd=ROOT, timeout=1200, check=False)


def forty(folder):
    """Forty targets of all kinds in a folder, and the verdict that each should have."""
    kinds = {
        "right.py": (14, EXAMPLES / "right.py", "conforms"),
        "wrong.ipynb": (10, EXAMPLES / "document.ipynb", "wrong"),
        "broken.py": (4, BROKEN, "unusable"),
        "hanging.py": (3, HANGING, "wrong"),
        "dying.py": (3, DYING, "wrong"),
        "stub.py": (3, STUB, "not implemented"),
        "ends.py": (3, MISBEHAVING / "dies_at_import.py", "unusable"),
    }
    expected = {}
    for name, (count, content, verdict) in kinds.items():
        for number in range(count):
            path = folder / f"student{number:02}_{name}"
            path.write_text(content.read_text() if isinstance(content, Path) else content)
            expected[str(path)] = verdict
    assert len(expected) == 40
    return expected


def verdicts_in(path):
    """The verdicts of a list of reports by target, each of which has one report."""
    reports = json.loads(Path(path).read_text())
    assert max(Counter(report["implementation"]["name"] for report in reports).values()) == 1
    return {report["implementation"]["name"]: report["verdict"] for report in reports}


def targets_in(path):
    """The targets of a CSV file, in its order."""
    return [row["target"] for row in csv.DictReader(Path(path).read_text().splitlines())]


def test_several_targets_end_in_one_table(tmp_path):
    """Several targets are judged each by itself, and end in a table, a CSV and a JSON list of one object each."""
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "stub.py").write_text(STUB)
    done = command(tmp_path, MISBEHAVING / "dies.py:ByExit", "-n", 2, "--rnn-only=protocol",
                   f"--csv={tmp_path / 'table.csv'}", f"--json={tmp_path / 'all.json'}")  # fmt: skip
    assert done.returncode == 2
    assert "[3/3]" in done.stderr
    assert done.stdout.splitlines()[-1] == "1 not implemented, 1 unusable, 1 wrong"
    rows = {Path(row["target"]).name: row for row in csv.DictReader((tmp_path / "table.csv").read_text().splitlines())}
    assert rows["broken.py"]["verdict"] == "unusable" and "line 1 is not Python" in rows["broken.py"]["fault"]
    assert rows["stub.py"]["fault"] == "tanh_forward not implemented"
    assert rows["dies.py:ByExit"]["fault"] == "tanh_forward crashed"
    assert set(verdicts_in(tmp_path / "all.json").values()) == {"unusable", "not implemented", "wrong"}


def test_a_campaign_is_ranges_of_seeds():
    """Many examples are split into tasks of a thousand for every target. Each task has its own seed."""
    tasks = tasks_for(["a.py", "b.py", "a.py"], ["--rnn-strict"], seed=7, examples=2500)
    assert [(task.target, task.seed, task.examples) for task in tasks] == [
        (name, seed, count) for name in ("a.py", "b.py") for seed, count in ((7, 1000), (8, 1000), (9, 500))
    ]


def _report(name, outcome, verdict):
    function = {"verdict": verdict, "faults": [], "candidates": [], "shown_by": "forward.fresh"}
    return {"implementation": {"name": name, "notes": []}, "verdict": verdict, "functions": {"rnn_forward": function},
            "checks": [{"id": "forward.fresh", "outcome": outcome}], "counts": {"passed": 0, outcome: 1}}  # fmt: skip


def test_one_bad_seed_is_not_outvoted():
    """The worst range of seeds decides the verdict of a target, its functions, checks and counts."""
    good, bad = _report("a", "passed", "conforms"), _report("a", "failed", "wrong")
    for ranges in ([good, bad, good], [bad, good]):
        (report,) = merged(ranges)
        assert report["verdict"] == report["functions"]["rnn_forward"]["verdict"] == "wrong"
        assert report["counts"] == {"passed": 0, "failed": 1}
    assert [r["verdict"] for r in merged([good, _report("b", "failed", "wrong")])] == ["conforms", "wrong"]


@pytest.mark.parametrize(("verdicts", "status"), [
    (["conforms", "conforms"], 0), (["conforms", "wrong"], 1), (["wrong", "not implemented"], 1),
    (["unusable", "wrong"], 2)])  # fmt: skip
def test_the_status_is_that_of_the_worst(verdicts, status, capsys):
    """The exit status is 0 if all conform, 2 if one could not be judged, and else 1."""
    reports = [_report(str(i), "passed", verdict) for i, verdict in enumerate(verdicts)]
    reports = [unusable(r["implementation"]["name"], "?") if r["verdict"] == "unusable" else r for r in reports]
    tasks = [Task(str(i), ".") for i in range(len(verdicts))]
    assert judge_all(tasks, lambda given: iter(reports)) == status
    assert len(capsys.readouterr().out.splitlines()) == len(verdicts) + 2


def test_interrupting_keeps_what_is_done(capsys):
    """After Ctrl-C there is a table of the finished targets, and the number of the others."""

    def interrupted(tasks):
        yield _report("a", "passed", "conforms")
        raise KeyboardInterrupt

    assert judge_all([Task("a", "."), Task("b", ".")], interrupted) == 2
    said = capsys.readouterr().out
    assert "a       conforms" in said and "stopped early: 1 of 2 were not judged" in said


@pytest.mark.slow
def test_a_campaign_is_judged_as_one_target(tmp_path):
    """A campaign of two ranges of seeds ends in one row for each target."""
    options = ["--rnn-examples=1010", "--rnn-only=property.backward_causal", f"--json={tmp_path / 'all.json'}"]
    assert command(EXAMPLES / "right.py", *options).returncode == 0
    done = command(EXAMPLES / "right.py", MISBEHAVING / "shapes.py:FlatGradients", *options)
    assert done.returncode == 1
    assert "[4/4]" in done.stderr
    assert list(verdicts_in(tmp_path / "all.json").values()) == ["conforms", "wrong"]


@pytest.mark.slow
def test_forty_mixed_targets(tmp_path):
    """A folder of forty targets, right, wrong, broken and hanging, has one object each in the JSON."""
    expected = forty(tmp_path)
    done = command(tmp_path, "--rnn-timeout=5", "-n", "auto", f"--json={tmp_path / 'all.json'}")
    assert done.returncode == 2
    assert verdicts_in(tmp_path / "all.json") == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dask", path=Path(sys.executable).parent) is None, reason="needs dask[distributed]")
def test_forty_targets_on_a_cluster_that_loses_a_worker(tmp_path):
    """On a Dask cluster whose worker is killed half way every target is judged once and none is lost."""
    (tmp_path / "targets").mkdir()
    expected = forty(tmp_path / "targets")
    with Cluster(tmp_path) as (address, workers):
        run = subprocess.Popen([sys.executable, "-m", "rnn_reference", tmp_path / "targets", "--rnn-timeout=5",
                                f"--dask={address}", f"--json={tmp_path / 'all.json'}"],
                               stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # fmt: skip
        while "[15/40]" not in run.stderr.readline():
            assert run.poll() is None
        os.killpg(workers[0].pid, signal.SIGKILL)
        out, _ = run.communicate(timeout=900)
    assert run.returncode == 2, out
    assert verdicts_in(tmp_path / "all.json") == expected


class Cluster:
    """A Dask scheduler and two workers of one thread on this machine, ended with the block."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        port = address.rpartition(":")[2]
        self.started = [self._start("scheduler", "--host=127.0.0.1", f"--port={port}", "--no-dashboard")]
        time.sleep(2)
        worker = ("worker", address, "--nthreads=1", "--no-dashboard", f"--local-directory={self.folder}")
        self.started += [self._start(*worker) for _ in range(2)]
        return address, self.started[1:]

    def _start(self, *arguments):
        with open(self.folder / "dask.log", "ab") as log:
            return subprocess.Popen([sys.executable, "-m", "dask", *arguments], stdout=log, stderr=log, cwd=ROOT,
                                    start_new_session=True)  # fmt: skip

    def __exit__(self, *raised):
        for process in reversed(self.started):
            try:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                process.kill()
                process.wait()


def test_a_folder_of_folders_is_read(tmp_path):
    """Notebooks and scripts in nested folders are targets; hidden and private ones, and caches, are not."""
    for name in ("a/one.py", "a/b/two.ipynb", ".ipynb_checkpoints/three.ipynb", "_old/four.py", "a/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = [task.target for task in tasks_for([str(tmp_path)], [], 0, 20)]
    assert found == [str(tmp_path / "a" / "b" / "two.ipynb"), str(tmp_path / "a" / "one.py")]


def test_an_empty_folder_is_no_success(tmp_path):
    """A folder without targets ends with status 2 and one line that says what was looked for."""
    done = command(tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip().endswith("there is no notebook (.ipynb) and no script (.py) in it or in its folders")


@pytest.mark.parametrize("option", ["--csv", "--json"])
def test_a_file_that_cannot_be_written_is_said_first(tmp_path, option):
    """A file that cannot be written is told of before anything is judged, with status 2."""
    for path, why in ((tmp_path / "none" / "table", f"there is no folder {tmp_path / 'none'}"), (tmp_path, "Is a dir")):
        done = command(EXAMPLES / "right.py", f"{option}={path}")
        assert done.returncode == 2
        assert done.stderr.startswith(f"{option}={path}: {why}") and "[1/1]" not in done.stderr


def test_each_result_is_in_the_files_at_once(tmp_path):
    """CSV and JSON are complete after each result, and keep their old content until the first one."""
    table, reports = tmp_path / "table.csv", tmp_path / "all.json"
    table.write_text("old")
    names = dict(zip("abc", "abc", strict=True))
    files = [Csv(str(table), names), Json(str(reports), names)]
    assert table.read_text() == "old"
    for number, name in enumerate("abc", 1):
        for file in files:
            file.add(_report(name, "passed", "conforms"))
        assert len(json.loads(reports.read_text())) == number
        assert targets_in(table) == list("abc")[:number]


def test_a_pipe_gets_everything_at_the_end(tmp_path):
    """A file that is a pipe is written once; a table for people goes to a closed output without harm."""
    done = command("stepwise", "--rnn-only=protocol.network_forward", "--csv=/dev/stderr")
    assert (done.returncode, "stepwise,conforms" in done.stderr) == (0, True), done.stderr
    judged = f"{sys.executable} -m rnn_reference stepwise --rnn-only=protocol.network_forward"
    closed = f"{judged} --rnn-report={tmp_path}/r.json >&-"
    assert subprocess.run(closed, shell=True, cwd=ROOT, timeout=600, check=False).returncode == 0
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "conforms"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said_and_is_no_wrong_network(tmp_path, capsys):
    """A file that cannot be written to the end is an error of its own, with status 2, and the table is printed."""
    (tmp_path / "full.csv").symlink_to("/dev/full")
    ended = judge_all([Task("a", ".")], lambda given: iter([_report("a", "passed", "conforms")]),
                      [Csv(str(tmp_path / "full.csv"), {"a": "a"})])  # fmt: skip
    out, err = capsys.readouterr()
    assert (ended, "a       conforms" in out) == (2, True)
    assert "full.csv: No space left on device" in err


def test_the_end_by_sigterm_keeps_what_is_finished(capsys, tmp_path):
    """A run that is ended by SIGTERM writes the table and the files of the finished targets."""

    def ended(tasks):
        yield _report("a", "passed", "conforms")
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

    before = signal.getsignal(signal.SIGTERM)
    assert judge_all([Task("a", "."), Task("b", ".")], ended, [Json(str(tmp_path / "all.json"), {})]) == 2
    assert signal.getsignal(signal.SIGTERM) is before
    assert "stopped early: 1 of 2 were not judged" in capsys.readouterr().out
    assert verdicts_in(tmp_path / "all.json") == {"a": "conforms"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_finished_results_survive(tmp_path, how):
    """After SIGTERM and after SIGKILL the results of the finished targets are in the files, however others hang."""
    (tmp_path / "hanging.py").write_text(HANGING)
    (tmp_path / "stub.py").write_text(STUB)
    run = subprocess.Popen(
        [sys.executable, "-m", "rnn_reference", tmp_path, "-n", "2", "--rnn-timeout=60", "--rnn-only=protocol.tanh",
         f"--json={tmp_path / 'all.json'}", f"--csv={tmp_path / 't.csv'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    with run:
        assert "[1/2]" in run.stderr.readline()
        while not (tmp_path / "all.json").exists() or not (tmp_path / "all.json").stat().st_size:
            time.sleep(0.01)
        run.send_signal(how)
        run.stderr.close()
    assert run.returncode == (2 if how == signal.SIGTERM else -how)
    assert verdicts_in(tmp_path / "all.json") == {str(tmp_path / "stub.py"): "not implemented"}
    assert targets_in(tmp_path / "t.csv") == [str(tmp_path / "stub.py")]


@pytest.mark.parametrize("targets", [["right.py"], ["right.py", "document.ipynb"]])
def test_a_reader_that_leaves_ends_nothing(tmp_path, targets):
    """After a pipe into head there is no traceback, the files are written, and the status is that of the verdict."""
    option = "--rnn-report" if len(targets) == 1 else "--json"
    run = subprocess.Popen(
        [sys.executable, "-m", "rnn_reference", *(EXAMPLES / name for name in targets), "--rnn-only=protocol",
         f"{option}={tmp_path / 'all.json'}"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    with run:
        run.stdout.close()
        said = run.stderr.read()
        assert run.wait(timeout=300) == 0, said
    assert "Error" not in said
    assert "conforms" in (tmp_path / "all.json").read_text()

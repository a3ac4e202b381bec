"""Runs from the command line and pytest: which checks run, the report, and the exit status."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import EXAMPLES, ROOT
from names import FUNCTIONS

from rnn_reference.__main__ import main
from rnn_reference.implementations.adapters import reference
from rnn_reference.options import IN_PYTEST, TABLE
from rnn_reference.paths import checks_folder
from rnn_reference.plugin import require_sound
from rnn_reference.report.expected import matches, no_such_check
from rnn_reference.report.files import refusal
from rnn_reference.report.verdict import finite

EVERY_ID = (checks_folder() / "ids.txt").read_text(encoding="utf-8").split()
IDS = [check for check in EVERY_ID if "[lstm" not in check]
"""The ids of the checks of the tanh RNN."""

OUTCOMES = {"passed", "failed", "crashed", "timed out", "not implemented", "not judged", "advice", "not offered"}


# The full run, from a folder that would spoil it


def test_the_ids_of_the_checks_are_frozen(judged):
    """The checks that run are those of the list: an id that is new is added at its end, none is used again."""
    assert sorted(check["id"] for check in judged.report["checks"]) == sorted(IDS)
    assert len(set(EVERY_ID)) == len(EVERY_ID)


@pytest.mark.waits
def test_every_id_is_that_of_a_check(suite):
    """The reference, which offers every cell, is asked every check of the list, and no other."""
    assert set(suite(reference, "--rnn-examples=1").records) == set(EVERY_ID)


@pytest.mark.waits
@pytest.mark.parametrize("processes", [[], ["-p", "xdist", "-n2"]], ids=["one", "two"])
def test_the_order_and_the_process_do_not_matter(run, judged, tmp_path, processes):
    """The report is the same but for its date, in another order, with other random numbers, and from two processes."""
    if processes:
        pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    options = (f"--rnn={EXAMPLES / 'document.ipynb'}", "--rnn-examples=2", "--rnn-report=out.json", "-q")
    path = f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'helpers'}"
    run("-m", "pytest", "-p", "rnn_reference.plugin", "-p", "shuffled", *processes, *options, cwd=tmp_path,
        PYTHONPATH=path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")  # fmt: skip
    report = json.loads((tmp_path / "out.json").read_text())
    report["run"]["date"] = judged.report["run"]["date"]
    assert report == judged.report


def test_ids_are_group_check_and_parameters():
    """An id begins with its group, and brackets hold its parameters."""
    groups = {"protocol", "golden", "forward", "gradient", "property", "numerics"}
    assert {check.partition(".")[0] for check in IDS} == groups
    assert "gradient.network[T_x=6]" in IDS


def test_the_caller_s_settings_do_not_matter(judged):
    """A run heeds no pytest.ini, conftest, environment variable or module of the caller's folder."""
    assert judged.run.stderr == ""
    assert judged.run.returncode == 1
    assert judged.report["counts"]["failed"] > 1


def test_a_run_leaves_nothing_behind(judged):
    """A run writes the report into the caller's folder, and nothing else."""
    assert [path.name for path in judged.left] == ["out.json"]


def test_the_report_has_its_schema(judged):
    """The report has the fields of its schema: for the whole, each function and each check."""
    report = judged.report
    assert list(report) == ["schema", "suite", "run", "implementation", "verdict", "functions", "checks", "counts"]
    assert (report["schema"], report["verdict"]) == (1, "wrong")
    assert report["implementation"] == {"name": str(EXAMPLES / "document.ipynb"), "dtype": "float64", "notes": []}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", report["run"]["date"])
    assert set(report["run"]["versions"]) == {"python", "numpy"}
    assert report["functions"]["rnn_backward"]["where"]["place"].startswith("document.ipynb, cell ")
    assert list(report["functions"]) == list(FUNCTIONS)
    for function in report["functions"].values():
        assert {"verdict", "faults", "candidates", "convention", "first_wrong_step", "evidence"} <= set(function)
    for check in report["checks"]:
        assert {"id", "outcome", "message", "problem", "smallest_error_seen"} <= set(check)
        assert check["outcome"] in OUTCOMES
    assert report["counts"].keys() >= {"passed", "failed", "advice", "not offered"}
    assert sum(report["counts"].values()) == len(report["checks"])


def test_the_report_names_the_document_s_mistake(judged):
    """In the document's notebook only rnn_backward is wrong, with a named fault, from the last step but one."""
    verdicts = {name: function["verdict"] for name, function in judged.report["functions"].items()}
    assert verdicts == {name: "wrong" if name == "rnn_backward" else "conforms" for name in FUNCTIONS}
    wrong = judged.report["functions"]["rnn_backward"]
    assert (wrong["faults"], wrong["first_wrong_step"]) == (["carry-dropped"], 4)
    assert wrong["evidence"]["worst"]["tensor"] == "dx"


def test_numbers_that_json_lacks_become_null():
    """A NaN or an infinity anywhere in the evidence is null in the report, and every other value is itself."""
    evidence = {"a": [1.5, float("nan")], "b": {"c": float("-inf")}, "d": [("dx", "nan")], "e": [None, True, 3]}
    assert finite(evidence) == {"a": [1.5, None], "b": {"c": None}, "d": [["dx", "nan"]], "e": [None, True, 3]}


@pytest.mark.waits
def test_several_processes_give_the_same_report(run, judged, tmp_path):
    """With ``-n 2``, the same checks give the same records in the same order."""
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    target = f"--rnn={EXAMPLES / 'document.ipynb'}"
    options = ("--rnn-examples=2", "--rnn-only=golden", "--rnn-report=out.json", "-p", "xdist", "-n", "2", "-q")
    command = ("-m", "pytest", "-p", "rnn_reference.plugin", target, *options)
    done = run(*command, cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 1
    golden = [check for check in judged.report["checks"] if check["id"].startswith("golden.")]
    assert json.loads((tmp_path / "out.json").read_text())["checks"] == golden
    assert f"{len(golden)} checks: " in done.stdout


@pytest.mark.waits
def test_a_clone_runs_its_checks_without_being_installed(run):
    """``pytest checks`` in a clone finds the plug-in and all the checks, whether or not the package is installed."""
    done = run("-m", "pytest", "checks", "--collect-only", "-q", cwd=EXAMPLES.parent)
    assert done.returncode == 0, done.stdout
    assert f"{len(EVERY_ID)} tests collected" in done.stdout


# Options


@pytest.mark.parametrize(
    "check, wanted, meant",
    [
        ("gradient.network[T_x=6]", "gradient.network[T_x=6]", True),
        ("gradient.network[T_x=6]", "gradient.network", True),
        ("gradient.network[T_x=6]", "gradient", True),
        ("gradient.network_fresh", "gradient.network", False),
        ("gradient.network[T_x=6]", "grad", False),
        ("gradient.network[T_x=6]", "network", False),
    ],
)
def test_only_picks_a_check_a_family_or_a_group(check, wanted, meant):
    """``--rnn-only`` takes an id, an id without its parameters, or a group, and no part of a word."""
    assert matches(check, wanted) is meant


@pytest.mark.parametrize(
    "wanted, said",
    [
        ("gradient.netwrk[T_x=6]", "did you mean gradient.network[T_x=6]"),
        ("gradients", "did you mean gradient"),
        ("gradient.nothing", "there are gradient.cell, gradient.cell_float32, gradient.cell_fresh, gradient."),
        ("xyzzy", "there are forward, golden, gradient, numerics, property, protocol"),
    ],
)
def test_only_suggests_what_there_is(wanted, said):
    """For an id that matches nothing, the message suggests the nearest one and lists the group."""
    assert said in no_such_check(wanted, set(IDS))


def test_only_that_matches_nothing_is_a_usage_error(run, tmp_path):
    """``--rnn-only`` with an id that matches nothing ends the command with status 2 and one line."""
    done = run("-m", "rnn_reference", "stepwise", "--rnn-only=gradient.netwrk", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip().startswith("ERROR: --rnn-only=gradient.netwrk matches no check; did you mean gradient.")
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    "option, said",
    [
        ({"rnn_examples": 0}, "--rnn-examples must be at least 1, got 0"),
        ({"rnn_seed": -1}, "--rnn-seed must be at least 0, got -1"),
        ({"rnn_timeout": 0.0}, "--rnn-timeout must be more than 0, got 0"),
        ({"rnn_memory": float("nan")}, "--rnn-memory must be more than 0, got nan"),
        ({"rnn_blackbox_inputs": 0}, "--rnn-blackbox-inputs must be at least 1, got 0"),
        ({"rnn_blackbox": "a:f", "rnn": "b"}, "--rnn-blackbox replaces --rnn, and has no --rnn-convention"),
        ({"rnn_report": "out.pdf"}, "--rnn-report=out.pdf: the name must end in .html, .json or .md"),
        ({"rnn_report": "nowhere/out.json"}, "--rnn-report=nowhere/out.json: there is no folder nowhere"),
    ],
)
def test_options_that_cannot_be_are_refused_at_once(option, said):
    """An option that could not be honoured is refused before anything runs, with its value."""
    defaults = {each.dest: each.default for each in IN_PYTEST}
    require_sound(SimpleNamespace(**defaults))
    with pytest.raises(pytest.UsageError) as raised:
        require_sound(SimpleNamespace(**defaults | option))
    assert str(raised.value) == said


LARGE = """
import numpy as np

def tanh_forward(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))

def rnn_forward(x, a0, parameters):
    return a0, x
"""


@pytest.mark.waits
def test_strict_makes_advice_fail(run, judged, tmp_path):
    """Advice becomes a failure with ``--rnn-strict``, and the line to run it again contains the option."""
    lenient = {check["id"]: check["outcome"] for check in judged.report["checks"]}
    assert lenient["numerics.tanh_large"] == "advice"
    (tmp_path / "homework.py").write_text(LARGE)
    done = run("-m", "pytest", "-p", "rnn_reference.plugin", "--rnn=homework.py", "--rnn-only=numerics", "--rnn-strict",
               cwd=tmp_path)  # fmt: skip
    assert done.returncode == 1
    assert re.search(r"tanh_forward is wrong +numerics.tanh_large\n", done.stdout)
    assert "--rnn-only=numerics.tanh_large --rnn-seed=0 --rnn-strict" in done.stdout
    assert "returned    2 values, expected the three a, y_pred, caches" in done.stdout
    assert not re.search(r"Traceback|\.py:\d+:|^E  ", done.stdout, flags=re.MULTILINE)


# Exit status, and what cannot be judged


def test_a_right_target_ends_with_status_0_and_names_its_checks(run, tmp_path):
    """A target that conforms ends the command with status 0; ``-v`` names each check."""
    done = run("-m", "rnn_reference", EXAMPLES / "right.py", "--rnn-only=protocol", "-v", cwd=tmp_path)
    assert done.returncode == 0
    assert "right.py: conforms" in done.stdout
    assert "test_network_backward[T_x=6] PASSED" in done.stdout


def test_an_unusable_target_ends_with_status_2_one_line_and_a_report(run, tmp_path):
    """A target that cannot be loaded ends the command with status 2, one line, and a report that says so."""
    (tmp_path / "homework.py").write_text("def (\n")
    done = run("-m", "rnn_reference", "homework.py", "--rnn-report=out.json", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("ERROR: homework.py, line 1 is not Python (")
    report = json.loads((tmp_path / "out.json").read_text())
    assert (report["schema"], report["verdict"], report["functions"], report["checks"]) == (1, "unusable", {}, [])
    assert done.stderr.strip().removeprefix("ERROR: ") == report["implementation"]["notes"][0]


def test_a_target_of_which_nothing_can_be_judged_is_no_success(run, tmp_path):
    """A backward pass without the forward pass that would make its caches is not judged: status 2."""
    (tmp_path / "homework.py").write_text("def rnn_backward(da, caches):\n    return {}\n")
    done = run("-m", "rnn_reference", "homework.py", "--rnn-only=protocol", cwd=tmp_path)
    assert done.returncode == 2
    assert "homework.py: not judged" in done.stdout
    assert "rnn_backward        not judged: homework.py has no rnn_forward" in done.stdout


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "expected a target, got none"),
        (["--rnn-seed=1"], "expected a target, got none"),
        ([""], "expected a target, got an empty name"),
    ],
)
def test_the_command_wants_a_target(arguments, said, capsys):
    """A missing target is a usage error with status 2."""
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith(said)


def test_the_command_explains_itself(capsys):
    """``--help`` describes the possible targets, and lists every option except the one for the target."""
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "notebook.ipynb" in said
    assert all(option.name in said for option in TABLE if option.name != "--rnn")


def test_a_value_may_stand_apart_from_its_option(run, tmp_path):
    """The command takes ``--rnn-only ID`` as well as ``--rnn-only=ID``."""
    done = run(
        "-m", "rnn_reference", "stepwise", "--rnn-only", "protocol.network_forward", "--rnn-strict", cwd=tmp_path
    )
    assert (done.returncode, "stepwise: conforms" in done.stdout) == (0, True), done.stdout + done.stderr


# What did not pass is counted


MIXED = """
import numpy as np

tolerance = {"protocol.tanh": float("inf")}

def tanh_forward(x):
    return np.tanh(x)

def softmax_forward(x):
    return x.nothing

def rnn_cell_forward(xt, a_prev, parameters):
    raise NotImplementedError

def rnn_forward(x, a0, parameters):
    pass

def rnn_backward(da, caches):
    return {}
"""


@pytest.fixture(scope="module")
def mixed(run, tmp_path_factory):
    """A run of a target with a crash, two stubs, something missing and something right."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "homework.py").write_text(MIXED)
    done = run("-m", "rnn_reference", "homework.py", "--rnn-only=protocol", "--rnn-report=out.json", cwd=folder)
    return SimpleNamespace(run=done, report=json.loads((folder / "out.json").read_text()), folder=folder)


def test_every_outcome_is_counted(mixed):
    """The closing lines count crashes, stubs and functions that are not offered, beside the passed checks."""
    assert mixed.run.returncode == 1
    assert mixed.report["counts"] == {
        "passed": 1, "failed": 0, "crashed": 1, "not implemented": 8, "advice": 0, "not offered": 2,
    }  # fmt: skip
    counted = "12 checks: 1 passed, 0 failed, 1 crashed, 8 not implemented, 0 advice, 2 not offered"
    assert counted in mixed.run.stdout


def test_every_function_has_its_verdict(mixed):
    """A crash is wrong, a stub is not implemented, a missing function is not offered."""
    verdicts = {name: function["verdict"] for name, function in mixed.report["functions"].items()}
    assert verdicts == {
        "tanh_forward": "conforms", "softmax_forward": "wrong", "rnn_cell_forward": "not implemented",
        "rnn_forward": "not implemented", "rnn_cell_backward": "not offered", "rnn_backward": "not judged",
    }  # fmt: skip
    assert "rnn_backward        not judged: rnn_forward must work first" in mixed.run.stdout
    for name, verdict in verdicts.items():
        assert f"{name:<19} {verdict}" in mixed.run.stdout


@pytest.mark.waits
def test_the_line_to_run_again_can_be_pasted(run, plain, tmp_path):
    """The line printed under a failure, pasted into a shell, gives the same failure."""
    line = next(line for line in plain.stdout.splitlines() if line.strip().startswith("rerun "))
    words = shlex.split(line)[1:]
    assert words[:2] == ["python", "-m"] and "my homework.ipynb" in words
    (tmp_path / "my homework.ipynb").write_bytes((EXAMPLES / "document.ipynb").read_bytes())
    again = run("-c", f"import os; raise SystemExit(os.waitstatus_to_exitcode(os.system({line.split(None, 1)[1]!r})))",
                cwd=tmp_path, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # fmt: skip
    assert again.returncode == 1
    worst = next(line.split() for line in plain.stdout.splitlines() if line.strip().startswith("worst "))
    assert worst in [line.split() for line in again.stdout.splitlines()]


def test_a_report_that_cannot_be_written_is_said_first(run, tmp_path):
    """A path that is a folder ends the command at once with status 2; a report from before is kept until the end."""
    (tmp_path / "folder.json").mkdir()
    done = run("-m", "rnn_reference", "stepwise", "--rnn-report=folder.json", cwd=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (2, "")
    assert done.stderr.strip() == "ERROR: --rnn-report=folder.json: Is a directory"
    (tmp_path / "old.json").write_text("old")
    assert (refusal(tmp_path / "old.json"), refusal(tmp_path / "new.json")) == ("", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.json", "old.json"]
    assert (tmp_path / "old.json").read_text() == "old"


@pytest.mark.waits
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("command", "status"), [("rnn_reference", 2), ("pytest", 4)])
def test_a_full_disk_is_no_verdict(run, tmp_path, command, status):
    """If the report cannot be written at the end, the verdict is still shown, and the status is that of an error."""
    (tmp_path / "full.json").symlink_to("/dev/full")
    target = ["stepwise"] if command == "rnn_reference" else ["-p", "rnn_reference.plugin", "--rnn=stepwise"]
    done = run("-m", command, *target, "--rnn-report=full.json", "--rnn-only=protocol.network_forward", cwd=tmp_path,
               PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")  # fmt: skip
    assert (done.returncode, "stepwise: conforms" in done.stdout) == (status, True)
    assert "ERROR: --rnn-report=full.json: No space left on device: there is no report" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


SLOW = """
import time

def tanh_forward(x):
    time.sleep(1)
    return x
"""


@pytest.mark.waits
def test_sigterm_leaves_a_report_of_what_ran(tmp_path):
    """SIGTERM ends a run as Ctrl-C does: with closing lines, a report of the checks so far, and status 2."""
    (tmp_path / "slow.py").write_text(SLOW)
    command = [sys.executable, "-m", "rnn_reference", "slow.py", "--rnn-report=out.json", "-v"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path,
                           env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    with run:
        while "FAILED" not in (line := run.stdout.readline()):
            assert line or run.poll() is None
        run.terminate()
        assert "stopped early" in run.stdout.read()
    report = json.loads((tmp_path / "out.json").read_text())
    assert (run.returncode, report["verdict"], report["counts"]["failed"] >= 1) == (2, "wrong", True)


# Beside other people's tests


@pytest.mark.waits
def test_without_a_path_the_checks_alone_run(plain):
    """``pytest --rnn=TARGET`` from any folder runs the checks, and none of the tests that lie there."""
    assert plain.returncode == 1
    assert "test_own" not in plain.stdout
    assert "1 failed" in plain.stdout.splitlines()[-1]


def test_other_people_s_runs_pay_nothing(run, tmp_path):
    """A pytest run that is not ours imports neither numpy nor an implementation."""
    rooms = ("cells", "implementations", "report", "numerics", "problems", "faults", "judging", "diagnosis")
    ours = [f"rnn_reference.{part}" for part in rooms]
    heavy = ("numpy", *ours)
    (tmp_path / "test_own.py").write_text(
        f"import sys\n\ndef test_own():\n    assert not set({heavy}) & set(sys.modules)\n"
        "    assert 'rnn_reference.plugin' in sys.modules\n"
    )
    done = run("-m", "pytest", "-p", "rnn_reference.plugin", cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout and "checks" not in done.stdout


@pytest.mark.waits
def test_what_a_conftest_brings_into_reach_is_in_reach(run, tmp_path):
    """A target may import the modules that the project's own conftest.py puts on the path."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "elsewhere.py").write_text("from rnn_reference import rnn_forward\n")
    (tmp_path / "beside.py").write_text("from rnn_reference import tanh_forward\n")
    (tmp_path / "homework").mkdir()
    (tmp_path / "homework" / "net.py").write_text(
        "from beside import tanh_forward\nfrom elsewhere import rnn_forward\n"
    )
    (tmp_path / "conftest.py").write_text("import sys\n\nsys.path.insert(0, 'src')\n")
    done = run(
        "-m", "pytest", "-p", "rnn_reference.plugin", "--rnn=homework/net.py", "--rnn-only=protocol", "-q", cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "homework/net.py: conforms" in done.stdout


@pytest.mark.waits
def test_a_precision_can_be_asked_for(verdict_on):
    """``--rnn-dtype`` judges in another precision than the target's own, says so, and reruns so."""
    run = verdict_on("examples/right.py", "--rnn-dtype=float32", "--rnn-only=forward")
    assert run.report["implementation"]["dtype"] == "float32"
    assert "judged in float32" in run.printed
    assert all("--rnn-dtype=float32" in check["rerun"] for check in run.report["checks"])
    assert verdict_on("examples/right.py", "--rnn-dtype=float8").status == 2


@pytest.mark.waits
@pytest.mark.parametrize(("target", "says"), {
    "stepwise": "stepwise computes on the cpu only",
    "examples/right.py": "a file or a notebook chooses its device itself",
}.items())  # fmt: skip
def test_a_device_that_nothing_computes_on_is_refused(verdict_on, target, says):
    """``--rnn-device`` for a target that has no choice is one clear line."""
    run = verdict_on(target, "--rnn-device=cuda")
    assert (run.status, says in run.printed) == (2, True), run.printed

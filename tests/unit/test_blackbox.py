"""Checks that need no weights: right callables are quiet, wrong ones are caught, and all reads as elsewhere."""

import json

import numpy as np
import pytest
from black_boxes import RIGHT, WRONG
from folders import BLACK_BOXES
from suite import put_through

from rnn_reference.implementations.blackbox import Blackbox, Input, of_each
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.paths import checks_folder

pytestmark = pytest.mark.waits

IDS = (checks_folder() / "blackbox" / "ids.txt").read_text(encoding="utf-8").split()


def box(name):
    """One of the callables in tests/targets/black_boxes.py."""
    return Blackbox(f"{BLACK_BOXES}:{name}", RIGHT.get(name, "nmt"))


def outcomes(name, *options):
    """The outcome of each check of one of the callables."""
    run = put_through(box(name), f"--rnn-blackbox={name}", *options)
    return {id: record["outcome"] for id, record in run.records.items()}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_are_quiet(name):
    """A right network passes every check on 200 fresh inputs."""
    found = outcomes(name, "--rnn-examples=200")
    stateless = name in ("projected", "at_once")
    assert set(found.values()) == ({"passed", "not offered"} if stateless else {"passed"})
    assert [id for id, outcome in found.items() if outcome == "not offered"] == (
        ["blackbox.split", "blackbox.no_state"] if stateless else []
    )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_are_caught(name):
    """A wrong network fails the check of the property that it breaks."""
    assert outcomes(name)[WRONG[name]] in ("failed", "crashed")


def test_every_check_catches_one():
    """Each of the checks is shown to catch a mistake."""
    assert set(WRONG.values()) == set(IDS)


def test_the_ids_are_frozen():
    """The checks of a black box are those of their own list, in its order."""
    assert list(outcomes("plain", "--rnn-examples=1")) == IDS


def test_no_other_run_has_them(suite):
    """A run for the six functions has no checks of a black box."""
    assert not any(id.startswith("blackbox.") for id in suite(object(), "--rnn-examples=1").records)


def test_a_right_one_conforms(verdict_on):
    """The command on a right callable ends with 0, and its report is the usual one, with one function."""
    done = verdict_on(f"--rnn-blackbox={BLACK_BOXES}:plain")
    assert (done.status, done.report["verdict"]) == (0, "conforms")
    assert list(done.report["functions"]) == ["blackbox"]
    assert done.report["counts"]["passed"] == len(IDS)
    assert any("n_x = 5, n_x found by trial calls" in note for note in done.report["implementation"]["notes"])


def test_a_wrong_one_is_told_of(verdict_on):
    """The command on a wrong callable ends with 1, and prints the difference and the line to run it again."""
    done = verdict_on(f"--rnn-blackbox={BLACK_BOXES}:two_directions", "--rnn-seed=4")
    assert (done.status, done.report["verdict"]) == (1, "wrong")
    assert "blackbox.causal" in {check["id"] for check in done.report["checks"] if check["outcome"] == "failed"}
    assert f"--rnn-blackbox={BLACK_BOXES}:two_directions --rnn-only=blackbox." in done.printed


def test_the_line_to_run_it_again_is_whole(verdict_on):
    """The line to run it again contains the layout and the number of inputs."""
    options = ("--rnn-blackbox-layout=tmn", "--rnn-blackbox-inputs=2")
    done = verdict_on(f"--rnn-blackbox={BLACK_BOXES}:gated", *options)
    assert done.status == 0
    assert all(" ".join(options) in check["rerun"] for check in done.report["checks"])


def test_plain_pytest_asks_the_same(run, tmp_path):
    """``pytest --rnn-blackbox`` without a path runs these checks and no others."""
    options = (f"--rnn-blackbox={BLACK_BOXES}:plain", "--rnn-report=out.json")
    done = run("-m", "pytest", "-p", "rnn_reference.plugin", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [check["id"] for check in json.loads((tmp_path / "out.json").read_text())["checks"]] == IDS


@pytest.mark.parametrize(("name", "says"), [
    ("plain_typo", "there is no plain_typo"),
    ("U", "is not callable"),
    ("wants_inputs", "--rnn-blackbox-inputs"),
    ("stub", "is a stub"),
])  # fmt: skip
def test_what_cannot_be_judged_is_unusable(name, says):
    """A missing name, a value that is not callable, a callable that rejects all inputs, and a stub are refused."""
    with pytest.raises(Unusable, match=says) as told:
        box(name)
    assert "\n" not in str(told.value)


def test_a_file_alone_names_no_callable():
    """A file without an attribute is refused: nothing can be called."""
    with pytest.raises(Unusable, match="does not name a callable"):
        Blackbox(str(BLACK_BOXES))


def test_the_number_of_inputs_may_be_said():
    """A callable with an unusual number of inputs is judged if ``n_x`` is given."""
    made = Blackbox(f"{BLACK_BOXES}:wants_inputs", n_x=3000)
    assert made.n_x == 3000
    assert made.run(Input(3000, 2, 4, 0).x)[0].shape == (4, 2, 4)


def test_one_that_does_not_end_is_unusable():
    """A call that does not return is ended after the time limit."""
    with pytest.raises(Unusable, match="no answer within"):
        Blackbox(f"{BLACK_BOXES}:endless", seconds=0.3)


@pytest.mark.parametrize("options", [
    ("--rnn=reference",),
    ("--rnn-convention=logits",),
    ("--rnn-blackbox-inputs=0",),
    ("--rnn-blackbox-layout=ntm",),
], ids=" ".join)  # fmt: skip
def test_options_that_do_not_go_together_are_usage_errors(options, verdict_on):
    """A second target, a convention, no inputs and an unknown layout are refused, with status 2."""
    done = verdict_on(f"--rnn-blackbox={BLACK_BOXES}:plain", *options)
    assert done.status == 2
    assert "--rnn-" in done.printed
    assert "Traceback" not in done.printed


def test_precision_and_state_are_found_out():
    """Outputs in float32 are judged in float32. It is found out which callables take a state."""
    assert (box("long_short_term").dtype, box("gated").dtype) == ("float32", "float64")
    assert {name: box(name).offers("state") for name in RIGHT} == {
        name: name not in ("projected", "at_once") for name in RIGHT
    }


def test_a_state_is_gone_through_whatever_holds_it():
    """Tuples, lists, dicts and None within a state keep their form."""
    state = {"h": (np.ones(2), [np.ones(1), None])}
    zero = of_each(lambda array: 0 * array, state)
    assert isinstance(zero["h"], tuple) and zero["h"][1][1] is None
    assert not zero["h"][0].any() and not zero["h"][1][0].any()


def test_outputs_of_the_last_step_alone_are_said(tmp_path):
    """A callable with one output for each column and none for each step is told so, by its layout."""
    (tmp_path / "last.py").write_text("def run(x):\n    return x[:, -1] * 2\n")
    run = put_through(Blackbox(f"{tmp_path / 'last.py'}:run", "mtn", 3), "--rnn-blackbox=last", "--rnn-examples=1")
    said = "one for each column, of shape (6, 3), and none for each step: expected (m, T_x, n_y)"
    assert said in run.records["blackbox.outputs"]["message"]


def test_a_module_of_torch_gets_tensors(tmp_path):
    """A module of torch is judged as it is: its inputs and its state become tensors, its outputs arrays."""
    pytest.importorskip("torch", reason="torch is not installed: pip install 'rnn-reference[torch]'")
    (tmp_path / "model.py").write_text("import torch\n\nlayer = torch.nn.GRU(3, 5)\n")
    made = Blackbox(f"{tmp_path / 'model.py'}:layer", "tmn")
    run = put_through(made, "--rnn-blackbox=torch", "--rnn-examples=3")
    assert {record["outcome"] for record in run.records.values()} == {"passed"}

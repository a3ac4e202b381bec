"""``--rnn-convention``, as a user meets it: in the terminal, in the report, and in the line that runs it again."""

import pytest

pytestmark = pytest.mark.waits

BATCH_FIRST = """
import numpy as np

def rnn_forward(x, a0, parameters):
    print("at work")
    states = [a0]
    for t in range(x.shape[1]):
        drive = x[:, t] @ parameters["Wax"].T + parameters["ba"].T
        states.append(np.tanh(drive + states[-1] @ parameters["Waa"].T))
    a = np.stack(states[1:], axis=1)
    scores = a @ parameters["Wya"].T + parameters["by"].T
    e = np.exp(scores - scores.max(axis=2, keepdims=True))
    return a, e / e.sum(axis=2, keepdims=True), None
"""


def test_a_file_is_told_its_convention(script, verdict_on, folder):
    """A file with the batch first is wrong. The report and the terminal name the convention and its option."""
    done = verdict_on(folder / script(BATCH_FIRST), "--rnn-only=forward")
    function = done.report["functions"]["rnn_forward"]
    assert (done.status, function["verdict"]) == (1, "wrong")
    assert function["convention"] == "right, with the batch first: x (m, T_x, n_x), a0 (m, n_a)"
    assert function["convention"] in done.printed
    assert "--rnn-convention=batch-major\n" in done.printed


def test_a_file_is_judged_by_its_convention(script, verdict_on, folder):
    """With the option the same file, in a process of its own, conforms, and the report says by which convention."""
    done = verdict_on(folder / script(BATCH_FIRST), "--rnn-only=forward", "--rnn-convention=batch-major")
    assert (done.status, done.report["verdict"]) == (0, "conforms")
    assert any("--rnn-convention=batch-major" in note for note in done.report["implementation"]["notes"])
    assert done.report["functions"]["rnn_forward"]["convention"] is None


def test_a_failure_under_a_convention_is_rerun_under_it(script, verdict_on, folder):
    """The line that runs a check again carries the convention."""
    done = verdict_on(folder / script(BATCH_FIRST), "--rnn-only=forward.states", "--rnn-convention=time-major")
    assert done.status == 1
    assert all("--rnn-convention=time-major" in check["rerun"] for check in done.report["checks"])


@pytest.mark.parametrize("name", ["nonsense", "", "weights-transposed+nonsense", "batch-major+time-major"])
def test_an_unknown_convention_is_a_usage_error(name, verdict_on):
    """An unknown convention is a usage error that lists the known ones."""
    done = verdict_on("reference", f"--rnn-convention={name}")
    assert done.status == 2
    assert "at once" in done.printed or "there are logits, two-biases" in done.printed


def test_a_mistake_that_is_a_convention_keeps_its_name(script, verdict_on, folder):
    """If a mistake equals a convention, the report names both."""
    source = "from rnn_reference.faults import FaultyNetwork, faults_named\n"
    source += "fault = next(f for f in faults_named('time-reversed') if 'at its step' in f.variant)\n"
    done = verdict_on(f"{folder / script(source + 'network = FaultyNetwork(fault)')}:network", "--rnn-only=forward")
    function = done.report["functions"]["rnn_forward"]
    assert (function["faults"], function["convention_name"]) == (["time-reversed"], "time-reversed")

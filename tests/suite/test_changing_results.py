"""Results that change from call to call have several causes. Each is told from the others, or not named."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.waits

RIGHT = "import numpy as np\nimport rnn_reference as right\n"
FORWARD = "from rnn_reference import tanh_forward, softmax_forward, rnn_cell_forward, rnn_forward\n"


def about(verdict_on, path, function):
    """The faults that the report names in a function, and the messages of all checks in one text."""
    report = verdict_on(Path(path).resolve()).report
    return report["functions"][function]["faults"], " ".join(check["message"] for check in report["checks"])


def test_an_array_that_was_never_filled(verdict_on, script):
    """A sum that starts from np.empty is not repeatable, though its memory may hold the same in every process."""
    source = RIGHT + FORWARD + (
        "def rnn_backward(da, caches):\n"
        "    total = np.empty(np.shape(caches[0][0][-1]['Waa']))\n"
        "    found = right.rnn_backward(da, caches)\n"
        "    total += found['dWaa']\n"
        "    return {**found, 'dWaa': total}\n"
    )  # fmt: skip
    faults, _ = about(verdict_on, script(source), "rnn_backward")
    assert faults == ["not-repeatable"]


def test_something_that_is_kept(verdict_on, script):
    """A count in the module gives the same in every new process: it is state between calls."""
    source = RIGHT + FORWARD + (
        "calls = []\n"
        "def rnn_backward(da, caches):\n"
        "    calls.append(1)\n"
        "    found = right.rnn_backward(da, caches)\n"
        "    return {**found, 'dWaa': found['dWaa'] + 0.01 * len(calls)}\n"
    )  # fmt: skip
    faults, _ = about(verdict_on, script(source), "rnn_backward")
    assert faults == ["state-between-calls"]


def test_a_cache_that_is_written_to(verdict_on, script):
    """A step backward that squares a state in its cache keeps nothing itself: the message says what it modifies."""
    source = RIGHT + FORWARD + (
        "def rnn_cell_backward(da_next, cache):\n"
        "    found = right.rnn_cell_backward(da_next, cache)\n"
        "    cache[0][...] **= 2\n"
        "    return found\n"
    )  # fmt: skip
    faults, messages = about(verdict_on, script(source), "rnn_cell_backward")
    assert faults == []
    assert "rnn_cell_backward modifies its cache" in messages


def test_escapes_of_an_exception_do_not_reach_the_terminal(verdict_on, script):
    """A terminal would obey the control characters in an exception's text; they are shown as escapes."""
    source = "def tanh_forward(x):\n    raise ValueError('\\x1b[31mred\\x00')\n"
    run = verdict_on(Path(script(source)).resolve())
    assert "\\x1b[31mred\\x00" in run.printed
    assert "\x1b" not in run.printed

"""Layouts that people write the same network in are recognised, said, and judged; and their mistakes named."""

from pathlib import Path

import pytest
from folders import EXAMPLES

from rnn_reference.implementations import layouts
from rnn_reference.implementations.layouts import recognised
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable

RIGHT = {
    "cs231n.py": (
        "recognised as CS231n's layout",
        ["rnn_cell_forward", "rnn_forward", "rnn_cell_backward", "rnn_backward"],
    ),
    "min_char_rnn.py": ("recognised as min-char-rnn's layout", ["rnn_forward", "rnn_backward"]),
    "cs231n_lstm.py": (
        "recognised as CS231n's layout",
        ["lstm_cell_forward", "lstm_forward", "lstm_cell_backward", "lstm_backward"],
    ),
    "karpathy_lstm.py": ("recognised as Karpathy's LSTM", ["lstm_forward", "lstm_backward"]),
}


@pytest.mark.waits
@pytest.mark.parametrize("name", RIGHT)
def test_a_layout_is_said_and_conforms(verdict_on, name):
    """An example of each layout conforms in the functions that the layout has. The report names the layout."""
    note, functions = RIGHT[name]
    run = verdict_on(f"examples/{name}", "--rnn-examples=3")
    assert run.status == 0, run.printed
    assert any(note in line for line in run.report["implementation"]["notes"])
    conforming = [name for name, found in run.report["functions"].items() if found["verdict"] == "conforms"]
    assert conforming == functions
    predictions = [check for check in run.report["checks"] if check["id"].startswith("forward.predictions")]
    assert {check["outcome"] for check in predictions} == {"not offered"}


MISTAKES = {
    "carry-dropped": ("cs231n.py", "rnn_backward", "dh[:, t] + dprev_h", "dh[:, t]"),
    "tanh-derivative-missing": ("cs231n.py", "rnn_cell_backward", "dnext_h * (1 - next_h**2)", "dnext_h * 1.0"),
    "hidden-bias-missing": ("cs231n.py", "rnn_cell_forward", "prev_h.dot(Wh) + b)", "prev_h.dot(Wh))"),
    "carry-dropped in characters": (
        "min_char_rnn.py",
        "rnn_backward",
        "np.dot(Why.T, dy) + dhnext",
        "np.dot(Why.T, dy)",
    ),
    "initial-state-ignored": ("min_char_rnn.py", "rnn_forward", "np.copy(hprev)", "0 * hprev"),
    "initial-state-every-step in CS231n's LSTM": (
        "cs231n_lstm.py",
        "lstm_forward",
        "prev_h, prev_c, step = lstm_step_forward(x",
        "prev_h, _, step = lstm_step_forward(x",
    ),
    "carry-dropped in CS231n's LSTM": (
        "cs231n_lstm.py",
        "lstm_backward",
        "dh[:, t] + dprev_h, dprev_c, cache[t]",
        "dh[:, t], 0 * dprev_c, cache[t]",
    ),
    "cotangent-overwritten in CS231n's LSTM": (
        "cs231n_lstm.py",
        "lstm_cell_backward",
        "dc = dnext_c + dnext_h * o * (1 - squashed**2)",
        "dnext_c += dnext_h * o * (1 - squashed**2)\n    dc = dnext_c",
    ),
    "carry-dropped in Karpathy's LSTM": (
        "karpathy_lstm.py",
        "lstm_backward",
        "dh = dHout_in[t] + dh\n",
        "dh = dHout_in[t] + (dh if t == T - 1 else 0)\n            dc = dc if t == T - 1 else 0\n",
    ),
}


@pytest.mark.waits
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_layout_is_named(verdict_on, tmp_path, mistake):
    """A mistake of the catalogue is named in another layout as it is in the document's, and in its function alone."""
    name, function, right, wrong = MISTAKES[mistake]
    source = (EXAMPLES / name).read_text()
    assert source.count(right) == 1
    (tmp_path / name).write_text(source.replace(right, wrong))
    report = verdict_on(tmp_path / name, "--rnn-examples=2").report
    named = {f: found["faults"] for f, found in report["functions"].items() if found["faults"]}
    assert named == {function: [mistake.partition(" ")[0]]}


def test_the_documents_own_layout_is_taken_for_no_other():
    """Six functions in the document's layout are not converted, and there is no note."""
    implementation = load(str(EXAMPLES / "right.py"))
    assert implementation.notes == []
    assert recognised(implementation) is None


def test_a_layout_is_its_file(monkeypatch, tmp_path, script):
    """A module with ``recognise`` in the folder of layouts is asked about each target, and its note is shown."""
    source = (
        "def recognise(found, target):\n    return (found.net, ['taken for ours']) if hasattr(found, 'net') else None\n"
    )
    (tmp_path / "ours_alone.py").write_text(source)
    monkeypatch.setattr(layouts, "parts_in", lambda folder: {"ours-alone": "ours_alone"})
    monkeypatch.syspath_prepend(tmp_path)
    implementation = load(script("class net:\n    def rnn_forward(*given):\n        return given\n"))
    assert (implementation.offered, implementation.notes) == (["rnn_forward"], ["taken for ours"])


FORWARD = "def rnn_forward(x, a0, parameters):\n    return right(x, a0, parameters)\n"
BACKWARD = "def rnn_backward(da, caches):\n    return gradients(da, caches)\n"
IMPORTS = "from rnn_reference import rnn_forward as right, rnn_backward as gradients\n"


def test_functions_split_over_files_are_put_together(script):
    """``forward.py+backward.py`` offers the functions of both files. A function in both is taken from the first."""
    first = script(IMPORTS + FORWARD, "forward.py")
    second = script(IMPORTS + BACKWARD + "def rnn_forward(x, a0, parameters):\n    raise RuntimeError\n", "backward.py")
    implementation = load(f"{first}+{second}")
    assert implementation.offered == ["rnn_forward", "rnn_backward"]
    from rnn_reference.problems.problem import Problem

    implementation.rnn_forward(*Problem().inputs)
    with pytest.raises(Unusable, match=r"nowhere\.py: no such file"):
        load(f"{first}+nowhere.py")


@pytest.mark.waits
def test_split_files_are_judged(verdict_on, script):
    """Two files that hold a right network between them conform, from the command line."""
    first, second = script(IMPORTS + FORWARD, "forward.py"), script(IMPORTS + BACKWARD, "backward.py")
    both = "+".join(str(Path(name).resolve()) for name in (first, second))
    run = verdict_on(both, "--rnn-examples=2")
    assert run.status == 0, run.printed

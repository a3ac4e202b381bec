"""Classes and functions of people's own: they load as they are, right ones conform, and their mistakes are named."""

from typing import NamedTuple

import pytest
from folders import OWN

from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.unusable import Unusable

TORCH = ("cell_in_a_module", "combined_cell", "functions_of_params", "linear_cell", "named_module", "scratch_module")

OFFERED = {
    "cell_in_a_module": "rnn_forward rnn_backward",
    "combined_cell": "rnn_cell_forward rnn_cell_backward",
    "functions_of_dict": "rnn_cell_forward rnn_forward",
    "gradients_of_scores": "rnn_forward rnn_backward",
    "loss_and_gradients": "rnn_forward rnn_backward",
    "stateful_step": "rnn_cell_forward",
    "characters": "rnn_forward rnn_backward",
    "concatenated": "rnn_cell_forward rnn_forward",
    "course_cell": "rnn_cell_forward rnn_cell_backward",
    "functions_of_params": "rnn_forward rnn_backward",
    "layer_from_scratch": "rnn_forward",
    "library_layer": "rnn_forward rnn_backward",
    "linear_cell": "rnn_cell_forward rnn_cell_backward",
    "many_to_one": "rnn_forward rnn_backward",
    "named_module": "rnn_forward rnn_backward",
    "own_variables": "rnn_cell_forward",
    "scratch_module": "rnn_forward rnn_backward",
    "time_layer": "rnn_cell_forward rnn_forward rnn_cell_backward rnn_backward",
    "words": "rnn_forward rnn_backward",
}
"""What each layout of the folder has."""


class Planted(NamedTuple):
    """A mistake in a layout: the text that is replaced, the function that is then wrong, and the mistake's name."""

    layout: str
    old: str
    new: str
    function: str
    name: str


MISTAKES = (
    Planted(
        "gradients_of_scores",
        "dh_next = dz @ self.Wh.T",
        "dh_next = dz @ self.Wh",
        "rnn_backward",
        "recurrent-gradient-transposed",
    ),
    Planted("gradients_of_scores", "+ dh_next", "", "rnn_backward", "carry-dropped"),
    Planted("loss_and_gradients", 'p["Whh"].T @ dr', 'p["Whh"] @ dr', "rnn_backward", "recurrent-gradient-transposed"),
    Planted("functions_of_dict", '+ params["bh"]', "", "rnn_cell_forward", "hidden-bias-missing"),
    Planted(
        "characters",
        "np.dot(self.W.T, dhrec)",
        "np.dot(self.W, dhrec)",
        "rnn_backward",
        "recurrent-gradient-transposed",
    ),
    Planted(
        "characters", "(1 - hs[t] * hs[t]) * dh", "(1 - hs[t]) * dh", "rnn_backward", "tanh-derivative-not-squared"
    ),
    Planted("concatenated", "@ self.Wh + self.bh", "@ self.Wh", "rnn_cell_forward", "hidden-bias-missing"),
    Planted(
        "concatenated",
        "rnn_cell.forward(H[step], X[step])",
        "rnn_cell.forward(H[0], X[step])",
        "rnn_forward",
        "initial-state-every-step",
    ),
    Planted(
        "course_cell",
        "dh_prev_t = np.dot(dz, self.W_hh)",
        "dh_prev_t = np.dot(dz, self.W_hh.T)",
        "rnn_cell_backward",
        "recurrent-gradient-transposed",
    ),
    Planted("many_to_one", "self.Whh.T @ temp", "self.Whh @ temp", "rnn_backward", "recurrent-gradient-transposed"),
    Planted(
        "time_layer",
        "layer.backward(dhs[:, t, :] + dh)",
        "layer.backward(dhs[:, t, :])",
        "rnn_backward",
        "carry-dropped",
    ),
    Planted("words", "self.W.T.dot(delta_t)", "self.W.dot(delta_t)", "rnn_backward", "recurrent-gradient-transposed"),
    Planted("words", "bptt_truncate=1000", "bptt_truncate=2", "rnn_backward", "carry-truncated"),
    Planted("library_layer", "dLdAt + dA_acc", "dLdAt", "rnn_backward", "carry-dropped"),
)
"""Mistakes that people make in these layouts."""


@pytest.fixture
def layout(request):
    """The path of a layout. One of torch is skipped without torch."""
    name = request.param
    if name in TORCH:
        pytest.importorskip("torch", reason="torch is not installed: pip install 'rnn-reference[torch]'")
    return OWN / f"{name}.py"


@pytest.mark.parametrize("layout", OFFERED, indirect=True)
def test_right_ones_are_right(layout):
    """A layout of people's own offers what it has, and the diagnosis finds nothing wrong in it."""
    own = load(str(layout))
    assert set(own.offered) == set(OFFERED[layout.stem].split())
    findings = Diagnosis(own).findings
    assert {name: finding.status for name, finding in findings.items()} == dict.fromkeys(own.offered, "right")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.layout}-{one.name}")
def test_mistakes_are_named(mistake, tmp_path):
    """A mistake in a layout of people's own is named as in the document's."""
    source = (OWN / f"{mistake.layout}.py").read_text()
    assert mistake.old in source
    wrong = tmp_path / "wrong.py"
    wrong.write_text(source.replace(mistake.old, mistake.new))
    finding = Diagnosis(load(str(wrong))).findings[mistake.function]
    assert [fault.id for fault in finding.matches] == [mistake.name]


def test_what_is_not_there_is_said():
    """A network without an initial state and biases says so, and what its backward pass does not give."""
    notes = load(str(OWN / "words.py")).notes
    assert "it has no a0 and no ba and no by: judged with zeros in place of it" in notes


def test_a_reading_is_told():
    """The report says how the weights, the input and the states were understood."""
    notes = load(str(OWN / "concatenated.py")).notes
    assert "understood as a sequence: rnn(rnn_cell, X, h_0), the input as (T, m, n), the state as (m, n)" in notes
    assert any("Wh is [h, x], transposed" in note for note in notes)


def test_a_class_that_is_no_network(tmp_path):
    """A class whose states do not depend on its input is not taken for a network."""
    other = tmp_path / "other.py"
    other.write_text(
        "import numpy as np\n\n\nclass Buffer:\n    def __init__(self, n_x, n_a):\n"
        "        self.Wxh, self.Whh = np.ones((n_a, n_x)), np.ones((n_a, n_a))\n\n"
        "    def forward(self, x, h):\n        return np.zeros_like(h)\n"
    )
    with pytest.raises(Unusable, match="offers none of"):
        load(str(other))


@pytest.mark.slow
@pytest.mark.parametrize("layout", OFFERED, indirect=True)
def test_no_alarm(layout, verdict_on):
    """A right layout of people's own passes the whole suite, with 20 fresh problems for every property."""
    run = verdict_on(layout, "--rnn-examples=20")
    assert run.status == 0, run.printed

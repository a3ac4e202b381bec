"""What the LSTM's layouts do beyond a change of axes: c of each step, one matrix of all gates, two cells in a file."""

import numpy as np
import pytest
from folders import EXAMPLES

from rnn_reference import lstm_backward, lstm_forward
from rnn_reference.cells.lstm.signature import CELL
from rnn_reference.implementations.loading.find import load
from rnn_reference.outcomes import Crashed, NotImplementedYet, Wrong
from rnn_reference.problems.problem import Problem

PROBLEM = Problem().of(CELL).at(without=("c0", "dc"))
BOTH = (EXAMPLES / "cs231n.py").read_text() + (EXAMPLES / "cs231n_lstm.py").read_text()


@pytest.fixture
def changed(script):
    """An example with one change, loaded: ``changed(name, right, wrong)``."""

    def changed(name, right, wrong):
        source = (EXAMPLES / name).read_text()
        assert right in source
        return load(script(source.replace(right, wrong)))

    return changed


def test_both_cells_of_cs231n_in_a_file(script):
    """A file with CS231n's RNN and its LSTM offers the functions of both."""
    implementation = load(script(BOTH))
    assert [cell.name for cell in implementation.cells] == ["rnn", "lstm"]
    assert len(implementation.offered) == 8
    assert not implementation.predicts


def test_a_class_is_named_or_found():
    """Karpathy's class is found in its file, and may be named."""
    for target in ("karpathy_lstm.py", "karpathy_lstm.py:LSTM"):
        assert load(str(EXAMPLES / target)).offered == ["lstm_forward", "lstm_backward"]


ORIGINS = {
    "calls in the loop": ("cs231n_lstm.py", "N, T, D", "N, T, D"),
    "calls after the loop": ("cs231n_lstm.py", "= lstm_step_forward(", "= (lambda *given: again(*given))("),
    "Karpathy's cache": ("karpathy_lstm.py", "C", "C"),
    "shorter runs": ("karpathy_lstm.py", '"C"', '"cells"'),
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_c_of_each_step(script, origin):
    """c of each step is right, from calls of their step in the loop or after it, from a cache, or from shorter runs."""
    name, right, other = ORIGINS[origin]
    source = (EXAMPLES / name).read_text().replace(right, other)
    a, _, c, _ = load(script(f"{source}\nagain = globals().get('lstm_step_forward')\n")).lstm_forward(*PROBLEM.inputs)
    right_a, _, right_c, _ = lstm_forward(*PROBLEM.inputs)
    np.testing.assert_allclose(a, right_a, rtol=0, atol=1e-14)
    np.testing.assert_allclose(c, right_c, rtol=0, atol=1e-14)


def test_every_cotangent_of_c_reaches_karpathys_backward():
    """The gradients for dc at every step, and those of fewer steps than the caches have, are exact."""
    implementation, problem = load(str(EXAMPLES / "karpathy_lstm.py")), Problem().of(CELL)
    da, dc = problem.cotangents["a"], problem.cotangents["c"]
    for steps in (problem.T_x, 2):
        given = (da[:, :, :steps], dc[:, :, :steps])
        got = implementation.lstm_backward(given[0], implementation.lstm_forward(*problem.inputs)[3], given[1])
        right = lstm_backward(given[0], lstm_forward(*problem.inputs)[3], given[1])
        assert got.keys() == right.keys()
        for name, value in right.items():
            np.testing.assert_allclose(got[name], value, rtol=0, atol=1e-12)


CHANGES = {
    "cs231n_lstm.py": ("    N, T, D = x.shape", "    Wx += 1\n    N, T, D = x.shape"),
    "karpathy_lstm.py": ("        T, m, _ = X.shape", "        WLSTM += 1\n        T, m, _ = X.shape"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_weights_are_seen(changed, name):
    """A change of the stacked weights in place reaches the parameters that the call was given."""
    implementation = changed(name, *CHANGES[name])
    *inputs, parameters = PROBLEM.inputs
    given = {key: value.copy() for key, value in parameters.items()}
    implementation.call("lstm_forward", *inputs, given, copy=False)
    assert (given["Wi"][:, -1] == parameters["Wi"][:, -1] + 1).all()


UNFINISHED = {
    "None": (NotImplementedYet, "is a stub"),
    "None, None, None, None, None": (NotImplementedYet, "is a stub"),
    "1, 2": (Crashed, r"lstm_backward returned 2 values, expected the 5 of its layout: dx, dh0, dWx, dWh, db"),
    "dh, None, dh, None, dh": (Crashed, "lstm_backward returned None for dh0 and dWh"),
}


@pytest.mark.parametrize("returned", UNFINISHED)
def test_an_unfinished_function(changed, returned):
    """A function that returns only None is a stub. Other results that do not fit are told by the layout's names."""
    outcome, words = UNFINISHED[returned]
    implementation = changed("cs231n_lstm.py", "    N, T, H = dh.shape", f"    return {returned}")
    caches = implementation.lstm_forward(*PROBLEM.inputs)[3]
    with pytest.raises(outcome, match=words):
        implementation.lstm_backward(PROBLEM.cotangents["a"], caches)


def test_a_wrong_shape_is_told_by_the_layouts_name(changed):
    """A stacked gradient of another shape is reported under its own name."""
    implementation = changed("cs231n_lstm.py", "x.T @ dz, prev_h.T", "dz.T @ x, prev_h.T")
    cache = implementation.lstm_cell_forward(*PROBLEM.step)[3]
    cotangents = PROBLEM.cotangents_of(CELL.cell_backward)
    with pytest.raises(Wrong, match=r"dWx +has shape"):
        implementation.lstm_cell_backward(*CELL.cell_backward.ordered({**cotangents, "cache": cache}))

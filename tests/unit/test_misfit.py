"""A call that does not fit says what was called, with which arguments, and what to change."""

import numpy as np
import pytest
from folders import EXAMPLES

from rnn_reference.diagnosis.explain import Diagnosis
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.misfit import told
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.outcomes import Crashed, Wrong
from rnn_reference.problems.problem import Problem


def crashed(function):
    """The lines about a call of rnn_forward that ends in an exception."""

    class Theirs:
        rnn_forward = staticmethod(function)

    with pytest.raises(Crashed) as raised:
        Implementation("theirs", Theirs()).rnn_forward(*Problem().inputs)
    return dict(raised.value.lines)


def test_other_names_of_weights():
    """A weight by another name is told the names that there are, and the shapes of the call."""
    lines = crashed(lambda x, a0, parameters: parameters["Wxh"])
    assert lines["to change"] == "the weights are called Wax, Waa, Wya, ba, by: there is no Wxh"
    assert lines["called"].startswith("rnn_forward(x (3, 8, 6), a0 (5, 8), parameters with Wax (5, 3), ")


def test_other_arguments():
    """A function with other arguments is told those that it gets."""
    assert crashed(lambda e: None)["to change"] == "write it as rnn_forward(x, a0, parameters)"


def test_an_error_inside():
    """An exception of an argument inside the function says what was called, and nothing to change."""
    lines = crashed(lambda x, a0, parameters: np.zeros("x"))
    assert "called" in lines
    assert "to change" not in lines


def test_other_exceptions():
    """An exception that has nothing to do with arguments has no such lines."""
    assert told("rnn_forward", ZeroDivisionError(), {"x": 1}) == []
    assert told("rnn_forward", ValueError(), {"x": 1}) == [("called", "rnn_forward(x)")]


def test_a_class_with_methods_of_other_arguments(tmp_path):
    """A class whose method has our name and other arguments is told both."""
    (tmp_path / "mine.py").write_text(
        "class Mine:\n    def __init__(self, n):\n        pass\n\n    def rnn_forward(self, epoch):\n        pass\n"
    )
    expected = r"Its rnn_forward\(epoch\) would have to be rnn_forward\(x, a0, parameters\)"
    with pytest.raises(Unusable, match=expected):
        load(str(tmp_path / "mine.py"))


def right(change):
    """The right example, with the dict of its rnn_backward changed."""
    own = load(str(EXAMPLES / "right.py"))
    backward = own._held._theirs.rnn_backward

    class Theirs:
        rnn_forward = staticmethod(own._held._theirs.rnn_forward)
        rnn_backward = staticmethod(lambda da, caches: change(backward(da, caches)))

    return Implementation("theirs", Theirs())


def test_gradients_of_the_weights_alone():
    """A backward pass that returns the gradients of the weights alone is judged by these, and a note says so."""
    own = right(lambda found: {name: value for name, value in found.items() if name.startswith("dW") or name == "dba"})
    assert Diagnosis(own).findings["rnn_backward"].status == "right"
    assert "rnn_backward returns no dx and no da0: not judged" in own.notes


def test_one_missing_gradient_is_a_mistake():
    """A backward pass without one of its gradients is wrong: that was forgotten."""
    own = right(lambda found: {name: value for name, value in found.items() if name != "da0"})
    with pytest.raises(Wrong, match="a dict without da0"):
        own.rnn_backward(Problem().da, own.ask("rnn_forward", *Problem().inputs)["caches"])

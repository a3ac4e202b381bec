"""A network that is right by another convention is recognised as such; a mistake or a right network never is."""

import numpy as np
import pytest
from mistakes import off, right
from names import FUNCTIONS, RNN
from suite import judged

import rnn_reference
from rnn_reference.diagnosis.conventions import conventions_of
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.implementations.conventions.converted import Converted
from rnn_reference.implementations.conventions.known import KNOWN, Conventions, conventions_named, every_choice
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.outcomes import Wrong

PAIRED = "biases-flat+two-biases"
FORWARD = ("rnn_forward", "rnn_cell_forward")


def by(name, functions=right):
    """A network that is right by these conventions: it applies the inverse of ``Converted``."""
    conventions = conventions_named(name)

    class Theirs:
        def rnn_cell_forward(self, xt, a_prev, parameters):
            return self.forward("rnn_cell_forward", ("xt", xt), ("a_prev", a_prev), parameters, "a_next", "yt_pred")

        def rnn_forward(self, x, a0, parameters):
            return self.forward("rnn_forward", ("x", x), ("a0", a0), parameters, "a", "y_pred")

        def forward(self, function, x, a0, parameters, states, predictions):
            x, a0 = (conventions.ours(*each) for each in (x, a0))
            ours = conventions.parameters_back(parameters)
            ours = {
                name: value if name[0] != "b" or "no-biases" not in conventions.name else 0 * value
                for name, value in ours.items()
            }
            a0 = 0 * a0 if "zero-start" in conventions.name and function == "rnn_forward" else a0
            assert "two-biases" not in name or "ba" not in parameters
            assert "biases-flat" not in name or parameters["by"].ndim == 1
            a, y, caches = getattr(functions, function)(x, a0, ours)
            y = np.log(y) + 3 if "logits" in name else y
            return conventions.theirs(states, a), conventions.theirs(predictions, y), lambda: caches

        def rnn_cell_backward(self, da_next, cache):
            ours = functions.rnn_cell_backward(conventions.ours("da_next", da_next), cache())
            return self.gradients(ours)

        def rnn_backward(self, da, caches):
            return self.gradients(functions.rnn_backward(conventions.ours("da", da), caches()))

        def gradients(self, ours):
            found = {}
            for key, value in ours.items():
                turned = value.reshape(-1) if key == "dba" and "biases-flat" in name else conventions.theirs(key, value)
                # transposed weights' gradients are transposed by the same turn, whose name has a d before it
                found[key] = turned
            if "two-biases" in name:
                found["db_ih"] = found["db_hh"] = found.pop("dba")
            return found

    return Theirs()


COMMON = (
    *(name for name, one in KNOWN.items() if one.applies(RNN)),
    "batch-major+weights-transposed+biases-flat",
    "time-major+two-biases",
    "time-reversed+logits",
)


@pytest.mark.parametrize("name", COMMON)
def test_the_convention_is_found(name):
    """A network that is right by a convention, or by several, is said to be right by these and no others."""
    found = conventions_of(Implementation(name, by(name)), ["rnn_forward"])
    assert {function: conventions.name for function, conventions in found.items()} == {
        "rnn_forward": conventions_named(name).name
    }


@pytest.mark.waits
@pytest.mark.parametrize("name", COMMON)
def test_all_functions_conform_under_it(name):
    """Under its convention everything about such a network conforms, the backward pass and the properties too."""
    _, records = judged(Converted(Implementation(name, by(name)), conventions_named(name)), "--rnn-strict")
    assert {record["outcome"] for record in records} == {"passed", "not offered"}
    assert sum(record["outcome"] == "passed" for record in records) > 140


@pytest.mark.waits
def test_a_mistake_under_a_convention_is_named():
    """A mistake is named under a convention as it is without one."""
    name = "batch-major+weights-transposed"
    faulty = FaultyNetwork(next(fault for fault in CATALOGUE if fault.id == "carry-dropped"))
    report, _ = judged(Converted(Implementation(name, by(name, faulty)), conventions_named(name)))
    assert report["functions"]["rnn_backward"]["faults"] == ["carry-dropped"]
    assert report["functions"]["rnn_forward"]["verdict"] == "conforms"


def test_the_cell_follows_the_network():
    """The cell, to which two conventions are one, is said to have that of the network."""
    found = conventions_of(Implementation("time-major", by("time-major")), FORWARD)
    assert {conventions.name for conventions in found.values()} == {"time-major"}
    assert set(found) == set(FORWARD)


SAME_THING = {
    "initial-state-ignored": "zero-start",
    "time-reversed": "time-reversed",
    "softmax-missing": "logits",
    "softmax-log": "logits",
}
"""Mistakes that are another convention, if they are meant: both are said."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("fault", [f for f in CATALOGUE if f.function in FUNCTIONS[:4] and not f.advice], ids=str)
def test_no_mistake_is_a_convention(fault):
    """No mistake of the forward pass is taken for a convention, except those that equal one."""
    network = Implementation(str(fault), FaultyNetwork(fault))
    found = {conventions.name for conventions in conventions_of(network, FORWARD).values()}
    assert found <= {SAME_THING.get(fault.id)}


def test_a_right_network_has_no_convention():
    """A right network has no convention, also if it is called wrong for another reason."""
    assert conventions_of(Implementation("right", right), FORWARD) == {}


def test_nothing_is_tried_on_what_passes(monkeypatch):
    """A function that is not wrong is not called."""
    called = []
    monkeypatch.setattr(Implementation, "call", lambda *given, **more: called.append(given))
    assert conventions_of(Implementation("right", right), ["rnn_backward", "tanh_forward"]) == {}
    assert called == []


@pytest.mark.waits
@pytest.mark.parametrize("name", ["weights-transposed", "time-major", "time-reversed", PAIRED])
def test_a_small_error_is_no_convention(name):
    """A network that is right by a convention but for 1e-9 in one element is right by none."""
    theirs = by(name)
    network = type("Off", (), {"rnn_forward": staticmethod(lambda *given: _off(theirs.rnn_forward(*given)))})
    assert conventions_of(Implementation(name, network), FORWARD) == {}


def _off(result):
    return off(result[0]), *result[1:]


def test_what_is_written_to_is_seen_through_a_convention():
    """An argument that is overwritten in place is overwritten for the caller, laid out differently though it is."""

    class Writes:
        def rnn_forward(self, x, a0, parameters):
            x[0, 1, 2] = 7
            parameters["Wax"][0, 1] = 8

    under = Converted(Implementation("writes", Writes()), conventions_named("time-major+weights-transposed"))
    x, parameters = np.zeros((4, 3, 2)), {"Wax": np.zeros((5, 4)), "ba": np.zeros((5, 1))}
    with pytest.raises(Exception, match="stub"):
        under.rnn_forward(x, np.zeros((5, 3)), parameters, copy=False)
    assert x[2, 1, 0] == 7
    assert parameters["Wax"][1, 0] == 8


def test_a_second_bias_left_out_is_no_convention():
    """A network that reads one of two biases only is not right by two biases: neither of them is zero."""

    def forward(x, a0, parameters):
        return right.rnn_forward(x, a0, {**parameters, "ba": parameters["b_ih"]})

    network = type("One", (), {"rnn_forward": staticmethod(forward)})
    assert conventions_of(Implementation("one", network), FORWARD) == {}


def test_two_gradients_of_two_biases_must_agree():
    """The gradients of two biases that are added up are the same, and are refused where they are not."""
    theirs = by("two-biases")
    theirs.rnn_backward = lambda da, caches: {
        **by("two-biases").rnn_backward(da, caches),
        "db_hh": np.zeros((5, 1)),
    }
    under = Converted(Implementation("two", theirs), conventions_named("two-biases"))
    x, a0, parameters = rnn_reference.problems.problem.Problem().inputs
    a, _, caches = under.rnn_forward(x, a0, parameters)
    with pytest.raises(Wrong, match="db_hh"):
        under.rnn_backward(a, caches)


def test_every_choice_is_named_and_found_again():
    """Each set of conventions has a name of its own, by which it is found, and the smallest come first."""
    choices = list(every_choice(RNN))
    assert [conventions_named(choice.name) for choice in choices] == choices
    assert len({choice.name for choice in choices}) == len(choices)
    assert [len(choice) for choice in choices] == sorted(len(choice) for choice in choices)
    assert all(isinstance(choice, Conventions) for choice in choices)

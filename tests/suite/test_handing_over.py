"""Nothing is called wrong because of how it was asked: limits, slow functions, signatures, and no predictions."""

from types import SimpleNamespace

import numpy as np
import pytest

import rnn_reference as right
from rnn_reference.implementations.layouts import recognised
from rnn_reference.judging import derivatives

pytestmark = pytest.mark.waits

GOOD = {"passed", "advice", "not offered", "not judged"}


def outcomes(run):
    """The outcomes of a run."""
    return {record["outcome"] for record in run.records.values()}


def notes(run):
    """The notes of a run."""
    return {note for record in run.records.values() for note in record["notes"]}


def but(**changed):
    """The reference's functions of a sequence, some of them replaced."""
    return SimpleNamespace(**{"rnn_forward": right.rnn_forward, "rnn_backward": right.rnn_backward, **changed})


def limited(x, a0, parameters):
    """A forward function with a largest batch."""
    if x.shape[1] > 128:
        raise MemoryError("a batch of at most 128")
    return right.rnn_forward(x, a0, parameters)


def test_a_largest_batch(suite):
    """A function with a largest batch is asked in pieces, and a note says the limit."""
    run = suite(but(rnn_forward=limited), "--rnn-examples=2", "--rnn-sizes=ordinary", group="gradient")
    assert outcomes(run) <= GOOD, run.printed
    assert run.records["gradient.network[T_x=6]"]["evidence"]["derivative"]
    assert any("refuses some sizes" in note and "at most 128" in note for note in notes(run))


def test_a_crash_at_a_size_is_no_limit(suite):
    """An exception that the author has not written, such as one of an index, is a failure."""

    def forward(x, a0, parameters):
        np.zeros(128)[x.shape[1] - 1]
        return right.rnn_forward(x, a0, parameters)

    run = suite(but(rnn_forward=forward), "--rnn-only=forward.sizes", group="forward")
    assert outcomes(run) == {"crashed"}, run.printed


def test_a_slow_function(suite, monkeypatch):
    """No wide batch is asked of a slow function: its gradient is compared with the reference's alone."""
    monkeypatch.setattr(derivatives, "MOST_SECONDS", 0.0)
    run = suite(but(), "--rnn-only=gradient.network[T_x=6]", group="gradient")
    (record,) = run.records.values()
    assert record["outcome"] == "passed"
    assert "derivative" not in record["evidence"]
    assert any("is slow" in note for note in record["notes"])


def test_parameters_as_keywords(suite):
    """A function that unpacks its parameters takes no other entries, which is a note."""

    def unpacked(x, a0, parameters):
        def inner(Wax, Waa, Wya, ba, by):
            return right.rnn_forward(x, a0, {"Wax": Wax, "Waa": Waa, "Wya": Wya, "ba": ba, "by": by})

        return inner(**parameters)

    run = suite(but(rnn_forward=unpacked), "--rnn-examples=2", group="property_calls")
    assert outcomes(run) <= GOOD, run.printed
    assert any("learning_rate" in note for note in notes(run))


def test_other_parameters_that_change_values(suite):
    """A function whose values depend on other entries of the parameters is wrong."""

    def counting(x, a0, parameters):
        return right.rnn_forward(x * len(parameters) / 5, a0, parameters)

    run = suite(but(rnn_forward=counting), "--rnn-only=property.parameters_by_name", group="property_calls")
    assert outcomes(run) == {"failed"}, run.printed


def test_two_optional_arguments():
    """Five arguments, two of them with values, are not those of CS231n's layout; five without values are."""
    assert recognised(SimpleNamespace(rnn_forward=lambda x, a0, parameters, verbose=False, dtype=float: None)) is None
    assert recognised(SimpleNamespace(rnn_forward=lambda x, h0, Wx, Wh, b: None)) is not None


def test_no_predictions(suite):
    """Where predicts is False, no check and no diagnosis sees the predictions that are returned."""

    def zeros(x, a0, parameters):
        a, y, caches = right.rnn_forward(x, a0, parameters)
        return a, 0 * y, caches

    run = suite(but(rnn_forward=zeros, predicts=False), "--rnn-examples=2")
    assert outcomes(run) <= GOOD, run.printed
    assert run.records["forward.predictions[T_x=6]"]["outcome"] == "not offered"
    seen = suite(but(rnn_forward=zeros), "--rnn-only=forward.predictions[T_x=6]", group="forward")
    assert outcomes(seen) == {"failed"}


def test_a_clipped_start_is_blamed_on_the_forward_function(suite):
    """A forward function that clips a0 is to blame for the gradients at the document's a0, which is larger."""

    def clipped(x, a0, parameters):
        return right.rnn_forward(x, np.clip(a0, -1, 1), parameters)

    run = suite(but(rnn_forward=clipped), "--rnn-only=golden.network_backward", group="golden")
    assert {record["function"] for record in run.records.values()} == {"rnn_forward"}, run.printed

"""A carry that is cut off any number of steps back is named, also where only a long sequence shows it."""

from dataclasses import replace
from functools import partial

import pytest
from suite import blamed, diagnosed, found

from rnn_reference.cells.registry import cell_named
from rnn_reference.faults import FaultyNetwork, faults_named
from rnn_reference.faults.loop_backward import carry_chunked, carry_late, carry_truncated

CUT = {
    "sliding, k=7": partial(carry_truncated, k=7),
    "sliding, k=40": partial(carry_truncated, k=40),
    "every 9 from the end": partial(carry_chunked, k=9, from_end=True, zero=False),
    "every 8 from the start": partial(carry_chunked, k=8, from_end=False, zero=False),
    "every 25 from the start": partial(carry_chunked, k=25, from_end=False, zero=False),
}


def network(cell, factory):
    """A network with a mistake in its backward loop that the catalogue has with other numbers."""
    known = next(f for f in faults_named("carry-truncated") if f.function == f"{cell}_backward")
    return FaultyNetwork(replace(known, of=partial(factory, cell_named(cell))))


@pytest.mark.parametrize("how", CUT)
def test_cut_off(how):
    """The mistake is named, and only the backward function is blamed."""
    diagnosis = diagnosed(network("rnn", CUT[how]))
    assert found(diagnosis) == {("rnn_backward", "carry-truncated")}
    assert blamed(diagnosis) == {"rnn_backward"}


@pytest.mark.waits
def test_cut_off_in_an_lstm():
    """The same for a cell with two states."""
    assert found(diagnosed(network("lstm", CUT["sliding, k=7"]))) == {("lstm_backward", "carry-truncated")}


def test_another_mistake_of_long_sequences():
    """A backward loop that is wrong in another way after many steps is not called cut off."""

    def late(cell, step):
        right, wrong = FaultyNetwork(cell=cell), carry_late(cell, step, t0=0)
        return lambda da, caches: (wrong if da.shape[2] > 30 else right.rnn_backward)(da, caches)

    assert not found(diagnosed(network("rnn", late)))


def test_right():
    """A right network is right."""
    assert not blamed(diagnosed(FaultyNetwork()))

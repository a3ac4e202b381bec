"""A cell that the package does not have is judged, and its mistakes are named; nothing there was written for it."""

import pytest
from cells import GATED, RESET_AFTER, RESET_BEFORE
from suite import blamed, diagnosed, found, put_through

from rnn_reference.cells.fault import catalogue
from rnn_reference.cells.registry import added
from rnn_reference.faults import FaultyNetwork

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture(autouse=True)
def gated():
    """The cell is known while a test runs."""
    with added(GATED):
        yield GATED


def test_its_functions_are_asked_for_in_its_own_words():
    """The checks of its functions have its name in their ids, and those of other cells are not asked for."""
    run = put_through(FaultyNetwork(cell=GATED), "--rnn-only=protocol")
    assert run.status == 0, run.printed
    assert "protocol.network_backward[gated-T_x=6]" in run.records
    assert all("gated" in id for id in run.records)
    asks = run.records["protocol.network_forward[gated-T_x=6]"]["asks"]
    assert asks == "gated_forward returns a (n_a, m, T_x), c (n_a, m, T_x), y (n_y, m, T_x) and caches."


@pytest.mark.slow
def test_its_functions_conform():
    """The functions made of its equations pass every check, by tolerances and derivatives made of them too."""
    run = put_through(FaultyNetwork(cell=GATED), "--rnn-examples=2")
    outcomes = {id: record["outcome"] for id, record in run.records.items()}
    assert run.status == 0, run.printed
    assert len(outcomes) > 90
    without_a_gradient = {"gradient.cell_sizes[gated]", "gradient.sizes[gated]"}
    others = {id for id, outcome in outcomes.items() if outcome != "passed"}
    assert others <= {"property.no_recurrence[gated]"} | without_a_gradient


EVERY = 24
"""One mistake in so many of its catalogue is tried here; the proof tries all."""


def named_wrongly(faults):
    """The mistakes that are not named, or named in another function, or beside another name."""
    wrong = {}
    for fault in faults:
        diagnosis = diagnosed(FaultyNetwork(fault))
        if found(diagnosis) != {(fault.function, fault.id)} or blamed(diagnosis) != {fault.function}:
            wrong[str(fault)] = found(diagnosis)
    return wrong


@pytest.mark.waits
def test_its_mistakes_are_named():
    """Mistakes in its maps, its loop and its sums have the names that they have in any cell."""
    faults = [fault for fault in catalogue(GATED) if not fault.advice]
    assert len(faults) > 150
    assert {"carry-dropped", "recurrent-transposed", "weight-gradient-overwritten"} <= {fault.id for fault in faults}
    assert not named_wrongly(faults[::EVERY])


@pytest.mark.slow
def test_all_its_mistakes_are_named():
    """Of all its mistakes in all their variants none has a wrong name, and four are not found alone."""
    faults = [fault for fault in catalogue(GATED) if not fault.advice]
    wrong = named_wrongly(faults)
    assert not [fault for fault, names in wrong.items() if any(id not in fault for _, id in names)]
    assert len(wrong) <= 4, wrong


@pytest.mark.slow
@pytest.mark.parametrize("cell", [RESET_BEFORE, RESET_AFTER], ids=lambda cell: cell.name)
def test_both_forms_of_a_gru_conform_and_their_mistakes_are_named(cell):
    """A map may multiply a value made from a state, and need not read the input."""
    with added(cell):
        run = put_through(FaultyNetwork(cell=cell), "--rnn-examples=2")
        assert run.status == 0, run.printed
        faults = [fault for fault in catalogue(cell) if not fault.advice]
        assert not named_wrongly(faults[::EVERY])

"""Advice: arrays that a function refuses with an exception, and settings of the process that it changes."""

import pytest

from rnn_reference.cells.words import listed
from rnn_reference.implementations.question import forward_backward, repeated
from rnn_reference.judging.layouts import judge_activation_in, judge_layout, questions, refusal
from rnn_reference.outcomes import Crashed, NotImplementedYet, Wrong
from rnn_reference.problems.layouts import INTEGERS, LAYOUTS
from rnn_reference.problems.problem import NAMED


@pytest.mark.judges("forward")
def test_takes(judge, cell):
    """{forward} takes arrays of any layout, read-only arrays, and data of another dtype than the weights."""
    _require_taken(judge, cell, cell.forward)


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_takes(judge, cell):
    """{backward} takes arrays of any layout, read-only arrays, and data of another dtype than the weights."""
    _require_taken(judge, cell, cell.backward)


@pytest.mark.judges("cell_forward")
def test_cell_takes(judge, cell):
    """{cell_forward} takes arrays of any layout, read-only arrays, and data of another dtype than the weights."""
    _require_taken(judge, cell, cell.cell_forward)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_backward_takes(judge, cell):
    """{cell_backward} takes arrays of any layout, read-only arrays, and data of another dtype than the weights."""
    _require_taken(judge, cell, cell.cell_backward)


@pytest.mark.judges("forward")
def test_integers(judge, cell):
    """{forward} gives the same results for integers as for the same numbers in floating point."""
    _judge_integers(judge, cell, cell.forward)


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_integers(judge, cell):
    """{backward} gives the same results for integers, such as a one-hot x, as in floating point."""
    _judge_integers(judge, cell, cell.backward)


@pytest.mark.judges("cell_forward")
def test_cell_integers(judge, cell):
    """{cell_forward} gives the same results for integers as for the same numbers in floating point."""
    _judge_integers(judge, cell, cell.cell_forward)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_backward_integers(judge, cell):
    """{cell_backward} gives the same results for integers as for the same numbers in floating point."""
    _judge_integers(judge, cell, cell.cell_backward)


@pytest.mark.judges("tanh_forward")
def test_tanh_integers(judge, function):
    """Tanh gives the same results for integers as for the same numbers in floating point."""
    judge_activation_in(judge, function, INTEGERS)


@pytest.mark.judges("softmax_forward")
def test_softmax_integers(judge, function):
    """Softmax gives the same results for integers as for the same numbers in floating point."""
    judge_activation_in(judge, function, INTEGERS)


@pytest.mark.judges("forward")
def test_settings(judge, cell):
    """{forward} leaves the caller's random numbers and np.seterr as they are."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    _require_settings_kept(judge, cell.forward, repeated(cell.forward, problem.inputs))


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_settings(judge, cell):
    """{backward} leaves the caller's random numbers and np.seterr as they are."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    with judge.implementation.watched() as already:
        judge.implementation.answers(repeated(cell.forward, problem.inputs))
    question = forward_backward(cell.forward, problem.inputs, problem.cotangents_of(cell.backward))
    _require_settings_kept(judge, cell.backward, question, already)


def _judge_integers(judge, cell, function):
    judge_layout(judge, judge.set_problem(NAMED["T_x=6"].of(cell)), function, INTEGERS)


def _require_taken(judge, cell, function):
    problem, refused = judge.set_problem(NAMED["T_x=6"].of(cell)), []
    for name in LAYOUTS:
        _, unusual = questions(judge, problem, function, name)
        try:
            judge.implementation.answers(unusual)
        except (Crashed, NotImplementedYet) as raised:
            if function.takes_cache and raised.function != function.name:
                continue  # it is the forward function that refuses them
            refused.append(("refused", refusal(name, raised)))
    if refused:
        raise Wrong(refused, function.name)


def _require_settings_kept(judge, function, question, already=()):
    with judge.implementation.watched() as changed:
        judge.implementation.answers(question)
    names = [name for name in changed if name not in already]
    if names:
        raise Wrong([("changed", f"{listed(names)}: not as before the call")], function.name)

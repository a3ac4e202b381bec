"""Properties of the arrays of a call: they may come in any layout, and results belong to the caller.

A function may refuse a layout with an exception. Its values may not depend on it.
"""

import pytest

from rnn_reference.implementations.question import Question, forward_backward, repeated
from rnn_reference.judging.layouts import judge_activation_in, judge_layout
from rnn_reference.outcomes import Wrong
from rnn_reference.problems.answers import cell_answers, forward_tolerance, network_answers
from rnn_reference.problems.layouts import LAYOUTS, OF_ONE_ARRAY, of_a_step
from rnn_reference.problems.problem import NAMED

in_every_layout = pytest.mark.parametrize("layout", LAYOUTS)
of_one_array = pytest.mark.parametrize("layout", OF_ONE_ARRAY)


@pytest.mark.judges("forward")
@in_every_layout
def test_forward_layouts(judge, cell, layout):
    """{forward} gives the same results for the same numbers in other arrays."""
    judge_layout(judge, _problem(judge, cell), cell.forward, layout)


@pytest.mark.judges("backward", needs=("forward",))
@in_every_layout
def test_backward_layouts(judge, cell, layout):
    """{backward} gives the same results for the same numbers in other arrays, of the forward pass too."""
    judge_layout(judge, _problem(judge, cell), cell.backward, layout)


@pytest.mark.judges("cell_forward")
@in_every_layout
def test_cell_forward_layouts(judge, cell, layout):
    """{cell_forward} gives the same results for the same numbers in other arrays."""
    judge_layout(judge, _problem(judge, cell), cell.cell_forward, layout)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
@in_every_layout
def test_cell_backward_layouts(judge, cell, layout):
    """{cell_backward} gives the same results for the same numbers in other arrays, of the step forward too."""
    judge_layout(judge, _problem(judge, cell), cell.cell_backward, layout)


@pytest.mark.judges("tanh_forward")
@of_one_array
def test_tanh_layouts(judge, function, layout):
    """tanh_forward gives the same results for the same numbers in another array."""
    judge_activation_in(judge, function, layout)


@pytest.mark.judges("softmax_forward")
@of_one_array
def test_softmax_layouts(judge, function, layout):
    """softmax_forward gives the same results for the same numbers in another array."""
    judge_activation_in(judge, function, layout)


@pytest.mark.judges("forward")
def test_results_kept(judge, cell):
    """The results of {forward} stay as they are when it is called again."""
    problem, other = _two(judge, cell)
    _require_kept(judge, repeated(cell.forward, problem.inputs, other.inputs), forward_tolerance(problem))


@pytest.mark.judges("backward", needs=("forward",))
def test_gradients_kept(judge, cell):
    """The results of {backward} stay as they are when it is called again."""
    problem, other = _two(judge, cell)
    cotangents = [one.cotangents_of(cell.backward) for one in (problem, other)]
    question = forward_backward(cell.forward, problem.inputs, *cotangents)
    _require_kept(judge, question, network_answers(problem).tolerance)


@pytest.mark.judges("cell_forward")
def test_cell_results_kept(judge, cell):
    """The results of {cell_forward} stay as they are when it is called again."""
    problem, other = _two(judge, cell)
    _require_kept(judge, repeated(cell.cell_forward, problem.step, other.step), _step_tolerance(problem))


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_gradients_kept(judge, cell):
    """The results of {cell_backward} stay as they are when it is called again."""
    problem, other = _two(judge, cell)
    cotangents = [one.cotangents_of(cell.cell_backward) for one in (problem, other)]
    question = forward_backward(cell.cell_forward, problem.step, *cotangents)
    _require_kept(judge, question, _step_tolerance(problem))


@pytest.mark.judges("tanh_forward")
def test_tanh_result_kept(judge, cell, function):
    """The result of tanh_forward stays as it is when it is called again."""
    x = judge.draw(4, 3)
    _require_kept(judge, repeated(function, (x,), (x / 2,)), {"out": _of_activation(judge, cell, function, x)})


@pytest.mark.judges("softmax_forward")
def test_softmax_result_kept(judge, cell, function):
    """The result of softmax_forward stays as it is when it is called again."""
    x = judge.draw(4, 3)
    _require_kept(judge, repeated(function, (x,), (x / 2,)), {"out": _of_activation(judge, cell, function, x)})


@pytest.mark.judges("forward")
def test_updated_in_place(judge, cell):
    """{forward} sees new numbers in the same arrays, such as weights after an update in place."""
    problem, other = _two(judge, cell)
    _require_seen(judge, repeated(cell.forward, other.inputs, problem.inputs), forward_tolerance(problem))


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_updated_in_place(judge, cell):
    """{backward} sees new numbers in the same arrays, such as weights after an update in place."""
    problem, other = _two(judge, cell)
    calls = [
        call
        for one in (other, problem)
        for call in forward_backward(cell.forward, one.inputs, one.cotangents_of(cell.backward)).calls
    ]
    _require_seen(judge, Question(calls), network_answers(problem).tolerance)


@pytest.mark.judges("cell_forward")
def test_cell_updated_in_place(judge, cell):
    """{cell_forward} sees new numbers in the same arrays, such as weights after an update in place."""
    problem, other = _two(judge, cell)
    _require_seen(judge, repeated(cell.cell_forward, other.step, problem.step), _step_tolerance(problem))


def _problem(judge, cell):
    return judge.set_problem(NAMED["T_x=6"].of(cell))


def _two(judge, cell):
    """Returns two problems of the same sizes."""
    other = judge.set_problem(NAMED["T_x=6"].of(cell).at(seed=1))
    return judge.set_problem(NAMED["T_x=6"].of(cell)), other


def _step_tolerance(problem):
    tolerance = {name: 2 * value for name, value in cell_answers(problem).tolerance.items()}
    return of_a_step(problem.cell, tolerance)


def _of_activation(judge, cell, function, x):
    return 2 * cell.activations[function.name].tolerance(x, judge.u)


def _require_kept(judge, question, tolerance):
    """Raise Wrong if a result differs after the last call of the question. Each result is also read at once."""
    at_once = judge.implementation.answers(question)
    late = judge.implementation.answers(Question(question.calls, late=True))
    for (name, _), now, before in zip(question.calls[:-1], late, at_once, strict=False):
        _close(judge, name, now, before, tolerance, f"after the next call of {name}; before it was")


def _require_seen(judge, question, tolerance):
    """Raise Wrong if the last call gives other results with the arrays of an earlier call of the function."""
    expected = judge.implementation.answers(question)
    got = judge.implementation.answers(Question(question.calls, in_place=True))
    half = len(question.calls) // 2
    for (name, _), now, usual in list(zip(question.calls, got, expected, strict=True))[half:]:
        source = "with new numbers in the arrays of the call before; in new arrays it is"
        _close(judge, name, now, usual, tolerance, source)


def _close(judge, function, got, expected, tolerance, source):
    """Compare the arrays of two results of a function, which is to blame for a difference."""
    arrays = {one: value for one, value in expected.items() if one not in ("cache", "caches")}
    try:
        judge.close(got, arrays, tolerance, source)
    except Wrong as wrong:
        wrong.function = function
        raise

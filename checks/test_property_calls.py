"""Properties of single calls: equal calls agree, and arguments and caches stay as they are."""

import numpy as np
import pytest

from rnn_reference.implementations.question import LAST_BUT_ONE, Question, backward_call, forward_backward, repeated
from rnn_reference.numerics.compare import require_unchanged
from rnn_reference.outcomes import Crashed
from rnn_reference.problems.answers import cell_answers, forward_tolerance, network_answers
from rnn_reference.problems.inputs import of_sequence
from rnn_reference.problems.layouts import of_a_step


@pytest.mark.judges("forward")
def test_repeatable(judge, cell, every_problem):
    """Two equal calls of {forward} give the same results."""

    @every_problem
    def check(problem, t):
        first, again = yield repeated(cell.forward, problem.inputs, problem.inputs)
        judge.close(
            again,
            {name: first[name] for name in cell.forward.tensors},
            forward_tolerance(problem),
            "the first call gave",
        )


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_repeatable(judge, cell, every_problem):
    """Two equal calls of {backward} with the same caches give the same results."""

    @every_problem
    def check(problem, t):
        one = of_sequence(problem.cotangents)
        _, first, second = yield forward_backward(cell.forward, problem.inputs, one, one)
        judge.close(second, first, network_answers(problem).tolerance, "the first call gave")


@pytest.mark.judges("backward", needs=("forward",))
def test_caches_kept(judge, cell, every_problem):
    """A second forward pass does not change the caches of the first."""

    @every_problem
    def check(problem, t):
        other = problem.at(seed=problem.seed + 1)
        question = _back_again_after(cell.forward, other.inputs, problem.inputs, of_sequence(problem.cotangents))
        _, before, _, after = yield question
        judge.close(after, before, network_answers(problem).tolerance, "before another forward pass it was")


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_caches_kept(judge, cell, every_problem):
    """A second step forward does not change the cache of the first."""

    @every_problem
    def check(problem, t):
        other = problem.at(seed=problem.seed + 1)
        question = _back_again_after(
            cell.cell_forward, other.step, problem.step, problem.cotangents_of(cell.cell_backward)
        )
        _, before, _, after = yield question
        judge.close(after, before, _cell_tolerance(problem), "before another step forward it was")


@pytest.mark.judges("forward")
def test_parameters_by_name(judge, cell, every_problem):
    """The parameters are found by name: in any order, and with other entries in the dict if these are not refused."""

    @every_problem
    def check(problem, t):
        given = problem.given
        turned = dict(reversed(given.parameters.items()))
        straight, other = yield repeated(cell.forward, given.forward, given.at(parameters=turned).forward)
        source = f"in the order {', '.join(cell.parameters)} it is"
        judge.close(other, {name: straight[name] for name in cell.forward.tensors}, forward_tolerance(problem), source)

    given = judge.problem.given
    beside = given.at(parameters={"learning_rate": np.array(0.1), **given.parameters})
    (straight,) = judge.implementation.answers(repeated(cell.forward, given.forward))
    try:
        (other,) = judge.implementation.answers(repeated(cell.forward, beside.forward))
    except Crashed as raised:
        judge.notes.append(f"it takes no other entries in parameters: {raised.lines[0][1]}")
        return
    expected = {name: straight[name] for name in cell.forward.tensors}
    judge.close(other, expected, forward_tolerance(judge.problem), "without learning_rate in parameters it is")


@pytest.mark.judges("forward")
def test_inputs_kept(judge, cell, every_problem):
    """{forward} does not modify x, {initial} and the parameters."""

    @every_problem
    def check(problem, t):
        given = judge.own_copies(problem)
        yield repeated(cell.forward, cell.forward.ordered(given), copy=False)
        require_unchanged(given, judge.own_copies(problem), cell.forward.name)


@pytest.mark.judges("backward", needs=("forward",))
def test_cotangent_kept(judge, cell, every_problem):
    """{backward} does not modify {cotangents} and the arguments of the forward pass."""

    @every_problem
    def check(problem, t):
        before, given = judge.own_copies(problem), judge.own_copies(problem)
        cotangents = {name: given[name] for name in of_sequence(problem.cotangents)}
        alone = (cell.forward.name, cell.forward.ordered(before))
        back = forward_backward(cell.forward, cell.forward.ordered(given), cotangents)
        yield Question([alone, *back.calls], copy=False)
        require_unchanged(given, before, cell.backward.name)  # changes by the forward pass alone do not count


@pytest.mark.judges("cell_forward")
def test_cell_inputs_kept(judge, cell, every_problem):
    """{cell_forward} does not modify xt, {before} and the parameters."""

    @every_problem
    def check(problem, t):
        given = _own_step(judge, problem)
        before = judge.own_copies(given)
        yield repeated(cell.cell_forward, cell.cell_forward.ordered(given), copy=False)
        require_unchanged(given, before, cell.cell_forward.name)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_cotangent_kept(judge, cell, every_problem):
    """{cell_backward} does not modify {step_cotangents}, and gives the same results for the same cache twice."""

    @every_problem
    def check(problem, t):
        step = cell.cell_forward.ordered(_own_step(judge, problem))
        given = judge.own_copies(problem.cotangents_of(cell.cell_backward))
        before = judge.own_copies(given)
        _, first, second = yield forward_backward(cell.cell_forward, step, given, given, copy=False)
        require_unchanged(given, before, cell.cell_backward.name)
        judge.close(second, first, _cell_tolerance(problem), "the first call gave")


@pytest.mark.judges("tanh_forward")
def test_tanh_input_kept(implementation, judge):
    """tanh_forward does not modify its input."""
    given = judge.own_copies({"x": judge.draw(4, 3)})
    implementation.call("tanh_forward", given["x"], copy=False)
    require_unchanged(given, judge.own_copies({"x": judge.draw(4, 3)}), "tanh_forward")


@pytest.mark.judges("softmax_forward")
def test_softmax_input_kept(implementation, judge):
    """softmax_forward does not modify its input."""
    given = judge.own_copies({"x": judge.draw(4, 3)})
    implementation.call("softmax_forward", given["x"], copy=False)
    require_unchanged(given, judge.own_copies({"x": judge.draw(4, 3)}), "softmax_forward")


def _back_again_after(forward, other, inputs, cotangents):
    """Returns a question: forward and backward, then forward with other inputs, then backward with the first cache."""
    once = forward_backward(forward, inputs, cotangents).calls
    return Question([*once, (forward.name, other), backward_call(forward.partner, cotangents, LAST_BUT_ONE)])


def _own_step(judge, problem):
    return judge.own_copies(problem.cell.cell_forward.named(problem.step))


def _cell_tolerance(problem):
    return of_a_step(problem.cell, cell_answers(problem).tolerance)

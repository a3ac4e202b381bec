"""Properties of any recurrent network, as identities between two of its own runs.

They do not use the reference, so that they would also find a mistake in the reference.
"""

import numpy as np
import pytest

from rnn_reference.implementations.question import LAST_BUT_ONE, Question, backward_call, forward_backward, repeated
from rnn_reference.numerics.compare import require_unchanged
from rnn_reference.outcomes import NotOffered, Wrong
from rnn_reference.problems.answers import cell_answers, network_answers
from rnn_reference.problems.inputs import of_sequence, of_step


@pytest.mark.judges("forward")
def test_split(judge, cell, every_problem):
    """A sequence in two parts gives the same results as the whole: the second starts from the state after the first."""

    @every_problem
    def check(problem, t):
        given = problem.given
        whole, first = yield repeated(cell.forward, given.forward, given.steps(slice(None, t)).forward)
        last = {s: first[s][:, :, -1] for s in cell.states}
        (second,) = yield repeated(cell.forward, given.steps(slice(t, None)).at(initial=last).forward)
        got = {name: np.concatenate([first[name], second[name]], axis=2) for name in cell.forward.tensors}
        judge.close(got, _tensors(whole), network_answers(problem).tolerance, f"split at t={t}; in one run it is")


@pytest.mark.judges("forward")
def test_batch_columns(judge, cell, every_problem):
    """A column of the batch gives the same results alone as among the others."""

    @every_problem
    def check(problem, t):
        given, alone = problem.given, t % problem.m
        whole, got = yield repeated(cell.forward, given.forward, given.columns([alone]).forward)
        source = f"column {alone} alone; among the others it is"
        judge.close(got, _columns(whole, [alone]), _columns(_forward_tolerance(problem), [alone]), source)


@pytest.mark.judges("forward")
def test_batch_order(judge, cell, every_problem):
    """Permuting the columns of the batch permutes the result."""

    @every_problem
    def check(problem, t):
        given, order = problem.given, np.random.default_rng(problem.seed).permutation(problem.m)
        whole, got = yield repeated(cell.forward, given.forward, given.columns(order).forward)
        source = "columns permuted; in their order it is"
        judge.close(got, _columns(whole, order), _columns(_forward_tolerance(problem), order), source)


@pytest.mark.judges("forward")
def test_causal(judge, cell, every_problem):
    """Results before a step do not depend on inputs from this step on."""

    @every_problem
    def check(problem, t):
        given = problem.given
        other = np.concatenate([given.x[:, :, :t], given.x[:, :, t:] + 1], axis=2)
        whole, got = yield repeated(cell.forward, given.forward, given.at(x=other).forward)
        got, expected, tolerance = (
            _steps(table, slice(None, t)) for table in (got, whole, _forward_tolerance(problem))
        )
        judge.close(got, expected, tolerance, f"with other inputs from t={t} on; with the first ones it is")


@pytest.mark.judges("forward")
def test_remembers(judge, cell, every_problem):
    """Results at a step depend on the inputs before it, and on {initial}."""

    @every_problem
    def check(problem, t):
        given = problem.given
        earlier = given.x.copy()
        earlier[:, :, t - 1] += 1
        halved = [given.at(initial={**given.initial, s: state / 2}) for s, state in given.initial.items()]
        runs = [given, given.at(x=earlier), *halved]
        right, *others = yield repeated(cell.forward, *(run.forward for run in runs))
        moved = [(f"x at t={t - 1}", t), *((f"{s}0", 0) for s in cell.states)]
        first = cell.states[0]
        for (what, step), other in zip(moved, others, strict=True):
            change = abs(other[first] - right[first])[:, :, step]
            if np.all(change <= network_answers(problem).tolerance[first][:, :, step]):
                raise Wrong([(first, f"at t={step} stays as it is when {what} changes")])


@pytest.mark.judges("forward")
def test_no_recurrence(judge, cell, every_problem):
    """{no_recurrence} each step depends only on its own input: permuting the steps permutes the states."""

    @every_problem
    def check(problem, t):
        if not cell.reads_states_by_maps:
            reason = f"a state of {cell.name} reaches the next step also without weights"
            raise NotOffered([("", reason)], cell.forward.name)
        without = problem.given.without_recurrence()
        order = np.roll(np.arange(problem.T_x), t)
        straight, permuted = yield repeated(cell.forward, without.forward, without.steps(order).forward)
        first = cell.states[0]
        tolerance = {first: network_answers(problem).tolerance[first].max()}
        source = "steps permuted; in their order it is"
        judge.close({first: permuted[first]}, {first: straight[first][:, :, order]}, tolerance, source)


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_linear(judge, cell, every_problem):
    """{backward} is linear in {cotangents}."""

    @every_problem
    def check(problem, t):
        one = of_sequence(problem.cotangents)
        other = {name: np.roll(value, t, axis=2) for name, value in one.items()}
        both = {name: 2 * value - other[name] for name, value in one.items()}
        _, first, second, got = yield forward_backward(cell.forward, problem.inputs, one, other, both)
        expected = {name: 2 * first[name] - second[name] for name in first}
        tolerance = {name: 8 * value.max() for name, value in network_answers(problem).tolerance.items()}
        judge.close(got, expected, tolerance, f"for 2 {_da(cell)} - {_da(cell)}'; by linearity it is")


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_zero(judge, cell, every_problem):
    """For zero {cotangents} every gradient is zero."""

    @every_problem
    def check(problem, t):
        none = {name: 0 * value for name, value in of_sequence(problem.cotangents).items()}
        _, gradients = yield forward_backward(cell.forward, problem.inputs, none)
        zero = {name: np.zeros_like(value) for name, value in network_answers(problem).gradients.items()}
        judge.close(gradients, zero, dict.fromkeys(zero, 0.0), f"for {_da(cell)} = 0 it is")


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_causal(judge, cell, every_problem):
    """For {cotangents} = 0 from a step on, the gradient of the input is zero from this step on."""

    @every_problem
    def check(problem, t):
        ending = {name: value.copy() for name, value in of_sequence(problem.cotangents).items()}
        for value in ending.values():
            value[:, :, t:] = 0
        _, gradients = yield forward_backward(cell.forward, problem.inputs, ending)
        after = gradients["dx"][:, :, t:]
        tolerance = network_answers(problem).tolerance["dx"].max()  # solving the sequence as one system rounds
        judge.close(
            {"dx": after}, {"dx": 0 * after}, {"dx": tolerance}, f"{_da(cell)} ends before t={t}; dx after it is"
        )


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_sparse(judge, cell, every_problem):
    """The gradients for {cotangents} are the sum of the gradients for each single step of {cotangents}."""

    @every_problem
    def check(problem, t):
        one, steps = of_sequence(problem.cotangents), np.arange(problem.T_x)
        alone = [{name: np.where(steps == step, value, 0) for name, value in one.items()} for step in steps]
        _, whole, *parts = yield forward_backward(cell.forward, problem.inputs, one, *alone)
        summed = {name: np.sum([part[name] for part in parts], axis=0) for name in whole}
        tolerance = {name: 4 * value.max() for name, value in network_answers(problem).tolerance.items()}
        judge.close(whole, summed, tolerance, f"the sum over {_da(cell)}'s steps is")


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_scales(judge, cell, every_problem):
    """Much larger or smaller {cotangents} give gradients that are larger or smaller by the same factor."""

    @every_problem
    def check(problem, t):
        large = 2.0**20 if problem.dtype != "float16" else 2.0**6
        factors = (1.0, large, 1 / large)
        one = of_sequence(problem.cotangents)
        cotangents = [{name: factor * value for name, value in one.items()} for factor in factors]
        _, usual, *others = yield forward_backward(cell.forward, problem.inputs, *cotangents)
        tolerance = {name: 2 * value for name, value in network_answers(problem).tolerance.items()}
        for factor, scaled in zip(factors[1:], others, strict=True):
            got = {name: value / factor for name, value in scaled.items()}
            judge.close(got, usual, tolerance, f"for {factor:g} {_da(cell)}, over {factor:g}; for {_da(cell)} it is")


@pytest.mark.judges("forward")
def test_repeatable(judge, cell, every_problem):
    """Two equal calls of {forward} give the same results."""

    @every_problem
    def check(problem, t):
        first, again = yield repeated(cell.forward, problem.inputs, problem.inputs)
        judge.close(again, _tensors(first), _forward_tolerance(problem), "the first call gave")


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
        question = _back_again_after(cell.cell_forward, other.step, problem.step, of_step(problem.cotangents))
        _, before, _, after = yield question
        judge.close(after, before, _cell_tolerance(problem), "before another step forward it was")


@pytest.mark.judges("forward")
def test_parameters_by_name(judge, cell, every_problem):
    """The parameters are found by name: in any order, and with other entries in the dict."""

    @every_problem
    def check(problem, t):
        given = problem.given
        turned = {"learning_rate": np.array(0.1), **dict(reversed(given.parameters.items()))}
        straight, other = yield repeated(cell.forward, given.forward, given.at(parameters=turned).forward)
        source = f"in the order {', '.join(cell.parameters)} it is"
        judge.close(other, _tensors(straight), _forward_tolerance(problem), source)


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
        given = judge.own_copies(of_step(problem.cotangents))
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


def _da(cell):
    return f"d{cell.states[0]}"


def _tensors(results):
    """Returns the arrays of a forward function, without its caches."""
    return {name: value for name, value in results.items() if name != "caches"}


def _columns(results, which):
    return {name: value[:, which] for name, value in _tensors(results).items()}


def _steps(results, which):
    return {name: value[:, :, which] for name, value in _tensors(results).items()}


def _back_again_after(forward, other, inputs, cotangents):
    """Returns a question: forward and backward, then forward with other inputs, then backward with the first cache."""
    once = forward_backward(forward, inputs, cotangents).calls
    return Question([*once, (forward.name, other), backward_call(forward.partner, cotangents, LAST_BUT_ONE)])


def _own_step(judge, problem):
    return judge.own_copies(problem.cell.cell_forward.named(problem.step))


def _cell_tolerance(problem):
    tolerance, of_step = cell_answers(problem).tolerance, problem.cell.of_step
    named = {of_step.get(name, name): value for name, value in tolerance.items()}
    return named | {"dxt": tolerance["dx"][..., 0]}


def _forward_tolerance(problem):
    tolerance = network_answers(problem).tolerance
    return {name: 2 * tolerance[name] for name in problem.cell.forward.tensors}

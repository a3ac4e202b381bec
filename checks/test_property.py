"""Properties of any recurrent network, as identities between two of its own runs.

They use the reference only for tolerances, so that they would also find a mistake in its values.
"""

import numpy as np
import pytest

from rnn_reference.implementations.question import forward_backward, repeated
from rnn_reference.judging.judge import one_of
from rnn_reference.outcomes import NotOffered, Wrong
from rnn_reference.problems.answers import forward_tolerance, network_answers, reference_states
from rnn_reference.problems.inputs import of_sequence

SHOWS = 4.0  # tolerances: an effect of this size must show. In float16, a right network may lose a smaller one


@pytest.mark.judges("forward")
def test_split(judge, cell, every_problem):
    """A sequence in two parts gives the same results as the whole: the second starts from the state after the first."""

    @every_problem
    def check(problem, t):
        given = problem.given
        if not given.restarts:
            missing = " and ".join(f"{s}0" for s in cell.states if s not in given.initial)
            raise NotOffered([("", f"{cell.forward.name} takes no {missing}")], cell.forward.name)
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
        judge.close(got, _columns(whole, [alone]), _columns(forward_tolerance(problem), [alone]), source)


@pytest.mark.judges("forward")
def test_batch_order(judge, cell, every_problem):
    """Permuting the columns of the batch permutes the result."""

    @every_problem
    def check(problem, t):
        given, order = problem.given, np.random.default_rng(problem.seed).permutation(problem.m)
        whole, got = yield repeated(cell.forward, given.forward, given.columns(order).forward)
        source = "columns permuted; in their order it is"
        judge.close(got, _columns(whole, order), _columns(forward_tolerance(problem), order), source)


@pytest.mark.judges("forward")
def test_causal(judge, cell, every_problem):
    """Results before a step do not depend on inputs from this step on."""

    @every_problem
    def check(problem, t):
        given = problem.given
        other = np.concatenate([given.x[:, :, :t], given.x[:, :, t:] + 1], axis=2)
        whole, got = yield repeated(cell.forward, given.forward, given.at(x=other).forward)
        got, expected, tolerance = (_steps(table, slice(None, t)) for table in (got, whole, forward_tolerance(problem)))
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
        moved = [(f"x at t={t - 1}", t), *((f"{s}0", 0) for s in given.initial)]
        first, answers = cell.states[0], network_answers(problem)
        for (what, step), run, other in zip(moved, runs[1:], others, strict=True):
            tolerance = answers.tolerance[first][:, :, step]
            shows = abs(reference_states(run)[first] - answers.forward[first])[:, :, step] > SHOWS * tolerance
            change = abs(other[first] - right[first])[:, :, step]
            if np.any(shows) and np.all(change <= tolerance):
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
        after = one_of(gradients, "dx")[:, :, t:]
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


def _da(cell):
    return f"d{cell.states[0]}"


def _tensors(results):
    """Returns the arrays of a forward function, without its caches."""
    return {name: value for name, value in results.items() if name != "caches"}


def _columns(results, which):
    return {name: value[:, which] for name, value in _tensors(results).items()}


def _steps(results, which):
    return {name: value[:, :, which] for name, value in _tensors(results).items()}

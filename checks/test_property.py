"""What holds for any recurrent network, stated as identities between two of its own runs.

No expected value has a part in these: a mistake that the reference shared would be seen as well.
"""

import numpy as np
import pytest

from rnn_reference.implementations.question import LAST_BUT_ONE, Question, forward_backward, repeated
from rnn_reference.numerics.compare import require_unchanged
from rnn_reference.outcomes import Wrong
from rnn_reference.problems.answers import cell_answers, network_answers


@pytest.mark.judges("rnn_forward")
def test_split(judge, every_problem):
    """A sequence split in two, the second half run on from the last state of the first, equals the whole."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        runs = [(x, a0, parameters), (x[:, :, :t], a0, parameters)]
        (whole, y_whole, _), (first, y_first, _) = yield repeated("rnn_forward", *runs)
        ((second, y_second, _),) = yield repeated("rnn_forward", (x[:, :, t:], first[:, :, -1], parameters))
        got = {"a": np.concatenate([first, second], axis=2), "y_pred": np.concatenate([y_first, y_second], axis=2)}
        expected = {"a": whole, "y_pred": y_whole}
        judge.close(got, expected, network_answers(problem).tolerance, f"split at t={t}; in one run it is")


@pytest.mark.judges("rnn_forward")
def test_batch_columns(judge, every_problem):
    """A column of the batch gives the same alone as among the others."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        alone = t % problem.m
        runs = [(x, a0, parameters), (x[:, [alone]], a0[:, [alone]], parameters)]
        (whole, y_whole, _), (a, y_pred, _) = yield repeated("rnn_forward", *runs)
        expected = {"a": whole[:, [alone]], "y_pred": y_whole[:, [alone]]}
        tolerance = {name: value[:, [alone]] for name, value in _forward_tolerance(problem).items()}
        judge.close({"a": a, "y_pred": y_pred}, expected, tolerance, f"column {alone} alone; among the others it is")


@pytest.mark.judges("rnn_forward")
def test_batch_order(judge, every_problem):
    """Permuting the columns of the batch permutes the result."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        order = np.random.default_rng(problem.seed).permutation(problem.m)
        runs = [(x, a0, parameters), (x[:, order], a0[:, order], parameters)]
        (whole, y_whole, _), (a, y_pred, _) = yield repeated("rnn_forward", *runs)
        expected = {"a": whole[:, order], "y_pred": y_whole[:, order]}
        tolerance = {name: value[:, order] for name, value in _forward_tolerance(problem).items()}
        judge.close({"a": a, "y_pred": y_pred}, expected, tolerance, "columns permuted; in their order it is")


@pytest.mark.judges("rnn_forward")
def test_causal(judge, every_problem):
    """What comes out up to a step does not change with what goes in after it."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        other = np.concatenate([x[:, :, :t], x[:, :, t:] + 1], axis=2)
        runs = [(x, a0, parameters), (other, a0, parameters)]
        (whole, y_whole, _), (a, y_pred, _) = yield repeated("rnn_forward", *runs)
        until = np.s_[:, :, :t]
        tolerance = {name: value[until] for name, value in _forward_tolerance(problem).items()}
        got, expected = {"a": a[until], "y_pred": y_pred[until]}, {"a": whole[until], "y_pred": y_whole[until]}
        judge.close(got, expected, tolerance, f"with other inputs from t={t} on; with the first ones it is")


@pytest.mark.judges("rnn_forward")
def test_remembers(judge, every_problem):
    """What comes out at a step does change with what went in before it, and with a0."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        earlier = x.copy()
        earlier[:, :, t - 1] += 1
        runs = [(x, a0, parameters), (earlier, a0, parameters), (x, a0 / 2, parameters)]
        a, *others = (a for a, _, _ in (yield repeated("rnn_forward", *runs)))
        for what, step, moved in zip((f"x at t={t - 1}", "a0"), (t, 0), others, strict=True):
            if np.all(abs(moved - a)[:, :, step] <= network_answers(problem).tolerance["a"][:, :, step]):
                raise Wrong([("a", f"at t={step} stays as it is when {what} changes")])


@pytest.mark.judges("rnn_forward")
def test_no_recurrence(judge, every_problem):
    """With Waa = 0 each step depends on its own input alone: permuting the steps permutes the states."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        without = parameters | {"Waa": 0 * parameters["Waa"]}
        order = np.roll(np.arange(problem.T_x), t)
        runs = [(x, a0, without), (x[:, :, order], a0, without)]
        (a, _, _), (permuted, _, _) = yield repeated("rnn_forward", *runs)
        tolerance = {"a": network_answers(problem).tolerance["a"].max()}
        judge.close({"a": permuted}, {"a": a[:, :, order]}, tolerance, "steps permuted; in their order it is")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_backward_linear(judge, every_problem):
    """rnn_backward is linear in da."""

    @every_problem
    def ask(problem, t):
        other = np.roll(problem.da, t, axis=2)
        cotangents = (problem.da, other, 2 * problem.da - other)
        _, first, second, both = yield forward_backward("rnn", problem.inputs, *cotangents)
        expected = {name: 2 * first[name] - second[name] for name in first}
        tolerance = {name: 8 * value.max() for name, value in network_answers(problem).tolerance.items()}
        judge.close(both, expected, tolerance, "for 2 da - da'; by linearity it is")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_backward_zero(judge, every_problem):
    """For zero da every gradient is zero."""

    @every_problem
    def ask(problem, t):
        _, gradients = yield forward_backward("rnn", problem.inputs, 0 * problem.da)
        zero = {name: np.zeros_like(value) for name, value in network_answers(problem).gradients.items()}
        judge.close(gradients, zero, dict.fromkeys(zero, 0.0), "for da = 0 it is")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_backward_causal(judge, every_problem):
    """A cotangent that ends at a step leaves the input's gradient after that step zero."""

    @every_problem
    def ask(problem, t):
        da = problem.da.copy()
        da[:, :, t:] = 0
        _, gradients = yield forward_backward("rnn", problem.inputs, da)
        after = gradients["dx"][:, :, t:]
        tolerance = network_answers(problem).tolerance["dx"].max()  # a sequence solved as one system leaves dust
        judge.close({"dx": after}, {"dx": 0 * after}, {"dx": tolerance}, f"da ends before t={t}; dx after it is")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_backward_sparse(judge, every_problem):
    """The gradients for da are the sum of those for each step of da alone, the last one among them."""

    @every_problem
    def ask(problem, t):
        alone = [np.where(np.arange(problem.T_x) == step, problem.da, 0) for step in range(problem.T_x)]
        _, whole, *parts = yield forward_backward("rnn", problem.inputs, problem.da, *alone)
        summed = {name: np.sum([part[name] for part in parts], axis=0) for name in whole}
        tolerance = {name: 4 * value.max() for name, value in network_answers(problem).tolerance.items()}
        judge.close(whole, summed, tolerance, "the sum over da's steps is")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_backward_scales(judge, every_problem):
    """A da that is a million times larger, or smaller, gives gradients that are so too."""

    @every_problem
    def ask(problem, t):
        factors = (1.0, 2.0**20, 2.0**-20)
        cotangents = (factor * problem.da for factor in factors)
        _, usual, *others = yield forward_backward("rnn", problem.inputs, *cotangents)
        tolerance = {name: 2 * value for name, value in network_answers(problem).tolerance.items()}
        for factor, scaled in zip(factors[1:], others, strict=True):
            got = {name: value / factor for name, value in scaled.items()}
            judge.close(got, usual, tolerance, f"for {factor:g} da, over {factor:g}; for da it is")


@pytest.mark.judges("rnn_forward")
def test_repeatable(judge, every_problem):
    """Two equal calls of rnn_forward give the same."""

    @every_problem
    def ask(problem, t):
        (a, y_pred, _), (again, y_again, _) = yield repeated("rnn_forward", problem.inputs, problem.inputs)
        tolerance = _forward_tolerance(problem)
        judge.close({"a": again, "y_pred": y_again}, {"a": a, "y_pred": y_pred}, tolerance, "the first call gave")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_backward_repeatable(judge, every_problem):
    """Two equal calls of rnn_backward with the same caches give the same."""

    @every_problem
    def ask(problem, t):
        _, first, second = yield forward_backward("rnn", problem.inputs, problem.da, problem.da)
        judge.close(second, first, network_answers(problem).tolerance, "the first call gave")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_caches_kept(judge, every_problem):
    """A second forward pass does not spoil the caches of the first."""

    @every_problem
    def ask(problem, t):
        other = problem.at(seed=problem.seed + 1)
        _, before, _, after = yield _back_again_after("rnn", other.inputs, problem.inputs, problem.da)
        judge.close(after, before, network_answers(problem).tolerance, "before another forward pass it was")


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
def test_cell_caches_kept(judge, every_problem):
    """A second step forward does not spoil the cache of the first."""

    @every_problem
    def ask(problem, t):
        other = problem.at(seed=problem.seed + 1)
        _, before, _, after = yield _back_again_after("rnn_cell", other.step, problem.step, problem.da[:, :, 0])
        judge.close(after, before, _cell_tolerance(problem), "before another step forward it was")


@pytest.mark.judges("rnn_forward")
def test_parameters_by_name(judge, every_problem):
    """The parameters are found by their names, in whatever order the dict has them, beside others."""

    @every_problem
    def ask(problem, t):
        x, a0, parameters = problem.inputs
        turned = {"learning_rate": np.array(0.1), **dict(reversed(parameters.items()))}
        runs = [(x, a0, parameters), (x, a0, turned)]
        (a, y_pred, _), (other, y_other, _) = yield repeated("rnn_forward", *runs)
        source = "in the order Wax, Waa, Wya, ba, by it is"
        judge.close({"a": other, "y_pred": y_other}, {"a": a, "y_pred": y_pred}, _forward_tolerance(problem), source)


@pytest.mark.judges("rnn_forward")
def test_inputs_kept(judge, every_problem):
    """rnn_forward leaves x, a0 and the parameters as they were."""

    @every_problem
    def ask(problem, t):
        given = judge.own_copies(problem)
        yield repeated("rnn_forward", (given["x"], given["a0"], given["parameters"]), as_they_are=True)
        require_unchanged(given, judge.own_copies(problem), "rnn_forward")


@pytest.mark.judges("rnn_backward", needs=("rnn_forward",))
def test_cotangent_kept(judge, every_problem):
    """rnn_backward leaves da, and what went into the forward pass, as they were."""

    @every_problem
    def ask(problem, t):
        before, given = judge.own_copies(problem), judge.own_copies(problem)
        alone, first = ((run["x"], run["a0"], run["parameters"]) for run in (before, given))
        back = forward_backward("rnn", first, given["da"])
        yield Question([("rnn_forward", alone), *back.calls], as_they_are=True)
        require_unchanged(given, before, "rnn_backward")  # what the forward pass alone spoils is its own affair


@pytest.mark.judges("rnn_cell_forward")
def test_cell_inputs_kept(judge, every_problem):
    """rnn_cell_forward leaves xt, a_prev and the parameters as they were."""

    @every_problem
    def ask(problem, t):
        given = _own_step(judge, problem)
        before = judge.own_copies(given)
        yield repeated("rnn_cell_forward", tuple(given.values()), as_they_are=True)
        require_unchanged(given, before, "rnn_cell_forward")


@pytest.mark.judges("rnn_cell_backward", needs=("rnn_cell_forward",))
def test_cell_cotangent_kept(judge, every_problem):
    """rnn_cell_backward leaves da_next as it was, and gives the same for the same cache twice."""

    @every_problem
    def ask(problem, t):
        step = tuple(_own_step(judge, problem).values())
        given = judge.own_copies({"da_next": problem.da[:, :, 0]})
        before = judge.own_copies(given)
        twice = (given["da_next"], given["da_next"])
        _, first, second = yield forward_backward("rnn_cell", step, *twice, as_they_are=True)
        require_unchanged(given, before, "rnn_cell_backward")
        judge.close(second, first, _cell_tolerance(problem), "the first call gave")


@pytest.mark.judges("tanh_forward")
def test_tanh_input_kept(implementation, judge):
    """tanh_forward leaves its input as it was."""
    given = judge.own_copies({"x": judge.draw(4, 3)})
    implementation.call("tanh_forward", given["x"], as_they_are=True)
    require_unchanged(given, judge.own_copies({"x": judge.draw(4, 3)}), "tanh_forward")


@pytest.mark.judges("softmax_forward")
def test_softmax_input_kept(implementation, judge):
    """softmax_forward leaves its input as it was."""
    given = judge.own_copies({"x": judge.draw(4, 3)})
    implementation.call("softmax_forward", given["x"], as_they_are=True)
    require_unchanged(given, judge.own_copies({"x": judge.draw(4, 3)}), "softmax_forward")


def _back_again_after(of, other, inputs, da):
    """There and back; then a forward pass of other inputs, and back again from the first one's cache."""
    once = forward_backward(of, inputs, da).calls
    return Question([*once, (f"{of}_forward", other), (f"{of}_backward", (da, LAST_BUT_ONE))])


def _own_step(judge, problem):
    return judge.own_copies(dict(zip(("xt", "a_prev", "parameters"), problem.step, strict=True)))


def _cell_tolerance(problem):
    tolerance = cell_answers(problem).tolerance
    named = {"dxt": tolerance["dx"][..., 0], "da_prev": tolerance["da0"]}
    return named | {name: tolerance[name] for name in ("dWax", "dWaa", "dba")}


def _forward_tolerance(problem):
    tolerance = network_answers(problem).tolerance
    return {"a": 2 * tolerance["a"], "y_pred": 2 * tolerance["y_pred"]}

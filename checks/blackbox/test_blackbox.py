"""Properties of any recurrent network that reads a sequence forward, for any weights and any cell.

``--rnn-blackbox`` checks them on a callable. Two runs that should agree may differ by 1024 units of roundoff of the
largest output.
"""

import copy

import numpy as np
import pytest

from rnn_reference.implementations.blackbox import of_each
from rnn_reference.implementations.values import as_numbers
from rnn_reference.numerics.compare import require_finite, require_unchanged
from rnn_reference.outcomes import Outcome, Wrong


@pytest.mark.judges("blackbox")
def test_outputs(implementation, judge, every_input):
    """There is one column of outputs for each column of the batch and each step, and all outputs are finite."""

    @every_input
    def check(x, t):
        outputs, _ = implementation.run(x)
        implementation.require_each_step(outputs, x)
        require_finite("blackbox", {"outputs": outputs})


@pytest.mark.judges("blackbox")
def test_repeatable(implementation, judge, every_input):
    """Two equal calls give the same results, also with another call between them."""

    @every_input
    def check(x, t):
        first, _ = implementation.run(x)
        implementation.run(x[:, ::-1] + 1)
        _close(implementation, judge, implementation.run(x)[0], first, "the first call gave")


@pytest.mark.judges("blackbox")
def test_causal(implementation, judge, every_input):
    """Outputs before a step do not depend on inputs from this step on."""

    @every_input
    def check(x, t):
        whole, _ = implementation.run(x)
        other, _ = implementation.run(np.concatenate([x[:, :, :t], 1 - x[:, :, t:]], axis=2))
        source = f"with other inputs from t={t} on; with the first ones it is"
        _close(implementation, judge, other[:, :, :t], whole[:, :, :t], source)


@pytest.mark.judges("blackbox")
def test_beginning(implementation, judge, every_input):
    """The beginning of a sequence gives the same outputs alone as in the whole sequence."""

    @every_input
    def check(x, t):
        whole, _ = implementation.run(x)
        first, _ = implementation.run(x[:, :, :t])
        _close(implementation, judge, first, whole[:, :, :t], f"of the first {t} steps alone; in one run it is")


@pytest.mark.judges("blackbox")
def test_remembers(implementation, judge, every_input):
    """Outputs at a step depend on inputs before it."""
    changes = []

    @every_input
    def check(x, t):
        whole, _ = implementation.run(x)
        other, _ = implementation.run(np.concatenate([1 - x[:, :, :t], x[:, :, t:]], axis=2))
        changes.append(not np.array_equal(other[:, :, t:], whole[:, :, t:]))

    if not any(changes):
        raise Wrong([("outputs", "at no step do they depend on the inputs of the steps before it")])


@pytest.mark.judges("blackbox")
def test_batch_independent(implementation, judge, every_input):
    """The outputs of a column of the batch do not depend on the other columns."""

    @every_input
    def check(x, t):
        kept = t % x.shape[1]
        others = np.where((np.arange(x.shape[1]) == kept)[:, None], x, 1 - x)
        whole, _ = implementation.run(x)
        got, _ = implementation.run(others)
        source = f"column {kept} among other columns; among the first ones it is"
        _close(implementation, judge, got[:, [kept]], whole[:, [kept]], source)


@pytest.mark.judges("blackbox")
def test_batch_columns(implementation, judge, every_input):
    """A column of the batch gives the same outputs alone as among the others."""

    @every_input
    def check(x, t):
        alone = t % x.shape[1]
        whole, _ = implementation.run(x)
        got, _ = implementation.run(x[:, [alone]])
        _close(implementation, judge, got, whole[:, [alone]], f"column {alone} alone; among the others it is")


@pytest.mark.judges("blackbox")
def test_batch_order(implementation, judge, every_input):
    """Permuting the columns of the batch permutes the outputs."""

    @every_input
    def check(x, t):
        order = np.roll(np.arange(x.shape[1])[::-1], t)
        whole, _ = implementation.run(x)
        got, _ = implementation.run(x[:, order])
        _close(implementation, judge, got, whole[:, order], "columns permuted; in their order it is")


@pytest.mark.judges("blackbox", needs=("state",))
def test_split(implementation, judge, every_input):
    """A sequence in two parts gives the same outputs as the whole: the second starts from the state after the first."""

    @every_input
    def check(x, t):
        whole, _ = implementation.run(x)
        first, state = implementation.run(x[:, :, :t])
        second, _ = implementation.run(x[:, :, t:], state)
        got = np.concatenate([first, second], axis=2)
        _close(implementation, judge, got, whole, f"split at t={t}; in one run it is")


@pytest.mark.judges("blackbox", needs=("state",))
def test_no_state(implementation, judge, every_input):
    """Calling without a state, or with None, gives the same result as a state of zeros."""

    @every_input
    def check(x, t):
        without, state = implementation.run(x)
        zeros = of_each(lambda array: 0 * array, state)
        source = "from zeros; without a state (a learned initial state may differ) it is"
        _close(implementation, judge, implementation.run(x, zeros)[0], without, source)
        try:
            none, _ = implementation.run(x, None)
        except Outcome:
            return  # it does not accept None
        _close(implementation, judge, none, without, "from None; without a state it is")


@pytest.mark.judges("blackbox")
def test_inputs_kept(implementation, judge, every_input):
    """A call does not modify the input and the state."""

    @every_input
    def check(x, t):
        given = implementation.laid_out(x)
        _, state = implementation.outputs_and_state(implementation.called(given))
        require_unchanged({"x": given}, {"x": implementation.laid_out(x)}, "blackbox")
        if implementation.offers("state"):
            before = _numbers(copy.deepcopy(state))
            implementation.called(given, state)
            require_unchanged({"x": given, **_numbers(state)}, {"x": implementation.laid_out(x), **before}, "blackbox")


def _numbers(state):
    """Returns copies of the arrays in a state, by name."""
    found = []
    of_each(lambda array: found.append(as_numbers(array).copy()), state)
    return {f"state {n}" if n else "state": array for n, array in enumerate(found)}


def _close(implementation, judge, got, expected, source):
    judge.close({"outputs": got}, {"outputs": expected}, {"outputs": implementation.tolerance_for(expected)}, source)

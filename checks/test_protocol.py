"""The form of each function: its arguments, its results, and their shapes.

Other groups check the values. A function that fails here does not have the document's API, so its values cannot be
judged.
"""

import pytest

from rnn_reference.cells.words import listed
from rnn_reference.diagnosis.caches import documented, overwritten_start, share_their_states
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.outcomes import NotOffered, Wrong
from rnn_reference.problems.inputs import of_sequence
from rnn_reference.problems.problem import ORDINARY

on_ordinary_problems = pytest.mark.parametrize("problem", ORDINARY, indirect=True)


@pytest.mark.judges("tanh_forward")
def test_tanh(implementation, judge):
    """tanh_forward takes (n, m) and returns one array of that shape."""
    for shape in ((3, 2), (2, 5), (4, 1)):
        x = judge.draw(*shape)
        require_shapes({"its result": implementation.tanh_forward(x)}, {"its result": shape})


@pytest.mark.judges("softmax_forward")
def test_softmax(implementation, judge):
    """softmax_forward takes (n, m) and returns one array of that shape."""
    for shape in ((3, 2), (2, 5), (4, 1)):
        x = judge.draw(*shape)
        require_shapes({"its result": implementation.softmax_forward(x)}, {"its result": shape})


@pytest.mark.judges("cell_forward")
@on_ordinary_problems
def test_cell_forward(implementation, cell, problem):
    """{cell_forward} returns {next_states_and_shapes}, {step_prediction} (n_y, m) and a cache."""
    require_shapes(implementation.ask(cell.cell_forward.name, *problem.step), _shapes(problem, cell.cell_forward))
    _require_own_weights(implementation, cell.cell_forward)


@pytest.mark.judges("forward")
@on_ordinary_problems
def test_network_forward(implementation, cell, problem):
    """{forward} returns {states_and_shapes}, {prediction} (n_y, m, T_x) and caches."""
    require_shapes(implementation.ask(cell.forward.name, *problem.inputs), _shapes(problem, cell.forward))
    _require_own_weights(implementation, cell.forward)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
@on_ordinary_problems
def test_cell_backward(implementation, cell, problem):
    """{cell_backward} returns a dict of {step_gradients}; each has the shape of its array, dxt that of xt."""
    cache = implementation.ask(cell.cell_forward.name, *problem.step)["cache"]
    arguments = cell.cell_backward.ordered({**problem.cotangents_of(cell.cell_backward), "cache": cache})
    results, shapes = implementation.ask(cell.cell_backward.name, *arguments), _shapes(problem, cell.cell_backward)
    require_shapes(results, {name: shape for name, shape in shapes.items() if name in results})
    _require_own_weights(implementation, cell.cell_backward)


@pytest.mark.judges("backward", needs=("forward",))
@on_ordinary_problems
def test_network_backward(implementation, cell, problem):
    """{backward} returns a dict of {gradients}; each has the shape of its array, dx that of x."""
    caches = implementation.ask(cell.forward.name, *problem.inputs)["caches"]
    arguments = cell.backward.ordered({**of_sequence(problem.cotangents), "caches": caches})
    results, shapes = implementation.ask(cell.backward.name, *arguments), _shapes(problem, cell.backward)
    require_shapes(results, {name: shape for name, shape in shapes.items() if name in results})
    _require_own_weights(implementation, cell.backward)


@pytest.mark.judges("forward")
@on_ordinary_problems
def test_caches(implementation, cell, problem):
    """If the caches of {forward} have the document's form, each holds the states of its own step."""
    results = implementation.ask(cell.forward.name, *problem.inputs)
    caches = implementation.cache_contents(results["caches"])
    if not documented(caches, problem):
        raise NotOffered([("", "its caches have another form, which is allowed")], cell.forward.name)
    if share_their_states(caches, results, problem):
        raise Wrong([("caches", "every step's cache holds the same {a_next} and {a_prev}".format(
            a_next=f"{cell.states[0]}_next", a_prev=f"{cell.states[0]}_prev"))])  # fmt: skip
    state = overwritten_start(caches, results, problem)
    if state:
        raise Wrong([("caches", f"the first step's {state}_prev is {state}[:, :, 0], the state after that step")])


def _require_own_weights(implementation, function):
    """Raise Wrong for a function that reads its weights from the notebook around it."""
    names = implementation.reads_globals(function.name)
    if names:
        read = f"it reads {listed(names)} from the notebook, not from parameters; judged with them put in"
        raise Wrong([("globals", read)], function.name)


def _shapes(problem, function):
    """Returns the right shape of every tensor that a function returns."""
    return {name: function.cell.shape(name, problem.sizes) for name in function.tensors}

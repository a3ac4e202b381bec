"""Advice: right implementations that overflow, lose precision, or cost more than necessary.

These checks do not fail without ``--rnn-strict``: 31 of 31 right public solutions of the document's exercise return
float64 for float32, and 30 of 31 have a softmax that overflows.
"""

import numpy as np
import pytest

from rnn_reference import softmax_forward
from rnn_reference.cells.head import softmax_tolerance
from rnn_reference.cells.rounding import bounded_tolerance
from rnn_reference.numerics.compare import require_finite, require_same_dtype
from rnn_reference.outcomes import NotJudged, NotOffered
from rnn_reference.problems.answers import network_answers
from rnn_reference.problems.inputs import of_sequence
from rnn_reference.problems.problem import NAMED


@pytest.mark.judges("tanh_forward")
def test_tanh_large(implementation, judge):
    """Tanh is 1 or -1 for every large x."""
    x = np.array([[-1e5, -800.0, -720.0], [720.0, 800.0, 1e5]])
    got = implementation.tanh_forward(x)
    require_finite("tanh_forward", {"out": got})
    judge.close({"out": got}, {"out": np.sign(x)}, {"out": bounded_tolerance(x, judge.u)})


@pytest.mark.judges("softmax_forward")
def test_softmax_large(implementation, judge):
    """Softmax is finite for large x: a maximum is subtracted before exp."""
    x = judge.draw(3, 4) + 1e4
    got = implementation.softmax_forward(x)
    require_finite("softmax_forward", {"out": got})
    rounded = x.astype(implementation.dtype).astype(float)
    judge.close({"out": got}, {"out": softmax_forward(rounded)}, {"out": softmax_tolerance(rounded, judge.u)})


@pytest.mark.judges("softmax_forward")
def test_softmax_columns(implementation, judge):
    """Softmax is finite for columns of very different size: the maximum of each column is subtracted."""
    x = (judge.draw(3, 4) + 1000 * np.arange(4)).astype(implementation.dtype).astype(float)
    got = implementation.softmax_forward(x)
    require_finite("softmax_forward", {"out": got})
    judge.close({"out": got}, {"out": softmax_forward(x)}, {"out": softmax_tolerance(x, judge.u)})


@pytest.mark.judges("forward")
def test_caches(implementation, judge, cell):
    """The second part of {forward}'s caches is the input x, as the document reads it."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    kept = implementation.second_part(implementation.ask(cell.forward.name, *problem.inputs)["caches"])
    if getattr(kept, "shape", None) != problem.x.shape:
        raise NotOffered([("", "its caches have another form, which is allowed")], cell.forward.name)
    judge.close({"caches[1]": kept}, {"caches[1]": problem.x}, {"caches[1]": 0.0}, "the input is")


@pytest.mark.judges("tanh_forward")
def test_tanh_float32(implementation, judge):
    """Tanh returns float32 for float32."""
    require_same_dtype({"out": implementation.tanh_forward(_single(judge.draw(3, 4)), copy=False)})


@pytest.mark.judges("softmax_forward")
def test_softmax_float32(implementation, judge):
    """Softmax returns float32 for float32."""
    require_same_dtype({"out": implementation.softmax_forward(_single(judge.draw(3, 4)), copy=False)})


@pytest.mark.judges("cell_forward")
def test_cell_float32(implementation, judge, cell):
    """{cell_forward} returns float32 for float32."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    results = implementation.ask(cell.cell_forward.name, *map(_single, problem.step), copy=False)
    require_same_dtype({name: results[name] for name in cell.cell_forward.tensors})


@pytest.mark.judges("forward")
def test_network_float32(implementation, judge, cell):
    """{forward} returns float32 for float32."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    results = implementation.ask(cell.forward.name, *map(_single, problem.inputs), copy=False)
    require_same_dtype({name: results[name] for name in cell.forward.tensors})


@pytest.mark.judges("backward", needs=("forward",))
def test_gradient_float32(implementation, judge, cell):
    """{backward} returns float32 for float32."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    forward = implementation.ask(cell.forward.name, *map(_single, problem.inputs), copy=False)
    if any(forward[s].dtype != np.float32 for s in cell.states):
        raise NotJudged([("", f"{cell.forward.name} has already returned float64")], function=cell.backward.name)
    arguments = {**_single(of_sequence(problem.cotangents)), "caches": forward["caches"]}
    require_same_dtype(implementation.ask(cell.backward.name, *cell.backward.ordered(arguments), copy=False))


MEMORY_LAYOUTS = {
    "fortran": np.asfortranarray,
    "strided": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "reversed": lambda array: np.ascontiguousarray(array[::-1])[::-1],
}


@pytest.mark.judges("forward")
@pytest.mark.parametrize("layout", MEMORY_LAYOUTS)
def test_layout(implementation, judge, cell, layout):
    """{forward} gives the same results for arrays that are not contiguous in memory."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))

    def laid_out(value):
        if isinstance(value, dict):
            return {name: laid_out(item) for name, item in value.items()}
        return MEMORY_LAYOUTS[layout](value.astype(implementation.dtype))

    got = implementation.ask(cell.forward.name, *map(laid_out, problem.inputs), copy=False)
    usual = implementation.ask(cell.forward.name, *problem.inputs)
    expected = {name: usual[name] for name in cell.forward.tensors}
    judge.close(got, expected, network_answers(problem).tolerance, "for contiguous arrays it is")


def _single(value):
    if isinstance(value, dict):
        return {name: _single(item) for name, item in value.items()}
    return value.astype(np.float32)

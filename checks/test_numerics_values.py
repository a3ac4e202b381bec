"""Advice: right values that overflow on the way, and NaN that is hidden.

The kernels of a well-known runtime clip the arguments of a gate, and with it NaN.
"""

import pytest

from rnn_reference.implementations.question import repeated
from rnn_reference.judging.special import require_not_finite
from rnn_reference.numerics.compare import require_finite, require_shapes
from rnn_reference.problems.problem import NAMED
from rnn_reference.problems.special import PROBLEM, nan_in_x, nan_in_xt, special


@pytest.mark.judges("forward")
def test_large_inputs(judge, cell):
    """{forward} is finite for very large x: tanh is no quotient of exponentials."""
    given = special(judge.set_problem(PROBLEM.of(cell)), "large", False).given
    (got,) = judge.implementation.answers(repeated(cell.forward, given.forward))
    require_finite(cell.forward.name, {s: got[s] for s in cell.states})


@pytest.mark.judges("forward")
def test_nan(judge, cell):
    """NaN in x makes the states of its column NaN, from its step on."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    spoilt, (j, t) = nan_in_x(problem)
    (got,) = judge.implementation.answers(repeated(cell.forward, spoilt))
    require_shapes(got, {s: cell.shape(s, problem.sizes) for s in cell.states})
    require_not_finite({f"{s}[:,{j},{t}]": got[s][:, j, t] for s in cell.states}, f"NaN is in x[0,{j},{t}]")
    require_not_finite({f"{s}[:,{j},-1]": got[s][:, j, -1] for s in cell.states}, f"NaN is in x[0,{j},{t}]")


@pytest.mark.judges("cell_forward")
def test_cell_nan(judge, cell):
    """NaN in xt makes the next states of its column NaN."""
    problem = judge.set_problem(NAMED["T_x=6"].of(cell))
    spoilt, j = nan_in_xt(problem)
    (got,) = judge.implementation.answers(repeated(cell.cell_forward, spoilt))
    require_shapes(got, {f"{s}_next": cell.shape(f"{s}_next", problem.sizes) for s in cell.states})
    require_not_finite({f"{s}_next[:,{j}]": got[f"{s}_next"][:, j] for s in cell.states}, f"NaN is in xt[0,{j}]")

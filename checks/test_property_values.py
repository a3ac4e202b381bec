"""Properties of very large and small numbers, NaN and infinity, as identities between two runs."""

import pytest

from rnn_reference.implementations.question import forward_backward, repeated
from rnn_reference.judging.special import require_not_finite
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.problems.answers import cell_answers, forward_tolerance, network_answers
from rnn_reference.problems.layouts import of_a_step
from rnn_reference.problems.problem import NAMED
from rnn_reference.problems.special import gradients_scaled_back, nan_in_x, nan_in_xt, with_inputs_scaled

INPUTS = {"float64": (2.0**12, 2.0**-40), "float32": (2.0**12, 2.0**-20), "float16": (2.0**6, 2.0**-6)}
"""Factors of x, the inverse of which its weights get."""

COTANGENTS = {"float64": (2.0**40, 2.0**-100), "float32": (2.0**40, 2.0**-60), "float16": (2.0**6, 2.0**-6)}
"""Factors of the cotangents: far from overflow."""


@pytest.mark.judges("forward")
def test_input_scales(judge, cell):
    """Much larger or smaller x with smaller or larger weights gives the same results."""
    problem = _problem(judge, cell)
    runs = [with_inputs_scaled(problem.given, factor).forward for factor in INPUTS[problem.dtype]]
    usual, *others = judge.implementation.answers(repeated(cell.forward, problem.inputs, *runs))
    for factor, got in zip(INPUTS[problem.dtype], others, strict=True):
        source = f"for {factor:g} x, with weights of x over {factor:g}; for x it is"
        judge.close(got, {name: usual[name] for name in cell.forward.tensors}, forward_tolerance(problem), source)


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_input_scales(judge, cell):
    """Much larger or smaller x with smaller or larger weights gives gradients that differ by that factor only."""
    problem = _problem(judge, cell)
    one, tolerance = problem.cotangents_of(cell.backward), _doubled(network_answers(problem).tolerance)
    (_, usual) = judge.implementation.answers(forward_backward(cell.forward, problem.inputs, one))
    for factor in INPUTS[problem.dtype]:
        given = with_inputs_scaled(problem.given, factor)
        _, scaled = judge.implementation.answers(forward_backward(cell.forward, given.forward, one))
        source = f"for {factor:g} x, with weights of x over {factor:g}, scaled back; for x it is"
        judge.close(gradients_scaled_back(given, scaled, factor), usual, tolerance, source)


@pytest.mark.judges("backward", needs=("forward",))
def test_backward_extremes(judge, cell):
    """Enormous or minute {cotangents} give gradients that are larger or smaller by the same factor."""
    problem = _problem(judge, cell)
    one, tolerance = problem.cotangents_of(cell.backward), _doubled(network_answers(problem).tolerance)
    _require_scales(judge, cell.forward, problem.inputs, one, tolerance)


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
def test_cell_backward_extremes(judge, cell):
    """Enormous or minute {step_cotangents} give gradients that are larger or smaller by the same factor."""
    problem = _problem(judge, cell)
    one, tolerance = problem.cotangents_of(cell.cell_backward), _doubled(_of_a_step(problem))
    _require_scales(judge, cell.cell_forward, problem.step, one, tolerance)


@pytest.mark.judges("forward")
def test_nan(judge, cell):
    """NaN in x changes no states but those of its column, from its step on."""
    problem = _problem(judge, cell)
    spoilt, (j, t) = nan_in_x(problem)
    usual, got = judge.implementation.answers(repeated(cell.forward, problem.inputs, spoilt))
    expected = {s: usual[s].copy() for s in cell.states}
    _require_right_shapes(problem, cell.forward, got)
    for s, value in expected.items():
        value[:, j, t:] = got[s][:, j, t:]  # another check is about these
    judge.close(got, expected, forward_tolerance(problem), f"with NaN in x[0,{j},{t}]; without it is")


@pytest.mark.judges("cell_forward")
def test_cell_nan(judge, cell):
    """NaN in xt changes no states but those of its column."""
    problem = _problem(judge, cell)
    spoilt, j = nan_in_xt(problem)
    usual, got = judge.implementation.answers(repeated(cell.cell_forward, problem.step, spoilt))
    expected = {f"{s}_next": usual[f"{s}_next"].copy() for s in cell.states}
    _require_right_shapes(problem, cell.cell_forward, got)
    for name, value in expected.items():
        value[:, j] = got[name][:, j]
    judge.close(got, expected, _doubled(_of_a_step(problem)), f"with NaN in xt[0,{j}]; without it is")


@pytest.mark.judges("backward", needs=("forward",))
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_backward_nan(judge, cell, value):
    """NaN or infinity in {cotangents} is not hidden: the gradients that depend on it are not finite."""
    problem = _problem(judge, cell)
    j, t = 1, problem.T_x // 2
    cotangents = {name: one.copy() for name, one in problem.cotangents_of(cell.backward).items()}
    first = next(iter(cotangents))
    cotangents[first][0, j, t] = float(value)
    _, got = judge.implementation.answers(forward_backward(cell.forward, problem.inputs, cotangents))
    _require_right_shapes(problem, cell.backward, got)
    dependent = {name: got[name][:1] for name in cell.weight_gradients if name in got}
    dependent |= {"dx": got["dx"][:, j, t]} if "dx" in got else {}
    require_not_finite(dependent, f"{value} in {first}[0,{j},{t}]")


@pytest.mark.judges("cell_backward", needs=("cell_forward",))
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_cell_backward_nan(judge, cell, value):
    """NaN or infinity in {step_cotangents} is not hidden: the gradients that depend on it are not finite."""
    problem, j = _problem(judge, cell), 1
    cotangents = {name: one.copy() for name, one in problem.cotangents_of(cell.cell_backward).items()}
    first = next(iter(cotangents))
    cotangents[first][0, j] = float(value)
    _, got = judge.implementation.answers(forward_backward(cell.cell_forward, problem.step, cotangents))
    _require_right_shapes(problem, cell.cell_backward, got)
    dependent = {name: got[name][:1] for name in cell.weight_gradients if name in got}
    dependent |= {"dxt": got["dxt"][:, j]} if "dxt" in got else {}
    require_not_finite(dependent, f"{value} in {first}[0,{j}]")


def _problem(judge, cell):
    return judge.set_problem(NAMED["T_x=6"].of(cell))


def _require_right_shapes(problem, function, got):
    require_shapes(got, {name: problem.cell.shape(name, problem.sizes) for name in function.tensors if name in got})


def _doubled(tolerance):
    return {name: 2 * value for name, value in tolerance.items()}


def _of_a_step(problem):
    return of_a_step(problem.cell, cell_answers(problem).tolerance)


def _require_scales(judge, forward, inputs, one, tolerance):
    factors = COTANGENTS[judge.implementation.dtype]
    cotangents = [{name: factor * value for name, value in one.items()} for factor in (1.0, *factors)]
    _, usual, *others = judge.implementation.answers(forward_backward(forward, inputs, *cotangents))
    for factor, scaled in zip(factors, others, strict=True):
        got = {name: value / factor for name, value in scaled.items()}
        judge.close(got, usual, tolerance, f"for {factor:g} {next(iter(one))}, over {factor:g}; as usual it is")

"""Whether a backward pass is the derivative of the implementation's own forward pass, right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arrays import Array, Gradients, Parameters
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.matching import Case, explains
from rnn_reference.faults.derivative import derivative_of
from rnn_reference.numerics.compare import difference
from rnn_reference.numerics.elementwise import by_element
from rnn_reference.numerics.injection import singly
from rnn_reference.outcomes import Outcome
from rnn_reference.problems.problem import Problem

if TYPE_CHECKING:
    from rnn_reference.diagnosis.explain import Diagnosis

SMALL = Problem(n_x=2, n_a=3, n_y=6, m=4, T_x=5, push=50.0)
"""Few enough elements that each is moved by itself; the cotangent is large, so that clipping shows."""

SQUARE = SMALL.at(m=3)
"""For a forward pass that works where n_a = m alone."""

WEIGHTS = ("Wax", "Waa", "ba")
STEP = 2.0**-13
FAR_OFF = 1e-4
"""A backward pass that is another is off by more along a random direction; a central difference by far less."""


def is_derivative(diagnosis: Diagnosis, function: str, forward: Finding) -> bool:
    """Whether it is, on a small problem: along a direction for each input first, then element by element.

    In less than float64 differences say little: there it must be the derivative of every faulty forward pass that
    explains the implementation's own.
    """
    run = _cell if function == "rnn_cell_backward" else _network
    for problem in (SMALL, SQUARE):
        try:
            there = problem.at(seed=diagnosis.problems[0].seed, dtype=diagnosis.implementation.dtype)
            own, found, inputs, da = run(diagnosis, there)
            if diagnosis.implementation.dtype != "float64":
                return _of_the_explained(forward, found, inputs, da, diagnosis.u)
            return _along_directions(own, found, inputs, da) and _everywhere(own, found, inputs, da)
        except Outcome:
            continue
    return False


def _network(diagnosis: Diagnosis, problem: Problem) -> Any:
    own = diagnosis.implementation
    found = own.rnn_backward(problem.da, own.rnn_forward(*problem.inputs)[2])
    return lambda *inputs: own.rnn_forward(*inputs)[0], found, problem.inputs, problem.da


def _cell(diagnosis: Diagnosis, problem: Problem) -> Any:
    own = diagnosis.implementation
    xt, a_prev, parameters = problem.step
    step = own.rnn_cell_backward(problem.da[:, :, 0], own.rnn_cell_forward(xt, a_prev, parameters)[2])
    found = {"dx": step.pop("dxt")[..., None], "da0": step.pop("da_prev"), **step}

    def forward(x: Array, a0: Array, parameters: Parameters) -> Array:
        return own.rnn_cell_forward(x[:, :, 0], a0, parameters)[0][:, :, None]

    return forward, found, (xt[:, :, None], a_prev, parameters), problem.da[:, :, :1]


def _along_directions(forward: Callable[..., Array], found: Gradients, inputs: Any, da: Array) -> bool:
    rng = np.random.default_rng(0)
    x, a0, parameters = inputs
    values = {"dx": x, "da0": a0, **{f"d{name}": parameters[name] for name in WEIGHTS}}

    def loss(name: str, moved: Array) -> Array:
        used = values | {name: moved}
        return forward(used["dx"], used["da0"], {**parameters, **{w: used[f"d{w}"] for w in WEIGHTS}})

    for name, value in values.items():
        if found[name].shape != value.shape:
            return False
        v = rng.standard_normal(value.shape)
        a_up, a_down = loss(name, value + STEP * v), loss(name, value - STEP * v)
        if a_up.shape != da.shape:
            return False
        slope, size = np.sum(da * (a_up - a_down)) / (2 * STEP), np.sum(np.abs(da))
        if not abs(slope - np.sum(found[name] * v)) <= FAR_OFF * size:
            return False
    return True


def _everywhere(forward: Callable[..., Array], found: Gradients, inputs: Any, da: Array) -> bool:
    x, a0, parameters = inputs
    right = by_element(singly(forward), x, a0, parameters, da, a_rounding=np.full(da.shape, 1e-15))
    return all(
        bool(np.all(difference(found[name], right.value[name]) <= right.error[name] + 1e-9 * (1 + abs(da).max())))
        for name in right.value
    )


def _of_the_explained(forward: Finding, found: Gradients, inputs: Any, da: Array, u: float) -> bool:
    if not forward.loops:
        return False
    explained = forward.loops[0].forward

    def model(x: Array, a0: Array, parameters: Parameters, da: Array) -> Gradients:
        return derivative_of(explained, da, x, a0, parameters)

    return explains(model, [Case((*inputs, da), found)], u)

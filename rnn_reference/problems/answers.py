"""The right answers to a problem, and how far one may be off them: computed once for each problem."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array, Caches, Gradients, Parameters
from rnn_reference.cells.rnn.network import rnn_backward, rnn_forward
from rnn_reference.numerics.rounding import backward_tolerances, tolerances, unit_roundoff
from rnn_reference.problems.problem import Problem


class Answers(NamedTuple):
    """What the reference gives in float64, and a tolerance of the same shape for each of it."""

    a: Array
    y_pred: Array
    gradients: Gradients
    tolerance: dict[str, Array]


@lru_cache(maxsize=64)
def network_answers(problem: Problem) -> Answers:
    """The answers of ``rnn_forward`` and ``rnn_backward``."""
    return _answers(problem.x, problem.a0, problem.parameters, problem.da, problem.dtype)


@lru_cache(maxsize=64)
def cell_answers(problem: Problem) -> Answers:
    """The answers of the two cell functions at the first step, as a network of one step would give them."""
    first = slice(0, 1)
    return _answers(problem.x[:, :, first], problem.a0, problem.parameters, problem.da[:, :, first], problem.dtype)


def tolerances_of(x: Array, a0: Array, parameters: Parameters, dtype: str, da: Array | None = None) -> dict[str, Array]:
    """How far each result may be off on given inputs; without ``da`` only ``a`` and ``y_pred`` mean something."""
    da = np.zeros((*a0.shape, x.shape[2])) if da is None else da
    return tolerances(x, a0, parameters, da, unit_roundoff(dtype))


def gradients_at(
    states: Array, x: Array, a0: Array, parameters: Parameters, da: Array, dtype: str
) -> tuple[Gradients, dict[str, Array]]:
    """The reference's gradients at given states ``(n_a, m, T_x)``, right or not, and their tolerances.

    A backward pass that gives these is right, whatever forward pass made the states.
    """
    tolerance = backward_tolerances(x, a0, parameters, states, da, unit_roundoff(dtype))
    return rnn_backward(da, caches_of(states, x, a0, parameters)), tolerance


def caches_of(states: Array, x: Array, a0: Array, parameters: Parameters) -> Caches:
    """The document's caches of given states ``(n_a, m, T_x)``, right or not."""
    before = [a0, *(states[:, :, t] for t in range(states.shape[2] - 1))]
    return [(states[:, :, t], before[t], x[:, :, t], parameters) for t in range(states.shape[2])], x


def _answers(x: Array, a0: Array, parameters: Parameters, da: Array, dtype: str) -> Answers:
    a, y_pred, caches = rnn_forward(x, a0, parameters)
    tolerance = tolerances(x, a0, parameters, da, unit_roundoff(dtype))
    return Answers(a, y_pred, rnn_backward(da, caches), tolerance)

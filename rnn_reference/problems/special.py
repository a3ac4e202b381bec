"""Problems with numbers that random inputs lack: exact zeros, equal scores, very large and very small numbers."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.stochastic import SAFETY, unit_roundoff
from rnn_reference.problems.answers import Answers, answers_to
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem

PROBLEM = Problem(n_x=3, n_a=5, n_y=3, m=4, T_x=12)
"""The sizes of every special problem: long enough for a loop that stops early."""

Cotangents = Mapping[str, Array]
Change = Callable[[Inputs, str], Inputs]

LARGE = {"float64": 2.0**13, "float32": 2.0**13, "float16": 2.0**6}
SMALL = {"float64": 2.0**-30, "float32": 2.0**-15, "float16": 2.0**-4}
SPREAD = {"float64": 16.0, "float32": 8.0, "float16": 2.0}
SHIFT = {"float64": 40.0, "float32": 40.0, "float16": 8.0}
"""Factors of x and of the weights of the scores, and a shift of the scores. No usual formula overflows there."""


def _zero(array: Array, where: Any) -> Array:
    array = np.array(array)
    array[where] = 0
    return array


def _initial(where: Any) -> Change:
    return lambda given, dtype: given.at(initial={s: _zero(value, where) for s, value in given.initial.items()})


def _head(change: Callable[[Array, Array, str], tuple[Array, Array]]) -> Change:
    """Returns a change of the weight and the bias of the predictions."""

    def changed(given: Inputs, dtype: str) -> Inputs:
        head = given.cell.head
        weight, bias = change(given.parameters[head.weight], given.parameters[head.bias], dtype)
        return given.at(parameters={**given.parameters, head.weight: weight, head.bias: bias})

    return changed


def _small(given: Inputs, dtype: str) -> Inputs:
    biases = {of.bias: 0 * given.parameters[of.bias] for of in given.cell.maps.values()}
    zero = given.at(initial={s: 0 * value for s, value in given.initial.items()})
    return zero.at(x=SMALL[dtype] * given.x, parameters={**given.parameters, **biases})


INPUTS: Mapping[str, Change] = {
    "zero-column": _initial(np.s_[:, 1]),
    "zero-unit": _initial(np.s_[1]),
    "zero-input": lambda given, dtype: given.at(x=_zero(given.x, np.s_[:, 1])),
    "no-recurrence": lambda given, dtype: given.without_recurrence(),
}
"""Changes of the inputs that a forward and a backward function are asked about."""

OF_THE_FORWARD: Mapping[str, Change] = {
    **INPUTS,
    "equal-scores": _head(lambda weight, bias, dtype: (0 * weight, 0 * bias + 0.5)),
    "spread-scores": _head(lambda weight, bias, dtype: (SPREAD[dtype] * weight, bias)),
    "low-scores": _head(lambda weight, bias, dtype: (weight, bias - SHIFT[dtype])),
    "high-scores": _head(lambda weight, bias, dtype: (weight, bias + SHIFT[dtype])),
    "large": lambda given, dtype: given.at(x=LARGE[dtype] * given.x),
    "small": _small,
}

COTANGENTS: Mapping[str, Callable[[Array], Array]] = {
    "no-cotangent-of-a-column": lambda da: _zero(da, np.s_[:, 1]),
    "no-cotangent-of-a-unit": lambda da: _zero(da, np.s_[1]),
    "one-step": lambda da: da * (np.arange(da.shape[2]) == da.shape[2] // 2),
}
"""Changes of the cotangents that a backward function is asked about."""

OF_THE_BACKWARD = (*INPUTS, *COTANGENTS)


class Special(NamedTuple):
    """A special problem with its right answers."""

    given: Inputs
    cotangents: Cotangents
    right: Answers


@lru_cache(maxsize=64)
def special(problem: Problem, name: str, step: bool) -> Special:
    """Returns the problem with the change of this name, of the sequence or of its first step."""
    given, cotangents = (
        (problem.first_step, problem.step_cotangents) if step else (problem.given, problem.cotangents)
    )  # fmt: skip
    if name in OF_THE_FORWARD:
        given = _held(OF_THE_FORWARD[name](given, problem.dtype), problem.dtype)
    else:
        cotangents = {s: COTANGENTS[name](value) for s, value in cotangents.items()}
    right = answers_to(given, cotangents, problem.dtype)
    of = given.cell.head.of_sequence
    wider = {**right.tolerance, of: right.tolerance[of] + _of_a_logarithm(given, right.forward, problem.dtype)}
    return Special(given, cotangents, right._replace(tolerance=wider))


def _of_a_logarithm(given: Inputs, forward: Mapping[str, Array], dtype: str) -> Array:
    """Returns the rounding of a softmax that is made as the exponential of its logarithm, for each prediction."""
    head = given.cell.head
    largest = np.abs(given.parameters[head.weight]) @ np.abs(forward[given.cell.states[0]]).max(axis=(1, 2))
    scores = np.max(largest + np.abs(given.parameters[head.bias][:, 0]))
    return np.asarray(SAFETY * unit_roundoff(dtype) * scores * forward[head.of_sequence])


def _held(given: Inputs, dtype: str) -> Inputs:
    """Returns the inputs with each number rounded to the dtype."""

    def rounded(arrays: Mapping[str, Array]) -> dict[str, Array]:
        return {name: value.astype(dtype).astype(np.float64) for name, value in arrays.items()}

    changed = rounded({"x": given.x})["x"]
    return given.at(x=changed, initial=rounded(given.initial), parameters=rounded(given.parameters))


def with_inputs_scaled(given: Inputs, factor: float) -> Inputs:
    """Returns inputs ``factor`` times larger, with the weights of inputs smaller: every sum stays as it is."""
    parameters = dict(given.parameters)
    for of in given.cell.maps.values():
        for weight, operands in of.weights.items():
            parameters[weight] = parameters[weight] * _over_inputs(given, operands, 1 / factor)
    return given.at(x=factor * given.x, parameters=parameters)


def gradients_scaled_back(given: Inputs, gradients: Mapping[str, Array], factor: float) -> dict[str, Array]:
    """Returns the gradients at the inputs of ``with_inputs_scaled``, as they are at the inputs ``given``."""
    back = {name: value * factor if name == "dx" else value for name, value in gradients.items()}
    for of in given.cell.maps.values():
        for weight, operands in of.weights.items():
            if f"d{weight}" in back:
                back[f"d{weight}"] = back[f"d{weight}"] * _over_inputs(given, operands, 1 / factor)
    return back


def _over_inputs(given: Inputs, operands: tuple[str, ...], factor: float) -> Array:
    """Returns a factor for each column of a weight: 1 for those of states."""
    n_x, n_a = len(given.x), given.n_a
    return np.concatenate([np.full(n_x, factor) if operand == "x" else np.ones(n_a) for operand in operands])


def nan_in_x(problem: Problem) -> tuple[tuple[Any, ...], tuple[int, int]]:
    """Returns the arguments of the forward function with NaN in one element of x, and its column and step."""
    j, t = 1, problem.T_x // 2
    spoilt = problem.x.copy()
    spoilt[0, j, t] = np.nan
    return problem.given.at(x=spoilt).forward, (j, t)


def nan_in_xt(problem: Problem) -> tuple[tuple[Any, ...], int]:
    """Returns the arguments of the forward function of a step with NaN in one element of xt, and its column."""
    cell_forward, j = problem.cell.cell_forward, 1
    given = cell_forward.named(problem.step)
    spoilt = given["xt"].copy()
    spoilt[0, j] = np.nan
    return cell_forward.ordered({**given, "xt": spoilt}), j

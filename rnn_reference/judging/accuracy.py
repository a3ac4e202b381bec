"""Measures how accurate a right function is, beside the reference in the same precision.

The error of each is its distance to the reference in a wider type, which counts as exact.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import CELL_BACKWARD, CELL_FORWARD, Function
from rnn_reference.implementations.question import forward_backward, repeated
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.compare import agrees
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.outcomes import NotJudged, NotOffered, Wrong
from rnn_reference.problems.answers import Tensors, cell_answers, network_answers, reference_in
from rnn_reference.problems.layouts import of_a_step
from rnn_reference.problems.problem import Problem

LESS_ACCURATE = 4.0
"""An error is advice above this many times the reference's. Right networks, written in other ways, reach 2.5."""

WIDER = {"float16": "float32", "float32": "float64", "float64": "longdouble"}

NEAR = (1.0, 1e-3, 1e-6)
"""Sizes of the arguments of tanh and softmax."""


class Errors(NamedTuple):
    """The error of a tensor in ulp (rms): the function's, and the reference's."""

    own: float
    reference: float

    @property
    def times(self) -> float:
        """The first over the second."""
        return self.own / self.reference if self.reference else np.inf if self.own else 1.0


def judge_accuracy(judge: Judge, function: Function, problems: Iterable[Problem]) -> None:
    """Raise ``Wrong`` if a result of a function is much less accurate than the reference's.

    Raises NotOffered if numpy has no wider type here, and NotJudged if the function is wrong at one of the problems.
    """
    _require_accurate(judge, errors_of(judge, function, problems), "")


def errors_of(judge: Judge, function: Function, problems: Iterable[Problem]) -> dict[str, Errors]:
    """Returns the errors of each result of a function over all problems, in ulp of its largest value.

    At each problem an error counts by the effect that rounding has there, so that one with cancellation does not
    outweigh the others. The ulp are those of a typical problem.
    """
    dtype, wider = judge.implementation.dtype, _wider(judge, function)
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for problem in map(judge.set_problem, problems):
        exact, usual = (reference_in(problem, function, of) for of in (wider, dtype))
        got, tolerance = _asked(judge, function, problem), _tolerance(function, problem)
        _require_right(function, got, {name: value for name, value in exact.items() if name in got}, tolerance)
        for name in (name for name in exact if name in got and np.any(tolerance[name])):
            expected = float(np.sqrt(np.mean(tolerance[name] ** 2))) / SAFETY
            own, reference = (_rms(one[name] - exact[name]) / expected for one in (got, usual))
            rows.setdefault(name, []).append((own, reference, expected / _ulp(exact[name], dtype)))
    judged = {name: np.array(found).T for name, found in rows.items()}
    return {
        name: Errors(_rms(own) * float(np.median(typical)), _rms(reference) * float(np.median(typical)))
        for name, (own, reference, typical) in judged.items()
    }


def judge_activation(judge: Judge, function: Function) -> None:
    """The same for a function of one array, such as tanh, for arguments of several sizes."""
    dtype, wider = judge.implementation.dtype, _wider(judge, function)
    right = function.cell.activations[function.name]
    given = [(size * judge.draw(6, 40)).astype(dtype) for size in NEAR]
    results = judge.implementation.answers(repeated(function, *((x,) for x in given)))
    for size, x, got in zip(NEAR, given, results, strict=True):
        exact = {"out": right.function(x.astype(wider))}
        _require_right(function, got, exact, {"out": right.tolerance(x.astype(float), judge.u)})
        ulp = _ulp(exact["out"], dtype)
        own, reference = (_rms(one - exact["out"]) / ulp for one in (got["out"], right.function(x)))
        _require_accurate(judge, {"out": Errors(own, reference)}, f"for arguments of about {size:g} ")


def _wider(judge: Judge, function: Function) -> str:
    dtype = judge.implementation.dtype
    wider = WIDER[dtype]
    if not np.finfo(wider).eps < np.finfo(dtype).eps:
        raise NotOffered([("", f"numpy has no type wider than {dtype} here")], function.name)
    return wider


def _asked(judge: Judge, function: Function, problem: Problem) -> Tensors:
    if not function.takes_cache:
        return judge.implementation.ask(function.name, *problem.arguments(function))
    forward = function.partner
    question = forward_backward(forward, problem.arguments(forward), problem.cotangents_of(function))
    return judge.implementation.answers(question)[-1]


def _tolerance(function: Function, problem: Problem) -> Tensors:
    if function.role in (CELL_FORWARD, CELL_BACKWARD):
        return of_a_step(function.cell, cell_answers(problem).tolerance)
    return network_answers(problem).tolerance


def _require_right(
    function: Function, got: Mapping[str, Array], exact: Mapping[str, Array], tolerance: Mapping[str, Array]
) -> None:
    if not agrees(got, exact, tolerance):
        raise NotJudged([("", f"{function.name} is wrong")], function.name)


def _require_accurate(judge: Judge, errors: Mapping[str, Errors], where: str) -> None:
    judge.evidence["accuracy"] = {name: list(one) for name, one in errors.items()}
    judge.problem = None  # it is about many problems
    lost = {name: one for name, one in errors.items() if one.times > LESS_ACCURATE}
    if lost:
        raise Wrong([(name, f"{where}{_words(one)}") for name, one in lost.items()])


def _words(one: Errors) -> str:
    return (
        f"an error of {one.own:.2g} ulp (rms), the reference's is {one.reference:.2g}: "
        f"{one.times:.2g} times less accurate than need be"
    )


def _ulp(exact: Array, dtype: str) -> float:
    return float(np.spacing(np.abs(exact).max().astype(dtype)))


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))

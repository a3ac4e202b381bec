"""The values of the forward functions for numbers that random inputs do not have."""

import numpy as np
import pytest

from rnn_reference import softmax_forward
from rnn_reference.cells.head import softmax_tolerance
from rnn_reference.cells.rounding import bounded_tolerance
from rnn_reference.implementations.question import repeated
from rnn_reference.judging.special import judge_forward
from rnn_reference.outcomes import Crashed
from rnn_reference.problems.special import OF_THE_FORWARD, SHIFT, SPREAD

on_special_problems = pytest.mark.parametrize("case", OF_THE_FORWARD)


@pytest.mark.judges("cell_forward")
@on_special_problems
def test_cell_values(judge, cell, case):
    """{cell_forward} is right for zeros, equal and very different scores, and very large and small x."""
    judge_forward(judge, cell, case, step=True)


@pytest.mark.judges("forward")
@on_special_problems
def test_values(judge, cell, case):
    """{forward} is right for zeros, equal and very different scores, and very large and small x."""
    judge_forward(judge, cell, case)


@pytest.mark.judges("tanh_forward")
def test_tanh_values(judge, function):
    """tanh_forward is right for large, tiny, infinite and many x, and NaN for NaN."""
    limit = 0.45 * np.log(float(np.finfo(judge.implementation.dtype).max))  # exp(2x) does not overflow
    large, tiny = np.linspace(limit / 40, limit, 40), 10.0 ** -np.arange(1, 13)
    odd, endless = judge.draw(3, 4), np.array([[np.inf, 1.0, -np.inf]])
    odd[1, 2] = np.nan
    x = [np.stack([large, -large]), np.stack([tiny, -tiny]), judge.draw(40, 300), odd, endless]
    given = [one.astype(judge.implementation.dtype).astype(float) for one in x]
    results = [one["out"] for one in judge.implementation.answers(repeated(function, *((one,) for one in given)))]
    results[-1] = np.where(np.isnan(results[-1]), np.tanh(given[-1]), results[-1])  # a quotient of exponentials
    for one, got in zip(given, results, strict=True):
        judge.close({"out": got}, {"out": np.tanh(one)}, {"out": bounded_tolerance(one, judge.u)})


@pytest.mark.judges("tanh_forward")
def test_tanh_axes(judge, function):
    """tanh_forward is right for an array of one and of three axes, if it takes one."""
    for shape in ((6,), (3, 4, 5)):
        x = judge.draw(*shape)
        try:
            (got,) = judge.implementation.answers(repeated(function, (x,)))
        except Crashed:
            continue
        judge.close(got, {"out": np.tanh(x)}, {"out": bounded_tolerance(x, judge.u)})


@pytest.mark.judges("softmax_forward")
def test_softmax_values(judge, function):
    """softmax_forward is right for equal, very different and infinite scores, and for many columns."""
    dtype = judge.implementation.dtype
    shift, spread = SHIFT[dtype], SPREAD[dtype]
    masked, odd = judge.draw(4, 3), judge.draw(3, 5)
    masked[2, 1], odd[1, 2] = -np.inf, np.nan
    scores = [np.zeros((4, 3)), np.full((3, 5), -shift), judge.draw(5, 4) + shift, spread * judge.draw(6, 5)]
    scores += [judge.draw(3, 300), judge.draw(300, 3), masked]
    given = [one.astype(dtype).astype(float) for one in (*scores, odd)]
    *results, swallowed = judge.implementation.answers(repeated(function, *((one,) for one in given)))
    for x, got in zip(given, results, strict=False):
        finite = np.where(np.isinf(x), x[np.isfinite(x)].min(), x)
        judge.close(got, {"out": softmax_forward(x)}, {"out": softmax_tolerance(finite, judge.u)})
    column = {"out": swallowed["out"][:, 2]}
    judge.close(column, {"out": np.full(3, np.nan)}, {"out": 0.0}, "for NaN among the scores it is")

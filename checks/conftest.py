"""The fixtures of the checks: the implementation under test, a cell, a judge, and problems."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rnn_reference.cells.cell import Cell, Function
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.judging.fresh import on_every_problem
from rnn_reference.judging.judge import Judge
from rnn_reference.problems import sizes
from rnn_reference.problems.problem import NAMED, Problem
from rnn_reference.run import judge_of
from rnn_reference.target import implementation_of


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect the checks of a black box only with ``--rnn-blackbox``."""
    return True if collection_path.name == "blackbox" and config.option.rnn_blackbox is None else None


@pytest.fixture
def implementation(request: pytest.FixtureRequest) -> Implementation:
    """The implementation under test."""
    return implementation_of(request.config)


@pytest.fixture(autouse=True)
def function(request: pytest.FixtureRequest) -> Any:
    """The function of the check; None for a black box."""
    return getattr(request, "param", None)


@pytest.fixture
def cell(function: Function) -> Cell:
    """The cell of the check. The plug-in runs each check on every cell."""
    return function.cell


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """The judge of the check: it compares results, and keeps the smallest error seen."""
    return judge_of(request)


@pytest.fixture
def problem(request: pytest.FixtureRequest, judge: Judge, cell: Cell) -> Problem:
    """The problem that the check's parameter names, with the seed of the run."""
    return judge.set_problem(NAMED[request.param].of(cell).at(seed=request.config.option.rnn_seed))


@pytest.fixture
def named_problems(request: pytest.FixtureRequest, cell: Cell) -> Sequence[Problem]:
    """Every named problem but the widest, which takes longest, with the seed of the run."""
    chosen = [problem for name, problem in NAMED.items() if name != "wide"]
    return [problem.of(cell).at(seed=request.config.option.rnn_seed) for problem in chosen]


@pytest.fixture
def sized(request: pytest.FixtureRequest) -> Sequence[Problem]:
    """Problems of many sizes, more of them with ``--rnn-sizes=thorough``."""
    chosen = sizes.thorough() if request.config.option.rnn_sizes == "thorough" else sizes.ordinary()
    return [problem.at(seed=problem.seed + request.config.option.rnn_seed) for problem in chosen]


@pytest.fixture
def every_problem(request: pytest.FixtureRequest, judge: Judge, cell: Cell) -> Callable[..., None]:
    """A decorator that runs the check on fresh problems. The check is a generator function of a problem and a step."""
    options = request.config.option
    return lambda check: on_every_problem(check, judge, cell, examples=options.rnn_examples, seed=options.rnn_seed)

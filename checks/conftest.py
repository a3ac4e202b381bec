"""What the checks ask for: the implementation under test, a cell, a judge, and problems."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rnn_reference.cells.cell import Cell, Function
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.judging.fresh import on_every_problem
from rnn_reference.judging.judge import Judge
from rnn_reference.problems.problem import NAMED, Problem
from rnn_reference.run import judge_of
from rnn_reference.target import implementation_of


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The checks of a black box are collected for one alone."""
    return True if collection_path.name == "blackbox" and config.option.rnn_blackbox is None else None


@pytest.fixture
def implementation(request: pytest.FixtureRequest) -> Implementation:
    """The implementation under test."""
    return implementation_of(request.config)


@pytest.fixture(autouse=True)
def function(request: pytest.FixtureRequest) -> Any:
    """The function that the check is about; None for a black box."""
    return getattr(request, "param", None)


@pytest.fixture
def cell(function: Function) -> Cell:
    """The cell that the check is about; the plug-in asks every check of every cell."""
    return function.cell


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Judge:
    """What compares for this check, and remembers how sharply."""
    return judge_of(request)


@pytest.fixture
def problem(request: pytest.FixtureRequest, judge: Judge, cell: Cell) -> Problem:
    """The problem that the check's parameter names, with the seed of the run."""
    return judge.set_problem(NAMED[request.param].of(cell).at(seed=request.config.option.rnn_seed))


@pytest.fixture
def every_problem(request: pytest.FixtureRequest, judge: Judge, cell: Cell) -> Callable[..., None]:
    """Decorator: run a generator function of a problem and one of its steps on fresh problems."""
    options = request.config.option
    return lambda check: on_every_problem(check, judge, cell, examples=options.rnn_examples, seed=options.rnn_seed)

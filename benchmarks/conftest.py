"""Who is timed where, on one thread of one core: options, columns, and what the header says of the machine."""

from collections.abc import Iterator
from typing import Any

import columns
import grid
import pins
import pytest
from loops import Loop, missing, theirs

from rnn_reference.implementations.loading.find import load
from rnn_reference.problems.problem import Problem


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much is timed."""
    group = parser.getgroup("rnn-reference")
    group.addoption("--grid", choices=grid.GRIDS, default="short", help="which sizes are timed (default short)")


def pytest_report_header() -> list[str]:
    """Where these times come from."""
    machine = pins.machine()
    missing = f"; not installed: {', '.join(machine['missing'])}" if machine["missing"] else ""
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items())
    timed_on = ", ".join(machine[fact] for fact in ("processor", "pinned", "threads", "clock"))
    return [f"timed on: {timed_on}", f"with: {versions}{missing}"]


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """The same for those who read the saved results."""
    machine_info["rnn"] = pins.machine()


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    with pins.one_thread():
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every column at a point, then the next point: what is compared is timed within seconds."""
    if "column" not in metafunc.fixturenames:
        return
    config = metafunc.config
    names = [*columns.COLUMNS, *([config.option.rnn] if config.option.rnn else [])]
    some = [
        pytest.param(point, name, id=_id(point, name))
        for point in grid.points(config.option.grid)
        for name in names
        if name not in columns.COLUMNS or point.dtype in columns.COLUMNS[name].dtypes
        if columns.COLUMNS.get(name, Loop).offers_backward or "backward" not in metafunc.function.__name__
    ]
    metafunc.parametrize("problem, column", some, indirect=["column"])


@pytest.fixture
def column(request: pytest.FixtureRequest) -> tuple[str, type[Loop]]:
    """The name of a column and what makes its loop; theirs runs in this process, so that only its work is timed."""
    name = request.param
    if name in columns.COLUMNS:
        kind = columns.COLUMNS[name]
        if missing(kind):
            pytest.skip(f"{name} is left out: {' and '.join(missing(kind))} not installed")
        return name, kind
    implementation = load(name, seconds=request.config.option.rnn_timeout)
    if not implementation.offers("rnn_forward"):
        pytest.skip(f"{name} offers no rnn_forward")
    return name, theirs(implementation)


def _id(point: Problem, name: str) -> str:
    return f"{point.n_x}x{point.n_a}x{point.n_y}-{point.dtype}-T_x={point.T_x}-m={point.m}-{name}"

"""Options, competitors and the header of ``pytest benchmarks``; everything is timed with one thread on one core."""

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks import cpu_pinning, grid
from benchmarks.competitors import COMPETITORS
from benchmarks.loops import Loop, missing, theirs
from benchmarks.paired_timing import CLOCK
from rnn_reference.implementations.loading.find import load
from rnn_reference.problems.problem import Problem


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of sizes."""
    group = parser.getgroup("rnn-reference")
    group.addoption("--grid", choices=grid.GRIDS, default="short", help="which sizes are timed (default short)")


def pytest_report_header() -> list[str]:
    """Say which machine and which packages the times are of."""
    machine = cpu_pinning.machine()
    missing = f"; not installed: {', '.join(machine['missing'])}" if machine["missing"] else ""
    versions = ", ".join(f"{package} {version}" for package, version in machine["versions"].items())
    timed_on = ", ".join(machine[fact] for fact in ("processor", "pinned", "threads", "clock"))
    return [f"timed on: {timed_on}", f"with: {versions}{missing}"]


@pytest.hookimpl(optionalhook=True)
def pytest_benchmark_update_machine_info(machine_info: dict[str, Any]) -> None:
    """Save the same facts with the results."""
    machine_info["rnn"] = cpu_pinning.machine()


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    with cpu_pinning.one_thread():
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Time all competitors at one point before the next point, so that they are timed within seconds of each other."""
    if "competitor" not in metafunc.fixturenames:
        return
    config = metafunc.config
    plain = pytest.mark.benchmark(timer=CLOCK, max_time=grid.SECONDS[config.option.grid] / 4, min_rounds=3)
    names = [*COMPETITORS, *([config.option.rnn] if config.option.rnn else [])]
    some = [
        pytest.param(point, name, id=_id(point, name), marks=plain)
        for point in grid.points(config.option.grid)
        for name in names
        if name not in COMPETITORS or point.dtype in COMPETITORS[name].dtypes
        if COMPETITORS.get(name, Loop).offers_backward or "backward" not in metafunc.function.__name__
    ]
    metafunc.parametrize("problem, competitor", some, indirect=["competitor"])


@pytest.fixture
def competitor(request: pytest.FixtureRequest) -> tuple[str, type[Loop]]:
    """The name and class of a loop. The user's own runs in this process, so that only its work is timed."""
    name = request.param
    if name in COMPETITORS:
        kind = COMPETITORS[name]
        if missing(kind):
            pytest.skip(f"{name} is left out: {' and '.join(missing(kind))} not installed")
        return name, kind
    implementation = load(name, seconds=request.config.option.rnn_timeout)
    if not implementation.offers("rnn_forward"):
        pytest.skip(f"{name} offers no rnn_forward")
    return name, theirs(implementation)


def _id(point: Problem, name: str) -> str:
    return f"{point.n_x}x{point.n_a}x{point.n_y}-{point.dtype}-T_x={point.T_x}-m={point.m}-{name}"

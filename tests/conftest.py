"""Fixtures for all tests: ways to run the suite on an implementation, and folders to write targets in."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import EXAMPLES, MISBEHAVING, ROOT
from suite import put_through

from rnn_reference.implementations.isolation.isolated import Isolated
from rnn_reference.implementations.isolation.worker import Worker

IMPORT_FRAMEWORKS = [ROOT / "tests" / "adapters", ROOT / "tests" / "benchmarks"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that import frameworks run last: torch and jax start threads, and a process with threads must not fork."""
    items.sort(key=lambda item: any(map(item.path.is_relative_to, IMPORT_FRAMEWORKS)))


@pytest.fixture(scope="session")
def suite():
    """Run the checks on an object, in this process: ``suite(functions, "--rnn-only=...").records`` by id."""
    return put_through


@pytest.fixture
def isolated() -> Iterator[Callable[..., Isolated]]:
    """Load a misbehaving target, or any other, in its own process. The process is ended after the test."""
    started = []

    def load(target: str | Path, **limits: float) -> Isolated:
        worker = Worker(str(MISBEHAVING / target), **{"seconds": 60.0} | limits)
        started.append(worker)
        return Isolated(worker)

    yield load
    for worker in started:
        worker.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder. Modules imported from it are removed from ``sys.modules`` afterwards."""
    before = dict(sys.modules)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in set(sys.modules) - set(before):
        if _lies_in(tmp_path, sys.modules[name]):
            del sys.modules[name]


def _lies_in(folder: Path, module: object) -> bool:
    place = getattr(module, "__file__", None)
    return bool(place) and os.path.realpath(str(place)).startswith(os.path.realpath(folder))


@pytest.fixture
def notebook(folder: Path) -> Callable[..., str]:
    """Write a notebook with the given code cells. Returns its name."""
    import nbformat
    from nbformat import v4

    def write(*cells: str, name: str = "homework.ipynb") -> str:
        nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(source) for source in cells]), folder / name)
        return name

    return write


@pytest.fixture
def script(folder: Path) -> Callable[..., str]:
    """Write a Python file. Returns its name."""

    def write(source: str, name: str = "homework.py") -> str:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return name

    return write


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run ``python ARGUMENTS`` in its own process, with the package on the path and without this run's settings."""

    def run(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        of_this_run = ("PYTEST_", "GITHUB_STEP_SUMMARY")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(of_this_run)}
        inherited |= {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1", **environment}
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, cwd=cwd, env=inherited, capture_output=True, text=True, timeout=600, check=False)

    return run


@pytest.fixture(scope="session")
def verdict_on(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SimpleNamespace]:
    """Run ``python -m rnn_reference TARGET``, as a user does. Returns exit status, output and report."""

    def verdict_on(target: object, *options: str) -> SimpleNamespace:
        report = tmp_path_factory.mktemp("report") / "report.json"
        done = run("-m", "rnn_reference", target, f"--rnn-report={report}", *options, cwd=ROOT)
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
        return SimpleNamespace(status=done.returncode, printed=done.stdout + done.stderr, report=found)

    return verdict_on


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose pytest settings, conftest files, tests and modules would break any run that uses them."""
    folder = tmp_path_factory.mktemp("somebody's own folder")
    settings = "[pytest]\naddopts = -x --maxfail=1\nfilterwarnings = error\ntestpaths = checks\n"
    (folder / "pytest.ini").write_text(settings)
    (folder / "checks").mkdir()
    for own in (folder, folder / "checks"):
        (own / "conftest.py").write_text("raise RuntimeError('the caller's conftest was run')\n")
        (own / "test_own.py").write_text("def test_own():\n    raise RuntimeError\n")
    for module in ("json", "numbers", "shlex", "pytest"):
        (folder / f"{module}.py").write_text("raise RuntimeError('the caller's module was imported')\n")
    return folder


@pytest.fixture(scope="session")
def judged(run: Run, hostile: Path) -> SimpleNamespace:
    """``python -m rnn_reference`` on the document's notebook from a hostile folder: ``run`` and ``report``."""
    before = sorted(hostile.rglob("*"))
    command = ("-m", "rnn_reference", EXAMPLES / "document.ipynb", "--rnn-examples=2", "--rnn-report=out.json")
    done = run(*command, cwd=hostile, PYTEST_ADDOPTS="--collect-only", PYTEST_PLUGINS="no_such_plugin")
    left = sorted(set(hostile.rglob("*")) - set(before))
    return SimpleNamespace(run=done, report=json.loads((hostile / "out.json").read_text()), left=left)


@pytest.fixture(scope="session")
def plain(run: Run, tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """``pytest --rnn=`` without a path, on one check that the document's notebook fails, beside other tests."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "test_own.py").write_text("def test_own():\n    raise RuntimeError\n")
    shutil.copy(EXAMPLES / "document.ipynb", folder / "my homework.ipynb")
    options = ("--rnn=my homework.ipynb", "--rnn-only=gradient.network[T_x=6]", "--rnn-seed=3")
    return run("-m", "pytest", "-p", "rnn_reference.plugin", *options, cwd=folder)

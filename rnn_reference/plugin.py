"""The pytest plug-in that runs the checks on an implementation: its options, and the collection of checks.

Every pytest run in an environment with this package loads it. So it imports nothing large until there is a check.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rnn_reference import options
from rnn_reference.interrupts import end_at_sigterm
from rnn_reference.paths import checks_folder
from rnn_reference.run import Run
from rnn_reference.target import begin_to_load

if TYPE_CHECKING:
    from rnn_reference.report.expected import Expected


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    options.add_to_pytest(parser.getgroup("rnn-reference", "is this recurrent network right?"))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse impossible options, and load the target while pytest collects the checks."""
    config.addinivalue_line("markers", "judges(function, needs=()): the function that a check is about")
    require_sound(config.option)
    require_one_report(config)
    if (config.option.rnn, config.option.rnn_blackbox) != (None, None) and not hasattr(config, "workerinput"):
        config.add_cleanup(end_at_sigterm())
    config.pluginmanager.register(Run(config, expected(config.option.rnn_expect)), "rnn-reference-run")
    if config.option.rnn_blackbox is not None:
        config.args = [str(checks_folder() / "blackbox" / "test_blackbox.py")]
        return
    if config.option.rnn is None:
        return
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(path) for path in sorted(checks_folder().glob("test_*.py"))]
    begin_to_load(config, config.option)


def require_sound(given: Any) -> None:
    """Raise a usage error for a value out of range, an unknown convention, or options that exclude each other."""
    refused = options.out_of_range(given)
    if not refused and given.rnn_report:
        from rnn_reference.report.files import refusal

        refused = refusal(Path(given.rnn_report))
    if not refused and given.rnn_convention is not None:
        from rnn_reference.implementations.conventions.known import conventions_named

        try:
            conventions_named(given.rnn_convention)
        except ValueError as error:
            refused = f"--rnn-convention: {error}"
    if not refused and given.rnn_blackbox is not None and (given.rnn, given.rnn_convention) != (None, None):
        refused = "--rnn-blackbox replaces --rnn, and has no --rnn-convention"
    if refused:
        raise pytest.UsageError(refused)


def require_one_report(config: pytest.Config) -> None:
    """Raise a usage error for two reports: pytest would keep only the last option."""
    given = [argument for argument in map(str, config.invocation_params.args) if argument.startswith("--rnn-report")]
    if len(given) > 1:
        raise pytest.UsageError(f"{' '.join(given)}: a run writes one report; use another run for the others")


def expected(path: str | None) -> dict[str, Expected]:
    """Returns the expected failures in the file of ``--rnn-expect``. Raises a usage error for a wrong file."""
    if path is None:
        return {}
    from rnn_reference.report.expected import expectations

    try:
        return expectations(path)
    except (ValueError, OSError) as error:
        raise pytest.UsageError(f"--rnn-expect: {error}") from None


class Checks(pytest.Module):
    """A file of checks. Its functions are found by our names, also if the project's settings have other names."""

    def funcnamefilter(self, name: str) -> bool:
        """True if a function is a check."""
        return name.startswith("test_")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect our files also if ``python_files`` of the project excludes them."""
    if not _is_ours(file_path) or not file_path.match("test_*.py"):
        return None
    patterns = parent.config.getini("python_files")
    if parent.session.isinitpath(file_path) or any(file_path.match(pattern) for pattern in patterns):
        return None  # pytest's own collector takes it
    module: pytest.Module = parent.ihook.pytest_pycollect_makemodule(module_path=file_path, parent=parent)
    return module


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Return our own kind of module for our own files."""
    return Checks.from_parent(parent, path=module_path) if _is_ours(module_path) else None


def _is_ours(path: Path) -> bool:
    return checks_folder() in path.parents


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each check on every cell with its function. The id of a check for the first cell has no cell name."""
    marker = metafunc.definition.get_closest_marker("judges")
    if marker is None or "function" not in metafunc.fixturenames:
        return
    from rnn_reference.cells.registry import cells

    about = marker.args[0]
    found = [f for cell in cells() for f in cell.functions.values() if about in (f.name, f.role)]
    if found:
        ids = [pytest.HIDDEN_PARAM if f.cell.name == "rnn" else f.cell.name for f in found]
        metafunc.parametrize("function", found, indirect=True, ids=ids)

"""What pytest needs to put the questions in ``checks`` to an implementation: options, outcomes, the summary.

It is loaded in every pytest run of an environment that has this package, so it imports nothing heavy until there
is a check to run.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn_reference import options
from rnn_reference.paths import checks_folder
from rnn_reference.run import Run
from rnn_reference.target import begin_to_load


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    group = parser.getgroup("rnn-reference", "is this recurrent network right?")
    options.add(group)


def pytest_configure(config: pytest.Config) -> None:
    """Let the target load while the checks are collected."""
    config.addinivalue_line("markers", "judges(function, needs=()): the function that a check is about")
    options.require_sound(config.option)
    options.require_one_report(config)
    options.require_callable(config.option)
    config.pluginmanager.register(Run(config, options.expected(config.option.rnn_expect)), "rnn-reference-run")
    if config.option.rnn_blackbox is not None:
        config.args = [str(checks_folder() / "blackbox" / "test_blackbox.py")]
        return
    if config.option.rnn is None:
        return
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(path) for path in sorted(checks_folder().glob("test_*.py"))]
    begin_to_load(config, config.option)


class Checks(pytest.Module):
    """A file of checks: its functions are found by our names, whatever names the project's own settings ask for."""

    def funcnamefilter(self, name: str) -> bool:
        """Whether a function is a check."""
        return name.startswith("test_")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect our files also where ``python_files`` of the project would not."""
    if not _is_ours(file_path) or not file_path.match("test_*.py"):
        return None
    patterns = parent.config.getini("python_files")
    if parent.session.isinitpath(file_path) or any(file_path.match(pattern) for pattern in patterns):
        return None  # pytest's own collector takes it
    module: pytest.Module = parent.ihook.pytest_pycollect_makemodule(module_path=file_path, parent=parent)
    return module


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Our own kind of module for our own files."""
    return Checks.from_parent(parent, path=module_path) if _is_ours(module_path) else None


def _is_ours(path: Path) -> bool:
    return checks_folder() in path.parents

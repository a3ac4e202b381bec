"""How our own tests put an implementation through the suite."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnn_reference.implementations.implementation import Implementation
from rnn_reference.places import checks_folder
from rnn_reference.plugin import IMPLEMENTATION


class Target:
    """A plug-in that puts an object in the place of ``--rnn``, and keeps what came of it."""

    def __init__(self, functions, name):
        self.implementation = Implementation(name, functions)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config):
        """Before the run looks for its target, here it is."""
        config.stash[IMPLEMENTATION] = self.implementation

    def pytest_unconfigure(self, config):
        """The records, as the run leaves them."""
        self.records = config.pluginmanager.get_plugin("rnn-reference-run").records


@pytest.fixture(scope="session")
def suite():
    """Run the checks on an object in this process: ``suite(functions, "--rnn-only=...")``; the records by id."""

    def run(functions, *options, name="an object"):
        target = Target(functions, name)
        folder = checks_folder()
        ours = ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "-p", "rnn_reference.plugin", "-p", "no:cacheprovider"]
        with redirect_stdout(io.StringIO()) as printed:
            status = pytest.main([*ours, "-q", *options, str(folder)], plugins=[target])
        records = {record["id"]: record for record in target.records}
        return SimpleNamespace(status=int(status), records=records, printed=printed.getvalue())

    return run


@pytest.fixture(scope="session")
def here():
    """The folder of our own tests."""
    return Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def judged(here, tmp_path_factory):
    """Run ``python -m rnn_reference TARGET``, as a user does: its exit status, output and report."""

    def run(target, *options):
        report = tmp_path_factory.mktemp("report") / "report.json"
        command = [sys.executable, "-m", "rnn_reference", str(target), f"--rnn-report={report}", *options]
        done = subprocess.run(command, cwd=here.parent, capture_output=True, text=True, check=False)
        found = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
        return SimpleNamespace(status=done.returncode, printed=done.stdout + done.stderr, report=found)

    return run

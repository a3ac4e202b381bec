"""A test in a process of its own: for what forks, which the threads of a framework in this process do not survive."""

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from folders import ROOT

MARK = "RNN_REFERENCE_ALONE"
"""The environment variable of such a process."""


def alone(test: Callable[..., None]) -> Callable[..., None]:
    """Returns the test that runs this one with pytest in another process, and passes if it passes there."""

    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        if os.environ.get(MARK):
            test(**fixtures)
            return
        name = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")} | {MARK: "yes"}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "", "-p", "no:cacheprovider", "-p", "no:xdist", name]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout

    return run

"""``python -m rnn_reference TARGET``: is this recurrent network right?

It is ``pytest --rnn=TARGET`` on the checks alone, kept apart from whatever pytest settings and plug-ins the caller has.
Exit status: 0 if the target conforms, 1 if it is wrong or not implemented, 2 if it could not be judged.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

USAGE = """usage: python -m rnn_reference TARGET [options]

TARGET comes first and is file.py, notebook.ipynb, package.module (each with an optional :attribute)
or a built-in adapter: reference, stepwise, torch.

  --rnn-report=FILE.json  write the report there
  --rnn-only=ID           one check, or a group of them
  --rnn-seed=N            seed of every problem (default 0)
  --rnn-examples=N        fresh problems for each property (default 20)
  --rnn-strict            advice fails
and any option of pytest: -v names each check, -x stops at the first failure.

While it runs: . passed, F failed, a advice (which does not fail), - not offered, ? not judged.
Exit status: 0 conforms, 1 wrong or not implemented, 2 not judged.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the target that the arguments name; the exit status. Other arguments are pytest's."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "-h" in given or "--help" in given:
        print(USAGE)
        return 0
    target = next((argument for argument in given if not argument.startswith("-")), None)
    if target is None:
        print(f"expected a target, got none\n\n{USAGE}", file=sys.stderr)
        return 2
    follows = given[given.index(target) + 1 :][:1]
    if follows and not follows[0].startswith("-"):
        print(f"expected one target, got {target} and {follows[0]}; a name with spaces goes in quotes", file=sys.stderr)
        return 2
    if not target:
        print("expected a target, got an empty name", file=sys.stderr)
        return 2
    given.remove(target)
    return _run_pytest([f"--rnn={target}", *given])


def _run_pytest(options: list[str]) -> int:
    _prefer_installed_modules()
    try:
        import hypothesis  # noqa: F401 (its absence would show in the middle of the run)
        import pytest
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed: pip install 'rnn-reference[check]'", file=sys.stderr)
        return 2
    from rnn_reference.places import checks_folder

    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    folder = checks_folder()
    ours = ["-c", str(folder / "isolated.ini"), "--rootdir", str(folder), "-p", "rnn_reference.plugin"]
    quiet = ["-p", "no:cacheprovider", "--no-header", "--tb=no", "-rN"]  # what failed is said in our closing lines
    if not any(option.startswith(("-v", "--verb")) for option in options):
        quiet.append("-qq")  # pytest's own last line would only say again what ours say
    result = _Result()
    with tempfile.TemporaryDirectory() as place:  # hypothesis would leave a folder of its own beside the target
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = place
        return result.status(int(pytest.main([*ours, *quiet, *options, str(folder)], plugins=[result])))


def _prefer_installed_modules() -> None:
    """``python -m`` puts the caller's folder first, where a ``json.py`` would be taken for Python's own."""
    if sys.path[0] in ("", os.getcwd()):
        sys.path.append(sys.path.pop(0))


class _Result:
    """A pytest plug-in that keeps the verdict of the run."""

    verdict = ""

    def pytest_unconfigure(self, config: Any) -> None:
        self.verdict = config.pluginmanager.getplugin("rnn-reference-run").verdict

    def status(self, pytest_status: int) -> int:
        """0 and 1 mean the same here and there; all else is a target that was not judged, or not to the end."""
        return pytest_status if pytest_status in (0, 1) and self.verdict != "not judged" else 2


if __name__ == "__main__":
    sys.exit(main())

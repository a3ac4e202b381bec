"""``python -m rnn_reference TARGET...``: is this recurrent network right?

For one target it is ``pytest --rnn=TARGET`` on the checks only, without the pytest settings and plug-ins of the
caller. Of several targets, or of a folder, each target is judged in its own run, and the result is one table.
Exit status: 0 if all conform, 1 if one is wrong or not implemented, 2 if one could not be judged.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnn_reference.implementations.isolation.environment import ONE_THREAD
from rnn_reference.paths import is_file


def main(arguments: Sequence[str] | None = None) -> int:
    """Judges the targets in the arguments. Returns the exit status. Unknown options are passed to pytest."""
    from rnn_reference import options
    from rnn_reference.interrupts import print_whatever_happens

    if arguments is None:
        print_whatever_happens()
    given, parser = list(sys.argv[1:] if arguments is None else arguments), _parser()
    if "-h" in given or "--help" in given:
        parser.print_help()
        return 0
    own, rest = parser.parse_known_args(given)
    own.targets += [argument for argument in rest if is_file(argument) and not argument.startswith("-")]
    rest = [*options.given(own), *(argument for argument in rest if argument not in own.targets)]
    if own.rnn_blackbox and not own.targets:
        return run_pytest(rest)
    if not own.targets:
        print(f"expected a target, got none\n\n{parser.format_help()}", file=sys.stderr)
        return 2
    if "" in own.targets:
        print("expected a target, got an empty name", file=sys.stderr)
        return 2
    if _is_for_many(own):
        from rnn_reference.many.command import judge_many

        return judge_many(own, rest)
    return run_pytest([f"--rnn={own.targets[0]}", *rest])


def _parser() -> argparse.ArgumentParser:
    from rnn_reference import options

    parser = argparse.ArgumentParser(
        prog="python -m rnn_reference",
        usage="%(prog)s TARGET... [options]",
        description="TARGET is file.py, notebook.ipynb, package.module (each with an optional :attribute), model.onnx "
        f"(one RNN node), an adapter ({options.ADAPTER_NAMES}), or a folder: the notebooks and scripts in it.",
        add_help=False,
        allow_abbrev=False,
        formatter_class=lambda prog: argparse.HelpFormatter(prog, max_help_position=28),
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=argparse.SUPPRESS)
    options.add_to_command(parser.add_argument_group("options", (
        "These, and any option of pytest (as --name=value): -v names each check, -x stops at the first failure."
    )), options.IN_BOTH)  # fmt: skip
    options.add_to_command(parser.add_argument_group("many targets", (
        "Several targets, a folder, or any of these options: each target is judged in its own process."
    )), options.FOR_MANY)  # fmt: skip
    parser.add_argument_group("while it runs", (
        ". passed, F failed, a advice (which does not fail), - not offered, ? not judged"))  # fmt: skip
    parser.add_argument_group("exit status", "0 all conform, 1 one is wrong or not implemented, 2 one was not judged")
    return parser


def _is_for_many(own: argparse.Namespace) -> bool:
    """True for several targets, a folder of targets, or an option that only many targets have."""
    from rnn_reference import options
    from rnn_reference.report.files import is_folder

    if len(own.targets) > 1 or Path(own.targets[0]).is_dir() or any(getattr(own, o.dest) for o in options.FOR_MANY):
        return True
    return any(is_folder(report) for report in own.rnn_report)


def run_pytest(options: list[str], plugins: Sequence[Any] = ()) -> int:
    """Runs the checks with these options, apart from the settings and plug-ins of the caller. Returns the status."""
    try:
        import pytest
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed: pip install 'rnn-reference[check]'", file=sys.stderr)
        return 2
    from rnn_reference.paths import ISOLATED, checks_folder

    os.environ.update(ONE_THREAD | os.environ)
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    folder = checks_folder()
    ours = ["-c", str(ISOLATED), "--rootdir", str(folder), "-p", "rnn_reference.plugin"]
    quiet = ["-p", "no:cacheprovider", "--no-header", "--tb=no", "-rN"]  # our closing lines show what failed
    if not any(option.startswith(("-v", "--verb")) for option in options):
        quiet.append("-qq")  # pytest's own last line would repeat ours
    result = _Result()
    return result.status(int(pytest.main([*ours, *quiet, *options, str(folder)], plugins=[*plugins, result])))


def _prefer_installed_modules() -> None:
    """Move the caller's folder, which ``python -m`` puts first, to the end: its ``json.py`` would hide Python's."""
    if sys.path[0] in ("", os.getcwd()):
        sys.path.append(sys.path.pop(0))


class _Result:
    """A pytest plug-in that keeps the verdict of the run, and starts to load the target before the checks."""

    verdict = ""

    def pytest_load_initial_conftests(self, early_config: Any) -> None:
        from rnn_reference.target import begin_to_load

        begin_to_load(early_config, early_config.known_args_namespace)

    def pytest_unconfigure(self, config: Any) -> None:
        run = config.pluginmanager.getplugin("rnn-reference-run")
        self.verdict = run.verdict if run else ""  # no plug-in after a usage error

    def status(self, pytest_status: int) -> int:
        """Returns the status of the command: pytest's 0 or 1, or 2 for a target that was not judged completely."""
        return pytest_status if pytest_status in (0, 1) and self.verdict != "not judged" else 2


if __name__ == "__main__":
    _prefer_installed_modules()  # once: the processes of tasks and workers get this path
    sys.exit(main())

"""``python -m rnn_reference TARGET...``: is this recurrent network right?

For one target it is ``pytest --rnn=TARGET`` on the checks alone, kept apart from whatever pytest settings and plug-ins
the caller has. Several, or a folder, are judged each by a run of its own, and end in one table.
Exit status: 0 if all conform, 1 if one is wrong or not implemented, 2 if one could not be judged.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rnn_reference.implementations.isolation.environment import ONE_THREAD
from rnn_reference.paths import is_file

USAGE = """usage: python -m rnn_reference TARGET... [options]

TARGET is file.py, notebook.ipynb, package.module (each with an optional :attribute), model.onnx (one RNN node),
a built-in adapter (reference, stepwise, torch, jax, flax, flax-nnx, keras, onnxruntime, onnx), or a folder: the
notebooks and scripts in it.

  --rnn-report=FILE       write the report there: FILE.json, FILE.html or FILE.md
  --rnn-only=ID           one check, or a group of them
  --rnn-seed=N            seed of every problem (default 0)
  --rnn-examples=N        fresh problems for each property (default 20)
  --rnn-dtype=DTYPE       judge it in float64, float32 or float16, whatever it says of itself
  --rnn-device=NAME       where the adapters for torch, jax and flax compute (default cpu)
  --rnn-expect=FILE       checks that are known to fail: an id and a reason a line (ID  # REASON)
  --rnn-strict            advice fails
  --rnn-timeout=S         seconds for each call of a file's or a notebook's function (default 10)
  --rnn-memory=GIB        memory for a file's or a notebook's process, on Linux (default 4)
  --rnn-convention=NAME   judge by another convention: weights-transposed, batch-major, ... (several joined by +)
  --rnn-in-process        no process of its own for a file or a notebook: for debuggers
  --rnn-blackbox=module:callable  in place of a target: x -> outputs (and state), nothing else known of it
  --rnn-blackbox-layout=LAYOUT    nmt (default), tmn or mtn: features, batch and steps in x and outputs
  --rnn-blackbox-inputs=N         its number of features (default: found by trying)
and any option of pytest (as --name=value): -v names each check, -x stops at the first failure.

Several targets, a folder, or any of these options: each target is judged in a process of its own.
  -n N, -n auto           so many at a time (default: one on each core)
  --csv=FILE              write the table there
  --json=FILE             write a list with the report on each target there
  --dask=ADDRESS          hand them to the Dask cluster whose scheduler is there (tcp://host:8786)

While it runs: . passed, F failed, a advice (which does not fail), - not offered, ? not judged.
Exit status: 0 all conform, 1 one is wrong or not implemented, 2 one was not judged.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the targets that the arguments name; the exit status. Options that are not ours are pytest's."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "-h" in given or "--help" in given:
        print(USAGE)
        return 0
    own, rest = _parser().parse_known_args(given)
    own.targets += [argument for argument in rest if is_file(argument) and not argument.startswith("-")]
    rest = [argument for argument in rest if argument not in own.targets]
    blackbox = any(option.startswith("--rnn-blackbox=") for option in rest)
    if blackbox and not own.targets:
        return _run_pytest([*_numbers(own), *rest])
    if not own.targets:
        print(f"expected a target, got none\n\n{USAGE}", file=sys.stderr)
        return 2
    if "" in own.targets:
        print("expected a target, got an empty name", file=sys.stderr)
        return 2
    many = len(own.targets) > 1 or Path(own.targets[0]).is_dir()
    if many or own.n or own.csv or own.json or own.dask:
        return _judge_many(own, rest)
    return _run_pytest([f"--rnn={own.targets[0]}", *_numbers(own), *rest])


def _numbers(own: argparse.Namespace) -> list[str]:
    return [f"--rnn-seed={own.rnn_seed}", f"--rnn-examples={own.rnn_examples}"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, usage=USAGE.partition("\n\n")[0][7:])
    parser.add_argument("targets", nargs="*")
    for name in ("-n", "--csv", "--json", "--dask"):
        parser.add_argument(name)
    parser.add_argument("--rnn-seed", type=int, default=0)
    parser.add_argument("--rnn-examples", type=int, default=20)
    return parser


def _judge_many(own: argparse.Namespace, rest: list[str]) -> int:
    from rnn_reference.many import run
    from rnn_reference.many.task import tasks_for

    refused = next((option for option in rest if option.startswith("--rnn-report")), None)
    if refused or own.rnn_examples < 1:
        print(f"{refused}: for several targets it is --json=FILE" if refused else
              f"--rnn-examples must be at least 1, got {own.rnn_examples}", file=sys.stderr)  # fmt: skip
        return 2
    try:
        runner = run.on_dask(own.dask) if own.dask else run.here(run.processes(own.n or "auto"))
        tasks = tasks_for(own.targets, rest, own.rnn_seed, own.rnn_examples)
        return run.judge_all(tasks, runner, own.csv, own.json)
    except (ValueError, OSError, ModuleNotFoundError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _run_pytest(options: list[str]) -> int:
    _prefer_installed_modules()
    try:
        import hypothesis  # noqa: F401 (its absence would show in the middle of the run)
        import pytest
    except ModuleNotFoundError as error:
        print(f"{error.name} is not installed: pip install 'rnn-reference[check]'", file=sys.stderr)
        return 2
    from rnn_reference.paths import checks_folder

    os.environ.update(ONE_THREAD | os.environ)
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
    """A pytest plug-in that keeps the verdict of the run, and has the target load while the checks' modules do."""

    verdict = ""

    def pytest_load_initial_conftests(self, early_config: Any) -> None:
        from rnn_reference.target import begin_to_load

        begin_to_load(early_config, early_config.known_args_namespace)

    def pytest_unconfigure(self, config: Any) -> None:
        run = config.pluginmanager.getplugin("rnn-reference-run")
        self.verdict = run.verdict if run else ""  # it is not there after a usage error

    def status(self, pytest_status: int) -> int:
        """0 and 1 mean the same here and there; all else is a target that was not judged, or not to the end."""
        return pytest_status if pytest_status in (0, 1) and self.verdict != "not judged" else 2


if __name__ == "__main__":
    sys.exit(main())

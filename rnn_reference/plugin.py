"""What pytest needs to put the questions in ``checks`` to an implementation: options, outcomes, the summary.

It is loaded in every pytest run of an environment that has this package, so it imports nothing heavy until there
is a check to run.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rnn_reference import options
from rnn_reference.options import how_to_call
from rnn_reference.places import checks_folder

if TYPE_CHECKING:
    from collections.abc import Generator

    from rnn_reference.implementations.implementation import Implementation


def _expected(path: str | None) -> dict[str, str]:
    if path is None:
        return {}
    from rnn_reference.report.expected import expectations

    try:
        return expectations(path)
    except (ValueError, OSError) as error:
        raise pytest.UsageError(f"--rnn-expect: {error}") from None


DTYPES = ("float64", "float32", "float16")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    group = parser.getgroup("rnn-reference", "is this recurrent network right?")
    group.addoption("--rnn", metavar="TARGET", help=(
        "what to check: file.py, notebook.ipynb, package.module (each with an optional :attribute), model.onnx or "
        "a built-in adapter (torch, jax, keras, onnxruntime, onnx); without it, the reference"))  # fmt: skip
    group.addoption("--rnn-report", metavar="FILE", help=(
        "write the report there: FILE.json, FILE.html or FILE.md"))  # fmt: skip
    group.addoption("--rnn-only", metavar="ID", help="run one check, or a group of them, by id or by its beginning")
    group.addoption("--rnn-seed", metavar="N", type=int, default=0, help="seed of every problem (default 0)")
    group.addoption("--rnn-examples", metavar="N", type=int, default=20, help=(
        "fresh problems for each property (default 20)"))  # fmt: skip
    group.addoption("--rnn-dtype", choices=DTYPES, help="judge it in this precision, whatever it says of itself")
    group.addoption("--rnn-device", metavar="NAME", default="cpu", help=(
        "where the adapters for torch and jax compute: cpu, cuda, gpu, cuda:1 (default cpu)"))  # fmt: skip
    group.addoption("--rnn-expect", metavar="FILE", help=(
        "checks that are known to fail: an id, or its beginning, and a reason a line (ID  # REASON)"))  # fmt: skip
    group.addoption("--rnn-strict", action="store_true", help="advice fails")
    group.addoption("--rnn-timeout", metavar="S", type=float, default=10.0, help=(
        "seconds for each call of a file's or a notebook's function (default 10)"))  # fmt: skip
    group.addoption("--rnn-memory", metavar="GIB", type=float, default=4.0, help=(
        "memory for a file's or a notebook's process, on Linux (default 4)"))  # fmt: skip
    group.addoption("--rnn-in-process", action="store_true", help=(
        "run a file or a notebook in this process: for debuggers; nothing is limited"))  # fmt: skip
    options.add(group)


def pytest_configure(config: pytest.Config) -> None:
    """Let the target load while the checks are collected."""
    config.addinivalue_line("markers", "judges(function, needs=()): the function that a check is about")
    _require_sound(config.option)
    _require_one_report(config)
    config.pluginmanager.register(Run(config, _expected(config.option.rnn_expect)), "rnn-reference-run")
    options.require_sound(config.option)
    if config.option.rnn_blackbox is not None:
        config.args = [str(checks_folder() / "blackbox" / "test_blackbox.py")]
        return
    if config.option.rnn is None:
        return
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(path) for path in sorted(checks_folder().glob("test_*.py"))]
    if _apart(config, config.option.rnn):
        config.stash[_PROCESS] = _started(config, config.option.rnn)


def _require_sound(options: Any) -> None:
    """Raise a usage error for an option that would only come to light at the end, or as an error of ours."""
    if options.rnn_examples < 1:
        raise pytest.UsageError(f"--rnn-examples must be at least 1, got {options.rnn_examples}")
    for name, value in (("--rnn-timeout", options.rnn_timeout), ("--rnn-memory", options.rnn_memory)):
        if not value > 0:
            raise pytest.UsageError(f"{name} must be more than 0, got {value:g}")
    if options.rnn_seed < 0:
        raise pytest.UsageError(f"--rnn-seed must be at least 0, got {options.rnn_seed}")
    if options.rnn_report:
        from rnn_reference.report.files import refusal

        refused = refusal(Path(options.rnn_report))
        if refused:
            raise pytest.UsageError(refused)


def _require_one_report(config: pytest.Config) -> None:
    """Raise a usage error where two reports are asked for: pytest would write the last of them alone."""
    given = [argument for argument in map(str, config.invocation_params.args) if argument.startswith("--rnn-report")]
    if len(given) > 1:
        raise pytest.UsageError(f"{' '.join(given)}: one report a run; the others can be had from another")


class Checks(pytest.Module):
    """A file of checks: its functions are found by our names, whatever names the project's own settings ask for."""

    def funcnamefilter(self, name: str) -> bool:
        """Whether a function is a check."""
        return name.startswith("test_")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect our files also where ``python_files`` of the project would not."""
    patterns = parent.config.getini("python_files")
    usual = parent.session.isinitpath(file_path) or any(file_path.match(pattern) for pattern in patterns)
    if usual or file_path.suffix != ".py" or not file_path.name.startswith("test_") or not _is_ours(file_path):
        return None
    module: pytest.Module = parent.ihook.pytest_pycollect_makemodule(module_path=file_path, parent=parent)
    return module


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Our own kind of module for our own files."""
    return Checks.from_parent(parent, path=module_path) if _is_ours(module_path) else None


def _is_ours(path: Path) -> bool:
    return checks_folder() in path.parents


IMPLEMENTATION = pytest.StashKey[Any]()
_PROCESS = pytest.StashKey[Any]()
_DIAGNOSIS = pytest.StashKey[Any]()
_JUDGE = pytest.StashKey[Any]()


def implementation_of(config: pytest.Config) -> Implementation:
    """The implementation under test: that of ``--rnn``, or the reference."""
    if IMPLEMENTATION not in config.stash:
        from rnn_reference.implementations.unusable import Unusable

        given = (config.option.rnn_blackbox, config.option.rnn)
        target = next((name for name in given if name is not None), "reference")
        try:
            config.stash[IMPLEMENTATION] = _load(config, target)
        except (Unusable, OSError) as error:
            from rnn_reference.report.verdict import unusable

            _write(config, unusable(target, str(error)))
            raise pytest.UsageError(str(error)) from None
    implementation: Implementation = config.stash[IMPLEMENTATION]
    return implementation


def _load(config: pytest.Config, target: str) -> Implementation:
    """The target's implementation, by the convention that is asked for."""
    if config.option.rnn_blackbox is not None:
        from rnn_reference.implementations.blackbox import Blackbox

        layout, n_x = config.option.rnn_blackbox_layout, config.option.rnn_blackbox_inputs
        return Blackbox(target, layout, n_x, config.option.rnn_timeout)
    implementation = _loaded(config, target)
    if config.option.rnn_dtype:
        implementation.judged_in(config.option.rnn_dtype)
    if config.option.rnn_convention is None:
        return implementation
    from rnn_reference.implementations.conventions import named
    from rnn_reference.implementations.converted import Converted

    return Converted(implementation, named(config.option.rnn_convention))


def _loaded(config: pytest.Config, target: str) -> Implementation:
    if not _apart(config, target):
        from rnn_reference.implementations.loading import load

        return load(target, seconds=config.option.rnn_timeout, device=config.option.rnn_device)
    from rnn_reference.implementations.isolated import Isolated
    from rnn_reference.implementations.unusable import Unusable

    if config.option.rnn_device != "cpu":
        raise Unusable(f"--rnn-device={config.option.rnn_device} is for the adapters for torch and jax")
    process = config.stash.get(_PROCESS, None) or _started(config, target)
    config.stash[_PROCESS] = None  # the next one gets its own
    implementation = Isolated(target, *_limits(config), process)
    config.add_cleanup(implementation.close)
    return implementation


def _apart(config: pytest.Config, target: str) -> bool:
    """Files and notebooks run in a process of their own; frameworks and modules in this one."""
    from rnn_reference.places import is_file

    return is_file(target) and not config.option.rnn_in_process


def _started(config: pytest.Config, target: str) -> Any:
    from rnn_reference.implementations.isolated import started

    process = started(target, *_limits(config))
    config.add_cleanup(process.close)
    return process


def _limits(config: pytest.Config) -> tuple[float, float]:
    """Seconds and bytes."""
    return config.option.rnn_timeout, config.option.rnn_memory * 2**30


def diagnosis_of(config: pytest.Config) -> Any:
    """What is wrong with the implementation under test: found out at the first failure, and then remembered."""
    if _DIAGNOSIS not in config.stash:
        from rnn_reference.places import is_file
        from rnn_reference.verification.diagnosis import Diagnosis

        implementation = implementation_of(config)
        anew = is_file(implementation.name)  # what is imported would only be found again
        restart = (lambda: _load(config, implementation.name)) if anew else None
        config.stash[_DIAGNOSIS] = Diagnosis(implementation, config.option.rnn_seed, restart)
    return config.stash[_DIAGNOSIS]


def judge_of(request: pytest.FixtureRequest) -> Any:
    """A judge for the check that asks, kept where the outcome is made from it."""
    from rnn_reference.verification.judge import Judge

    judge = Judge(implementation_of(request.config), check_id(request.node), diagnosis_of(request.config))
    request.node.stash[_JUDGE] = judge
    return judge


def check_id(item: pytest.Item) -> str:
    """``group.check[parameters]``, from file and function: ``gradient.network[T_x=6]``."""
    name = item.name.removeprefix("test_")
    return f"{item.path.stem.removeprefix('test_')}.{name}"


def _is_check(item: pytest.Item) -> bool:
    return item.get_closest_marker("judges") is not None


def _write(config: pytest.Config, report: dict[str, Any]) -> None:
    """Write the report where it is asked for, and in the summary of a job on GitHub; a word if there is no writing."""
    if hasattr(config, "workerinput"):
        return
    from rnn_reference.report.files import add_to_summary, write

    if config.option.rnn_report:
        write(Path(config.option.rnn_report), report)
    failed = add_to_summary(report)
    if failed:
        config.get_terminal_writer().line(f"note: {failed}", yellow=True)


class Run:
    """One pytest run: it picks the checks, turns what they raise into outcomes, and sums up."""

    def __init__(self, config: pytest.Config, expected: dict[str, str]) -> None:
        self.config, self.expected = config, expected
        self.records: list[dict[str, Any]] = []
        self.asked = 0
        self.verdict = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        """Have the target loaded by the end of it: one that cannot be judged is a usage error and nothing else."""
        result = yield
        if self.config.option.rnn is not None or self.config.option.rnn_blackbox is not None:
            implementation_of(self.config)
        return result

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that ``--rnn-only`` names; each tells its id to JUnit's file."""
        for item in filter(_is_check, items):
            item.user_properties.append(("rnn_id", check_id(item)))
        wanted = self.config.option.rnn_only
        if not wanted:
            self.asked = sum(map(_is_check, items))
            return
        from rnn_reference.report.expected import matches

        kept = [item for item in items if _is_check(item) and matches(check_id(item), wanted)]
        if not kept and not hasattr(self.config, "workerinput"):
            raise pytest.UsageError(_no_such_check(wanted, {check_id(item) for item in items if _is_check(item)}))
        self.config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        self.asked = len(kept)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Skip what is not offered; hold back the warnings of other people's arithmetic."""
        if not _is_check(item):
            return (yield)
        import warnings

        import numpy as np

        from rnn_reference.verification.diagnosis import explain, explain_advice
        from rnn_reference.verification.outcomes import NotOffered, Outcome

        marker = item.get_closest_marker("judges")
        assert marker is not None
        implementation = implementation_of(self.config)
        implementation.begin()
        for name in (*marker.args, *marker.kwargs.get("needs", ())):
            if not implementation.offers(name):
                raise NotOffered([("", f"{implementation.name} has no {name}")], function=marker.args[0])
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                return (yield)
            except Outcome as outcome:
                raised = outcome
            except Exception:
                if not implementation.misshapen:
                    raise
                raised = implementation.misshapen
            told = explain_advice if check_id(item).startswith("numerics.") else explain
            raise told(raised, marker.args[0], diagnosis_of(self.config)) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what a check raised into its outcome, and a traceback of ours into words."""
        if not _is_check(item) or call.when != "call":
            return (yield)
        from rnn_reference.report.outcome import expect, record_of
        from rnn_reference.report.terminal import block, rerun
        from rnn_reference.verification.outcomes import Outcome

        excinfo = call.excinfo
        if excinfo and isinstance(excinfo.value, Outcome):
            call.excinfo = None  # pytest would spend more time on its traceback than the check took
        try:
            report = yield
        finally:
            call.excinfo = excinfo

        strict = self.config.option.rnn_strict
        judge = item.stash.get(_JUDGE, None)
        raised = call.excinfo.value if call.excinfo else None
        printed = implementation_of(self.config).printed() if raised else ""
        record = record_of(item, check_id(item), raised, judge, strict, printed)
        expect(record, self.expected)
        record["rerun"] = rerun(self._target(), record["id"], self._options())
        record["place"] = item.session.items.index(item)
        report.location = (*report.location[:2], record["id"])
        report.rnn = record  # type: ignore[attr-defined]
        named = [("rnn_faults", ", ".join(record["faults"]))] if record["faults"] else []
        item.user_properties += [("rnn_outcome", record["outcome"]), *named]
        if record["outcome"] == "passed" or record["traceback"]:
            return report
        text = block(record)
        passes = {"advice": "passed", "expected failure": "passed", "not offered": "skipped", "not judged": "skipped"}
        report.outcome = passes.get(record["outcome"], "failed")  # type: ignore[assignment]
        report.longrepr = (str(item.path), 0, text) if report.outcome == "skipped" else text
        return report

    def _target(self) -> str:
        """What the command takes to judge the same again."""
        options, name = self.config.option, implementation_of(self.config).name
        return name if options.rnn_blackbox is None else f"--rnn-blackbox={name}"

    def _options(self) -> str:
        options = self.config.option
        examples = f" --rnn-examples={options.rnn_examples}" if options.rnn_examples != 20 else ""
        dtype = f" --rnn-dtype={options.rnn_dtype}" if options.rnn_dtype else ""
        device = f" --rnn-device={options.rnn_device}" if options.rnn_device != "cpu" else ""
        strict = " --rnn-strict" if options.rnn_strict else ""
        expect = f" --rnn-expect={shlex.quote(options.rnn_expect)}" if options.rnn_expect else ""
        return f"--rnn-seed={options.rnn_seed}{examples}{how_to_call(options)}{dtype}{device}{strict}{expect}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather what the checks left behind, from this process or another."""
        record = getattr(report, "rnn", None)
        if record:
            self.records.append(record)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, Any] | None:
        """Outcomes of our own in pytest's progress line and counts."""
        outcome = getattr(report, "rnn", {}).get("outcome")
        letters = {"advice": "a", "expected failure": "x", "not offered": "-", "not judged": "?"}
        if outcome not in letters:
            return None
        return outcome, letters[outcome], (outcome.upper(), {"yellow": True})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The closing lines; and the report, if one is asked for."""
        if not self.records:
            if self.config.option.rnn_only:
                terminalreporter.write_line(f"no check was run: --rnn-only={self.config.option.rnn_only}")
            return
        from rnn_reference.report.terminal import closing_lines
        from rnn_reference.report.verdict import report_on, with_conventions

        self.records.sort(key=lambda record: record["place"])  # several processes report in any order
        left_out = max(0, self.asked - len(self.records))
        report = report_on(implementation_of(self.config), self.records, left_out)
        if self.config.option.rnn_convention is None:
            with_conventions(report, self.config.option.rnn_seed, implementation_of(self.config))
        _write(self.config, report)
        self.verdict = report["verdict"]
        good = self.verdict == "conforms"
        title = f"{report['implementation']['name']}: {report['verdict']}"
        terminalreporter.write_sep("=", title, bold=True, green=good, red=not good)
        for line, markup in closing_lines(report):
            terminalreporter.write_line(line, **markup)


def _no_such_check(wanted: str, known: set[str]) -> str:
    import difflib

    names = {check.partition("[")[0] for check in known}
    groups = sorted({check.partition(".")[0] for check in known})
    group = wanted.partition(".")[0]
    near = difflib.get_close_matches(wanted, sorted({*known, *names, *groups}), n=3, cutoff=0.4)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    inside = sorted(name for name in names if name.startswith(f"{group}."))
    return f"--rnn-only={wanted} matches no check; {meant}there are {', '.join(inside or groups)}"

"""What is said of the time-step loop follows from what was measured."""

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from folders import ROOT

from benchmarks.report import goals, tables
from benchmarks.report import results as reader


def saved(folder, **changes):
    """Made-up results: ours takes 10 + 0.5 m microseconds a step, another twice that, the limit half."""
    benchmarks = []
    for column, factor in {"limit": 0.5, "reference": 1.0, "stepwise": 2.0, "torch": 0.5}.items():
        for direction in ("forward", "forward_backward"):
            for m in (1, 8, 32):
                ours = 4e-6 * (10 + 0.5 * m) * (1 if column == "torch" else 1.7)  # it was quickest beside torch
                extra = {"column": column, "direction": direction, "n_x": 3, "n_a": 128, "n_y": 2, "T_x": 4, "m": m}
                extra |= {
                    "dtype": "float64",
                    "ratio": factor,
                    "our_seconds": ours,
                    "share_of_limit": 0.5 / factor,
                    "operations": 1000,
                }
                extra |= {"returned_bytes_per_step": 1000.0, "peak_bytes_per_step": 2000.0} | changes
                benchmarks.append({"extra_info": extra, "stats": {}})
    held = {"pinned": "pinned to core 1", "threads": "one thread each", "clock": "time of this process"}
    rnn = {"processor": "one of ours", "python": "3", "versions": {"numpy": "2"}, "missing": ["keras"]} | held
    file = folder / "0001_made_up.json"
    told = {"machine_info": {"rnn": rnn}, "datetime": "2001-02-03T04:05:06", "benchmarks": benchmarks}
    file.write_text(json.dumps(told), encoding="utf-8")
    return file


@pytest.fixture
def results(tmp_path):
    """The made-up results, read."""
    return reader.read(saved(tmp_path))[1]


def test_ratios_are_means_of_factors(results):
    """The table has the others' time over ours at each point, and the geometric mean, the least, and who is faster."""
    heads, rows = tables.ratio_rows(results)
    assert heads[4:] == ["limit", "stepwise", "torch"]
    assert rows[0] == ["3, 128, 2", "4", "float64", "1", "0.50 / 0.50", "2.00 / 2.00", "0.50 / 0.50"]
    assert [row[0] for row in rows[3:]] == ["geometric mean", "least", "faster than ours (below 0.95)"]
    assert rows[3][5:] == ["2.00 / 2.00", "0.50 / 0.50"]
    assert rows[5][5:] == ["0 of 3 / 0 of 3", "3 of 3 / 3 of 3"]
    assert reader.geometric_mean([4.0, 0.25, 8.0]) == pytest.approx(2)


def test_the_line_is_fitted(results):
    """Out of times that lie on a + b m come a, b and the batch size at which both parts are the same."""
    line = reader.fitted(next(iter(reader.series(results, "reference", "forward").values())))
    assert (line.a, line.b, line.break_even) == pytest.approx((10, 0.5, 20))
    assert line.worst == pytest.approx(0, abs=1e-9)


def test_no_part_of_a_line_is_negative():
    """Times that grow faster than the batch have no fixed part, and so no break-even."""
    times = [SimpleNamespace(m=m, microseconds=float(m) ** 1.2) for m in (1, 8, 32)]
    line = reader.fitted(times)
    assert line.a == 0 and line.b > 0 and line.break_even is None and line.worst > 0.1


def test_allowed_memory(results):
    """Memory allowed is what is returned, the copies of x and da that bring time first, and a gradient of a's size."""
    found = {(r.column, r.direction, r.m): reader.allowed(r) for r in results}
    assert found["reference", "forward", 8] == 1000 + 8 * 8 * 3
    assert found["reference", "forward_backward", 8] == 1000 + 8 * 8 * (3 + 128 + 128)
    assert found["stepwise", "forward", 8] is None


def test_goals_say_what_holds(results):
    """A goal that the results reach holds, and one that they miss does not."""
    rows = goals.goal_rows(results)[1]
    held = {row[0]: row[2] for row in rows}
    assert held["nowhere slower than stepwise (ratio of 0.95 or more)"] == "yes"
    assert held["nowhere slower than torch (ratio of 0.95 or more)"] == "**no**"
    assert held["2.0 times as fast as stepwise, forward (geometric mean)"] == "yes"
    assert held["2.4 times as fast as stepwise, forward and backward (geometric mean)"] == "**no**"
    assert held["0.9 of the limit at n_a >= 128, m >= 32 (reference)"] == "**no**"


def test_the_page_is_made_of_results(tmp_path):
    """The page says when and where, how much was measured, what was found, what holds, and the seconds of verdicts."""
    pytest.importorskip("matplotlib")
    from benchmarks.studies.performance import page

    text = page(*reader.read(saved(tmp_path)), [("torch", 12.345)], "2001-02-04", "| parts |")
    assert "on 2001-02-04 from results of 2001-02-03, 3 of the 64 points of the whole grid: one of ours" in text
    assert "numpy 2; Python 3. Not installed: keras." in text
    for row in (
        r"3, 128, 2 .*2\.00 / 2\.00",
        r"nowhere slower than torch .*\*\*no\*\*",
        "rnn_reference torch` .*12\\.3 ",
    ):
        assert re.search(rf"^\| .*{row}", text, re.MULTILINE), row
    assert "NaN" not in text and "None" not in text


def run(*arguments, cwd):
    """A command of the benchmarks, in a process of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}  # not xdist's
    environment = inherited | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.waits
def test_from_the_run_to_table_and_plots(tmp_path):
    """A run of the smallest grid says where it runs, saves what it finds, and from that come table and plots."""
    pytest.importorskip("pytest_benchmark")
    pytest.importorskip("matplotlib")
    file = tmp_path / "tiny.json"
    printed = run("-m", "pytest", "benchmarks", "--grid=tiny", "-k", "limit or reference or own or right",
                  "--rnn=examples/right.py",
                  "-p", "no:cacheprovider", "--benchmark-quiet", f"--benchmark-json={file}", cwd=ROOT)  # fmt: skip
    assert "timed on:" in printed and "with: numpy" in printed
    printed = run("-m", "benchmarks.report.summary", str(file), f"--plots={tmp_path}", cwd=tmp_path)
    assert "own-layout" in printed and "examples/right.py" in printed
    assert "| geometric mean " in printed and "The reference against itself" in printed
    assert {plot.name for plot in tmp_path.glob("performance-*")} == {
        f"performance-{what}.{form}" for what in ("time", "limit") for form in ("svg", "png")
    }

"""A verdict inside a running Python: ``rnn_reference.check``, the magics, and the decorator for one's own tests."""

import json
import subprocess
import sys
from textwrap import dedent
from types import SimpleNamespace

import numpy as np
import pytest
from folders import EXAMPLES, OWN, ROOT

import rnn_reference
from rnn_reference.live.defined import Defined

QUICK = {"only": "gradient", "examples": 1}


def right():
    """The functions of the right example, in a table of their own."""
    table = {"__name__": "held"}
    exec((EXAMPLES / "right.py").read_text(), table)
    return table


@pytest.fixture
def wrong():
    """The right example with a gradient that is 0.1 % too large, as a table of names."""
    table = right()
    backward = table["rnn_backward"]

    def rnn_backward(da, caches):
        gradients = backward(da, caches)
        return {**gradients, "dWaa": 1.001 * gradients["dWaa"]}

    table["rnn_backward"] = rnn_backward
    return table


@pytest.mark.waits
def test_a_right_network():
    """A table of names that conforms gives a true report, with a verdict for each function."""
    report = rnn_reference.check(right(), **QUICK)
    assert report
    assert report.verdict == "conforms"
    assert report.functions["rnn_backward"] == "conforms"
    assert report.faults == []


def test_a_wrong_network(wrong):
    """A wrong gradient gives a false report that says so, and its rerun line is a call that works here."""
    report = rnn_reference.check(wrong, **QUICK)
    assert not report
    assert report.functions["rnn_backward"] == "wrong"
    assert "dWaa        25 of 25 entries differ" in str(report)
    assert "rerun       rnn_reference.check(globals(), only='gradient.network[T_x=6]', seed=0, examples=1)" in str(
        report
    )
    again = rnn_reference.check(wrong, only="gradient.network[T_x=6]", seed=0, examples=1)
    assert [record["outcome"] for record in again.checks] == ["failed"]


@pytest.mark.waits
def test_the_command_gives_the_same_report():
    """A file, and the names that it defines, get the same outcomes, messages and figures from both doors."""
    by_name = rnn_reference.check(EXAMPLES / "right.py", **QUICK)
    by_object = rnn_reference.check(right(), **QUICK)
    unlike = ("rerun",)
    both = (
        [{k: v for k, v in record.items() if k not in unlike} for record in one.checks] for one in (by_name, by_object)
    )
    first, second = both
    assert first == second


@pytest.mark.waits
def test_nothing_here_changes(wrong):
    """The names, numpy's random state and numpy's error handling are as before, and functions print nothing."""
    wrong["rnn_forward"] = printing = lambda *given: print("here") or right()["rnn_forward"](*given)
    before, state, handling = dict(wrong), np.random.get_state()[1].copy(), np.geterr()
    rnn_reference.check(wrong, only="forward.states[T_x=6]")
    assert wrong == before
    assert wrong["rnn_forward"] is printing
    assert np.array_equal(np.random.get_state()[1], state)
    assert np.geterr() == handling


@pytest.mark.waits
def test_neither_pytest_nor_checks_are_imported_here():
    """In a Python without pytest loaded, a verdict loads neither pytest nor the checks."""
    code = f"""
        import sys
        import rnn_reference
        sys.path.insert(0, {str(EXAMPLES)!r})
        import right
        assert rnn_reference.check(right, only="forward.states[T_x=6]")
        assert not [name for name in sys.modules if name.partition(".")[0] in ("pytest", "_pytest", "checks")]
    """
    subprocess.run([sys.executable, "-c", dedent(code)], check=True, cwd=ROOT)


@pytest.mark.waits
def test_functions_alone():
    """Several functions are judged together, by their names."""
    table = right()
    report = rnn_reference.check(table["rnn_forward"], table["rnn_backward"], **QUICK)
    assert report
    assert report.name == "rnn_forward, rnn_backward"


@pytest.mark.waits
def test_a_class_of_their_own():
    """A class of somebody's own is understood here as it is in a file."""
    table = {"__name__": "held"}
    exec((OWN / "time_layer.py").read_text(), table)
    report = rnn_reference.check(table["TimeRNN"], **QUICK)
    assert report
    assert any("TimeRNN.forward(xs)" in note for note in report.data["implementation"]["notes"])


@pytest.mark.waits
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that ends a call")
def test_a_function_that_hangs():
    """A call that never returns is ended after its time, and the others are still judged."""
    table = right()

    def rnn_forward(x, a0, parameters):
        while True:
            pass

    table["rnn_forward"] = rnn_forward
    report = rnn_reference.check(table, only="forward", timeout=0.5, examples=1)
    assert report.functions["rnn_forward"] == "wrong"
    assert report.functions["rnn_cell_forward"] == "conforms"
    assert "no answer within 0.5 s" in str(report)


@pytest.mark.waits
def test_forms(wrong, tmp_path):
    """The report is saved in the form of the suffix, and shows as a page in a notebook."""
    report = rnn_reference.check(wrong, **QUICK)
    data = json.loads(report.save(tmp_path / "report.json").read_text())
    assert data == report.data
    assert "<html" in report.save(tmp_path / "report.html").read_text()
    assert "srcdoc" in report._repr_html_()
    with pytest.raises(ValueError, match=r"must end in .html, .json or .md"):
        report.save(tmp_path / "report.pdf")
    with pytest.raises(OSError, match="there is no folder"):
        report.save(tmp_path / "none" / "report.html")
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(OSError, match=r"taken.html: Is a directory"):
        report.save(tmp_path / "taken.html")


@pytest.mark.waits
def test_what_cannot_be_judged():
    """An unknown option, a wrong value, and things that are no network are refused with their names."""
    with pytest.raises(TypeError, match="no option 'seeds'; there are only, seed"):
        rnn_reference.check(right(), seeds=1)
    with pytest.raises(TypeError, match="needs a target"):
        rnn_reference.check()
    with pytest.raises(ValueError, match="--rnn-examples must be at least 1, got 0"):
        rnn_reference.check(right(), examples=0)
    with pytest.raises(rnn_reference.Unusable, match="int offers none of"):
        rnn_reference.check(3)
    with pytest.raises(TypeError, match="got int among several"):
        rnn_reference.check(right()["rnn_forward"], 3)
    assert rnn_reference.check("nowhere.py").verdict == "unusable"


def test_a_table_is_the_table_itself():
    """What is defined in a dict is that dict: a layout that sets global weights sets them there."""
    table = {"a": 1}
    vars(Defined(table))["a"] = 2
    assert table == {"a": 2}


@pytest.mark.waits
def test_as_tests_of_ones_own(tmp_path):
    """The decorator makes a test of each check: one passes, and one fails with the block of the check."""
    (tmp_path / "test_mine.py").write_text(
        dedent(
            f"""
            import rnn_reference


            @rnn_reference.parametrize_with_checks([{str(EXAMPLES / "document.ipynb")!r}], examples=1)
            def test_rnn(implementation, check):
                check(implementation)
            """
        )
    )
    wanted = "gradient.network[T_x=6] or forward.states[T_x=6]"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path), "-rA"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    lines = done.stdout.splitlines()
    for name, outcome in zip(wanted.split(" or "), ("FAILED", "PASSED"), strict=True):
        assert any(line.startswith(outcome) and f"document.ipynb-{name}]" in line for line in lines), done.stdout[
            -3000:
        ]
    assert "looks like  carry-dropped" in done.stdout


class Shell(SimpleNamespace):
    """As much of IPython's shell as the magics use."""

    def register_magic_function(self, function, magic_kind, magic_name):
        """Keep the magic."""
        self.magic = {magic_name: (function, magic_kind)}


@pytest.mark.waits
def test_the_magic(wrong):
    """The line magic judges the names of the shell, with options as words."""
    shell = Shell(user_ns=wrong)
    rnn_reference.load_ipython_extension(shell)
    function, kind = shell.magic["rnn_check"]
    assert kind == "line_cell"
    assert not function("only=gradient.network[T_x=6] seed=1")


@pytest.mark.slow
def test_in_a_real_kernel():
    """In a Jupyter kernel a cell with check(globals()) shows the page, and the kernel goes on as before."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: pip install 'rnn-reference[dev]'")
    nbformat = pytest.importorskip("nbformat")
    cells = [
        (EXAMPLES / "right.py").read_text(),
        "import sys\nimport rnn_reference\nkept = rnn_forward",
        "report = rnn_reference.check(globals(), only='gradient')\nreport",
        "assert report and rnn_forward is kept and 'pytest' not in sys.modules\nprint('went on')",
        "%load_ext rnn_reference",
        "%%rnn_check only=gradient.network[T_x=6]\ndef rnn_backward(da, caches):\n    return {}",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120).execute()
    shown = notebook.cells[2].outputs[0]["data"]
    assert "srcdoc" in shown["text/html"]
    assert "globals(): conforms" in shown["text/plain"]
    assert notebook.cells[3].outputs[0]["text"] == "went on\n"
    assert "rnn_backward        wrong" in notebook.cells[5].outputs[0]["data"]["text/plain"]

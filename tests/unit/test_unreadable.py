"""Source code that Python cannot read as it stands: encodings, Python 2, and functions that do not parse."""

import json

import numpy as np
import pytest

from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.loading.parsing import parsed
from rnn_reference.implementations.loading.repairs import PRINTS, TABS, repaired
from rnn_reference.implementations.undefined import CONVERT
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.outcomes import Crashed

TANH = "import numpy as np\n\n\ndef tanh_forward(x):\n    return np.tanh(x)\n"
X = np.array([[0.5, -1.0]])


def does_not_parse(target, function="softmax_forward"):
    """The lines of the outcome of a function that does not parse."""
    with pytest.raises(Crashed) as raised:
        getattr(load(target), function)(X)
    return dict(raised.value.lines)


# Encodings and ends of lines

COMMENT = "# Lösung von José\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_any_encoding_is_read(request, folder, kind, encoding):
    """A file in any of the usual encodings is read, with a byte-order mark or without."""
    path = folder / request.getfixturevalue(kind)(COMMENT + TANH)
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    implementation = load(path.name)
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    guessed = (
        [f"{path.name} is not UTF-8: it was read as Latin-1"] if encoding == "latin-1" and kind == "script" else []
    )
    assert implementation.notes == guessed


def test_a_coding_line_counts(folder):
    """The encoding that a line of the file names is the one that is used."""
    source = "# -*- coding: cp1251 -*-\nname = 'Ж'\n" + TANH.replace("np.tanh(x)", "np.tanh(x) + (name != 'Ж')")
    (folder / "homework.py").write_bytes(source.encode("cp1251"))
    assert np.array_equal(load("homework.py").tanh_forward(X), np.tanh(X))


def test_an_encoding_that_does_not_exist_is_replaced(folder):
    """A file whose line names an unknown encoding is read as UTF-8."""
    (folder / "homework.py").write_text(f"# coding: klingon\n{COMMENT}{TANH}", encoding="utf-8")
    assert load("homework.py").offered == ["tanh_forward"]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\f\n", "\n\n"])
def test_any_end_of_line_is_read(folder, end):
    """The line ends of Windows and of old Macs, and form feeds between functions, are read."""
    (folder / "homework.py").write_bytes(TANH.replace("\n", end).encode())
    assert np.array_equal(load("homework.py").tanh_forward(X), np.tanh(X))


@pytest.mark.parametrize("content", [b"\0\0\0\0", b"\x7fELF\2\1\1\0\0", b"PK\3\4 zip"])
def test_a_file_of_bytes_is_refused(folder, content):
    """A file that is no text is refused in one line."""
    (folder / "homework.py").write_bytes(content)
    with pytest.raises(Unusable, match=r"^homework\.py.* is not Python") as raised:
        load("homework.py")
    assert len(str(raised.value).splitlines()) == 1


# Python 2

PRINTED = [
    ("print 'numpy', 1", "print('numpy', 1)"), ("print x,", "print(x,)"),
    ("if x: print x; y = 1", "if x: print(x); y = 1"),
    ("print 'é', x % (1,\n    2)", "print('é', x % (1,\n    2))"), ("print 'a' \\\n  'b'", "print('a' \n  'b')"),
    ("print '%d' % 3; print 'b'", "print('%d' % 3); print('b')"), ("print", "print"), ("print(1)", "print(1)"),
]  # fmt: skip


@pytest.mark.parametrize("two, three", PRINTED, ids=[two for two, _ in PRINTED])
def test_a_print_statement_becomes_a_call(two, three):
    """A print statement becomes a call of print, on the same lines, and nothing else changes."""
    source, _, notes = repaired(f"import numpy as np\n{two}\nz = 2")
    assert source == f"import numpy as np\n{three}\nz = 2"
    assert notes == ([PRINTS] if two != three else [])


def test_a_print_statement_to_a_file_prints_there(script, capsys):
    """``print >>file, x`` writes to the file, as it did in Python 2."""
    source = "import io\nout = io.StringIO()\nprint >>out, 'a', 1\nprint 2\n"
    target = script(source + TANH.replace("np.tanh(x)", "np.tanh(x) + (out.getvalue() != 'a 1\\n')"))
    assert np.array_equal(load(target).tanh_forward(X), np.tanh(X))


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_print_statements_are_repaired_and_said(request, kind):
    """Of a file of Python 2, the print statements are repaired, in functions too, and a note says so."""
    source = "import numpy as np\nprint 'numpy', np.__version__\n" + TANH.replace(
        "    return", "    print x\n    return"
    )
    implementation = load(request.getfixturevalue(kind)(source))
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    assert [note.partition(": ")[2] for note in implementation.notes] == [PRINTS]


@pytest.mark.parametrize(
    "line",
    ["try: x\n    except ValueError, error: pass", "raise ValueError, 'x'", "y = 0777", "y = 10L", "y = `x`",
     "y = x <> 1", "exec 'y = 1'", "y = ur'x'"],
)  # fmt: skip
def test_other_python_2_is_told_the_command(notebook, line):
    """A function with other statements of Python 2 does not parse, and the message has the command that converts it."""
    lines = does_not_parse(notebook(f"{TANH}\n\ndef softmax_forward(x):\n    {line}\n    return x\n"))
    assert lines["error"].startswith("SyntaxError: softmax_forward does not parse: ")
    assert f"it is Python 2; to convert it: {CONVERT}" in lines["error"]


@pytest.mark.parametrize("call", ["xrange(3)", "unicode(3)", "raw_input()", "{}.has_key(1)", "{}.iteritems()"])
def test_a_name_of_python_2_is_told_the_command(script, call):
    """A function that calls what only Python 2 has crashes, and the message has the command that converts it."""
    lines = does_not_parse(script(f"def softmax_forward(x):\n    {call}\n    return x\n"))
    assert lines["because"].endswith(f"is of Python 2; to convert a script: {CONVERT}")


def test_a_name_that_nothing_defines_is_told_its_import(script):
    """A function that uses np without an import is told the import; one that uses a defined name too late is not."""
    lines = does_not_parse(script("def softmax_forward(x):\n    return np.exp(x)\n"))
    assert lines["because"] == "nothing imports or defines np: import numpy as np"
    lines = does_not_parse(script("def softmax_forward(x):\n    y = y + x\n    return y\n"))
    assert "because" not in lines


def test_mixed_tabs_are_read_as_python_2_did(notebook):
    """A tab is 8 columns in code that mixes tabs and spaces, and a note says so."""
    target = notebook("def tanh_forward(x):\n        if True:\n\t    x = 0 * x\n\treturn x\n")
    implementation = load(target)
    assert np.array_equal(implementation.tanh_forward(X), 0 * X)
    assert implementation.notes == [f"homework.ipynb, cell 1: {TABS}"]


# Functions that do not parse

BROKEN = {
    "open": "def softmax_forward(x):\n    y = np.exp(x\n    return y\n",
    "no colon": "def softmax_forward(x)\n    return x\n",
    "no colon inside": "def softmax_forward(x):\n    for t in x\n        pass\n    return x\n",
    "text": "def softmax_forward(x):\n    '''Softmax.\n    return x\n",
    "return outside": "def softmax_forward(x):\nreturn x\n",
    "decorated": "@staticmethod\ndef softmax_forward(x):\n    return x +\n",
    "star inside": "def softmax_forward(x):\n    from numpy import *\n    return exp(x)\n",
    "indent": "def softmax_forward(x):\n    y = x\n      z = y\n    return z\n",
    "twice": "def softmax_forward(x, x):\n    return x\n",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("kind", ["script", "notebook", "last"])
def test_a_function_that_does_not_parse_is_wrong_and_alone(request, kind, name):
    """A function that does not parse is offered and crashes with its line. The others are judged."""
    fixture = request.getfixturevalue("notebook" if kind == "last" else kind)
    after = "" if kind == "last" or name == "text" else f"\n\n{TANH}"
    before = TANH if name == "text" or kind == "last" else ""
    target = fixture(f"{before}\n{BROKEN[name]}{after}")
    implementation = load(target)
    assert implementation.offered == ["tanh_forward", "softmax_forward"]
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    assert does_not_parse(target)["error"].startswith("SyntaxError: softmax_forward does not parse: ")
    assert any(": softmax_forward does not parse: " in note for note in implementation.notes)


def test_the_line_that_does_not_parse_is_shown(notebook):
    """The message shows the line that does not parse, as it was written, with its cell."""
    target = notebook(TANH, "x = 1\n\n\n" + BROKEN["open"])
    assert does_not_parse(target)["where"] == "homework.ipynb, cell 2, line 5: y = np.exp(x"


def test_a_method_that_does_not_parse_is_wrong_and_alone(script):
    """Of a class, only the method that does not parse crashes."""
    methods = "    def tanh_forward(self, x):\n        return x\n"
    broken = "".join(f"    {line}\n" for line in BROKEN["open"].replace("(x)", "(self, x)").splitlines())
    for body in (methods + broken, broken + methods, broken + "\n    # a comment\n    size = 3\n\n" + methods):
        target = script("import numpy as np\n\n\nclass Net:\n" + body) + ":Net"
        assert np.array_equal(load(target).tanh_forward(X), X)
        assert "softmax_forward does not parse" in does_not_parse(target)["error"]


def test_a_text_over_several_lines_is_one_statement():
    """A text that has lines which look like code at the left margin does not end a statement."""
    source = 'def f():\n    """A text\nx = 1\ndef g():\n"""\n    return 1\n\nbroken(\n'
    found = parsed(source)
    assert [type(node).__name__ for node in found.tree.body] == ["FunctionDef"]
    assert found.notes == ["line 8 does not parse and was skipped: '(' was never closed"]


def test_line_numbers_stay(notebook):
    """What follows a statement that does not parse has its own line numbers."""
    target = notebook("a title\n\nx = (1,\n  2)\n\n\ndef softmax_forward(x):\n    raise ValueError(x.shape)\n")
    assert does_not_parse(target)["where"] == "homework.ipynb, cell 1, line 8: raise ValueError(x.shape)"


def test_a_function_that_calls_one_that_does_not_parse_says_which(script):
    """A helper that does not parse is named in the crash of the function that calls it."""
    source = "def softmax_forward(x):\n    return helper(x)\n\n\ndef helper(x)\n    return x\n"
    assert does_not_parse(script(source))["error"] == "SyntaxError: helper does not parse: expected ':'"


@pytest.mark.waits
def test_a_verdict_on_a_function_that_does_not_parse(verdict_on, notebook, folder):
    """The verdict on a function that does not parse is wrong, with status 1, and no mistake is looked for."""
    source = "import numpy as np\n\n\ndef tanh_forward(x):\n    return np.tanh(x)\n\n\n"
    verdict = verdict_on(folder / notebook(source + BROKEN["open"]))
    assert verdict.status == 1 and verdict.report["functions"]["softmax_forward"]["verdict"] == "wrong"
    assert verdict.report["functions"]["tanh_forward"]["verdict"] == "conforms"
    assert "softmax_forward does not parse: '(' was never closed" in verdict.printed
    assert "looks like" not in verdict.printed


# Notebooks


def test_magics_beside_python_2_and_broken_code_are_dropped(notebook):
    """Magics, commands without a sign, print statements and broken code in one cell do not hide the functions."""
    cell = "%cd /content\ncd /content/drive\npip install numpy\nprint 1\nbroken(\n!ls\n" + TANH
    implementation = load(notebook(cell))
    assert implementation.offered == ["tanh_forward"]
    assert (
        implementation.notes[-1]
        == "homework.ipynb, cell 1, line 5 does not parse and was skipped: '(' was never closed"
    )


@pytest.mark.parametrize("language", ["R", "julia", "scala"])
def test_a_notebook_in_another_language_is_refused(folder, notebook, language):
    """A notebook for another language is refused with the name of the language."""
    path = folder / notebook("x <- 1")
    content = json.loads(path.read_text())
    content["metadata"]["kernelspec"] = {"name": "ir", "display_name": language, "language": language}
    path.write_text(json.dumps(content))
    with pytest.raises(Unusable, match=f"is a notebook in {language}, expected Python"):
        load(path.name)


def test_raw_cells_and_markdown_are_no_code(folder):
    """Only code cells are read; an empty notebook offers nothing."""
    import nbformat
    from nbformat import v4

    cells = [
        v4.new_raw_cell("def softmax_forward(x): return x"),
        v4.new_markdown_cell("# title"),
        v4.new_code_cell(TANH),
    ]
    nbformat.write(v4.new_notebook(cells=cells), folder / "homework.ipynb")
    assert load("homework.ipynb").offered == ["tanh_forward"]
    nbformat.write(v4.new_notebook(), folder / "empty.ipynb")
    with pytest.raises(Unusable, match="offers none of"):
        load("empty.ipynb")


@pytest.mark.parametrize("line", ["await data()", "x = await data()", "async with data(): pass", "(eps := 1e-8)",
                                  "async def data(): return 1", "with open('x') as f: eps = 2"])  # fmt: skip
def test_what_only_a_notebook_allows_is_read(notebook, line):
    """A cell with await at its top level, or with other rare statements, is read, and there is no note."""
    implementation = load(notebook(f"{line}\n{TANH}"))
    assert (implementation.offered, implementation.notes) == (["tanh_forward"], [])


def test_a_walrus_defines_a_constant(notebook):
    """A constant of ``(name := value)`` is a definition."""
    assert load(notebook("(eps := 2)", "def tanh_forward(x):\n    return eps + 0 * x")).tanh_forward(X)[0, 0] == 2


@pytest.mark.parametrize(
    "use", ["from utils import *", "from utils import double", "import utils\ndouble = utils.double"]
)
def test_a_file_that_a_cell_writes_is_imported(notebook, use):
    """A module that a cell of ``%%writefile`` writes is imported by later cells, and there is no note."""
    cells = [
        "%%writefile utils.py\ndef double(x):\n    return x",
        "%%writefile -a utils.py\n\n\ndef double(x):\n    return 2 * x",
    ]
    implementation = load(notebook(*cells, use, "def tanh_forward(x):\n    return double(x)"))
    assert np.array_equal(implementation.tanh_forward(X), 2 * X)
    assert implementation.notes == []


@pytest.mark.parametrize("line", ["%run utils.py", "%run utils", "%run -i 'utils.py'", "%run ./other.ipynb"])
def test_a_file_that_a_cell_runs_is_run(notebook, script, line):
    """The definitions of a file that ``%run`` names are there, for a script and for a notebook."""
    script("def double(x):\n    return 2 * x\n", "utils.py")
    notebook("%run homework.ipynb", "def double(x):\n    return 2 * x", name="other.ipynb")
    implementation = load(notebook(line, "def tanh_forward(x):\n    return double(x)"))
    assert np.array_equal(implementation.tanh_forward(X), 2 * X)
    assert implementation.notes == []


def test_a_file_to_run_that_is_not_there_is_noted(notebook):
    """A file of ``%run`` that is not there is noted."""
    assert load(notebook("%run utils.py", TANH)).notes == [
        "homework.ipynb, cell 1: %run utils.py: there is no such file"
    ]

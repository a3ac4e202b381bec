"""Targets: how a name is resolved, which code of the target runs, and the message for an unusable target."""

import json
import sys

import numpy as np
import pytest
from sources import TANH, X, refusal

from rnn_reference.cells.registry import functions
from rnn_reference.implementations.loading import missing_imports as standins
from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.loading.repairs import repaired

# What a target may be


def test_a_file_offers_the_functions_it_defines(script):
    """A file offers the functions that it defines, and no others."""
    implementation = load(script(TANH))
    assert implementation.offered == ["tanh_forward"]
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    assert implementation.notes == []


def test_a_notebook_offers_the_functions_it_defines(notebook):
    """A notebook's cells make one module."""
    implementation = load(notebook("import numpy as np", "def tanh_forward(x):\n    return np.tanh(x)"))
    assert implementation.offered == ["tanh_forward"]
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))


def test_a_dotted_module_is_found_from_the_working_folder(script):
    """``package.module`` is imported as Python would, with the working folder on the path."""
    script("", "course_package/__init__.py")
    script(TANH, "course_package/week_one.py")
    assert load("course_package.week_one").offered == ["tanh_forward"]


@pytest.mark.parametrize("attribute", ["Network", "network", "Outer.Inner", "outer.inner"])
def test_an_attribute_is_a_class_or_an_instance_however_deep(script, attribute):
    """After the colon stands a class, which is made without arguments, or an instance, or a part of one."""
    source = """
import numpy as np

class Network:
    def tanh_forward(self, x):
        return np.tanh(x) + self.nothing
    def __init__(self):
        self.nothing = 0

class Outer:
    Inner = Network
    inner = Network()

network, outer = Network(), Outer()
"""
    target = f"{script(source)}:{attribute}"
    assert load(target).offered == ["tanh_forward"]
    assert np.array_equal(load(target).tanh_forward(X), np.tanh(X))


def test_an_attribute_of_a_notebook_and_of_a_module(script, notebook):
    """The colon works after a notebook and after a dotted module too."""
    source = "class Network:\n    def tanh_forward(self, x):\n        return x"
    script(source, "course_module.py")
    assert load("course_module:Network").offered == ["tanh_forward"]
    assert load(f"{notebook(source)}:Network").offered == ["tanh_forward"]


@pytest.mark.parametrize("name", ["reference", "stepwise"])
def test_a_built_in_adapter_has_a_name(folder, name):
    """The reference and the network made of single steps are known by name."""
    assert {"rnn_forward", "rnn_backward"} <= set(load(name).offered)


@pytest.mark.parametrize("name", ["my homework.py", "devoir numéro 1 – Ünï.py", "循环网络.py"])
def test_a_name_may_have_spaces_and_any_letters(script, name):
    """A path with spaces and non-ASCII letters is a path."""
    assert load(script(TANH, f"my files/{name}")).offered == ["tanh_forward"]


def test_a_notebook_with_any_letters_names_its_cell_in_a_crash(notebook):
    """A notebook's name with spaces and non-ASCII letters comes back unharmed in messages."""
    name = notebook("def tanh_forward(x=missing):\n    return x", name="mein Übungsblatt.ipynb")
    assert refusal(name).startswith("mein Übungsblatt.ipynb, cell 1, line 1: NameError")


def test_a_path_is_relative_or_absolute(script, folder):
    """The same file is found by its relative and by its absolute path."""
    script(TANH, "sub/homework.py")
    assert load("sub/homework.py").offered == load(str(folder / "sub" / "homework.py")).offered == ["tanh_forward"]


def test_helpers_beside_the_target_are_imported_even_late(script, folder):
    """A module beside the target is found, by an import inside of a function as well."""
    script("def three():\n    return 3.0\n", "elsewhere/helper_beside.py")
    late = "def tanh_forward(x):\n    from helper_beside import three\n    return 0 * x + three()\n"
    assert np.array_equal(load(script(late, "elsewhere/homework.py")).tanh_forward(X), np.full(X.shape, 3.0))


@pytest.mark.parametrize("name", ["json.py", "numpy.py", "rnn_reference.py", "torch.py"])
def test_a_file_called_as_an_installed_module_is_loaded_and_hides_nothing(script, name):
    """A target called json.py is that file; ``import json`` is still Python's own."""
    before = sys.modules.get(name.removesuffix(".py"))
    assert load(script("def tanh_forward(x):\n    return 7 + x\n", name)).tanh_forward(X)[0, 0] == 7.5
    assert sys.modules.get(name.removesuffix(".py")) is before


def test_python_s_own_modules_come_before_files_beside_the_target(script):
    """A file beside the target that is called as a part of Python does not get in Python's way."""
    script("raise SystemExit\n", "colorsys.py")
    sys.modules.pop("colorsys", None)
    source = "import colorsys\n\ndef tanh_forward(x):\n    return colorsys.rgb_to_hsv(0, 0, 0)[0] + x\n"
    assert load(script(source)).notes == []


def test_files_beside_the_target_come_before_what_is_installed(script, folder, monkeypatch):
    """A helper beside the target is taken before an installed package of its name, wherever the path had its folder."""
    installed = folder / "site-packages"
    script("three = 4.0\n", "site-packages/helper_of_many.py")
    script("three = 3.0\n", "helper_of_many.py")
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed), str(folder)])
    sys.path[:] = [entry for entry in sys.path if entry == str(installed) or "site-packages" not in entry]
    target = script("from helper_of_many import three\n\ndef tanh_forward(x):\n    return three + 0 * x\n")
    assert load(target).tanh_forward(X)[0, 0] == 3.0


def test_a_notebook_called_as_a_module_can_import_that_module(notebook):
    """A notebook called colorsys.ipynb that imports colorsys gets Python's."""
    sys.modules.pop("colorsys", None)
    source = "import colorsys\n\ndef tanh_forward(x):\n    return colorsys.rgb_to_hsv(0, 0, 0)[0] + x"
    assert np.array_equal(load(notebook(source, name="colorsys.ipynb")).tanh_forward(X), X)


def test_a_dataclass_can_be_a_target(script):
    """A class that looks its own module up, as a dataclass does, is made all the same."""
    source = """
from __future__ import annotations
import dataclasses

@dataclasses.dataclass
class Network:
    scale: float = 2.0
    def tanh_forward(self, x: Unknown):
        return self.scale * x
"""
    assert np.array_equal(load(f"{script(source)}:Network").tanh_forward(X), 2 * X)


def test_loading_leaves_the_working_folder_and_the_output_alone(script, folder, capsys):
    """Output, warnings and a change of folder during loading do not reach the caller."""
    (folder / "data").mkdir()
    source = "import os, warnings\nprint('epoch 1')\nwarnings.warn('old')\nos.chdir('data')\npattern = '\\d'\n"
    assert load(script(source + TANH)).notes == []
    assert capsys.readouterr() == ("", "")
    assert folder.samefile(".")


# What cannot be used: one clear line


def test_no_such_file(folder):
    """A file that is not there is named."""
    assert refusal("nowhere.py") == "nowhere.py: no such file"
    assert refusal("nowhere.ipynb:Network") == "nowhere.ipynb: no such file"


def test_a_file_that_is_not_python_is_refused(script):
    """A file in which nothing is Python is refused with the line and its text."""
    said = refusal(script("Dear teacher,\nhere is my homework.\n"))
    assert said == "homework.py, line 1 is not Python (invalid syntax): Dear teacher,"


def test_a_syntax_error_in_a_helper_names_the_helper(script):
    """If a file that a function needs is not Python, the message names that file."""
    script("def broken(:\n", "broken_helper.py")
    source = "from broken_helper import broken\n\n\ndef tanh_forward(x):\n    return broken(x)\n"
    assert "broken_helper.py, line 1" in refusal(script(source))


@pytest.mark.parametrize("name", ["homework.py", "homework.ipynb"])
def test_a_missing_import_is_named_with_its_line(script, notebook, name):
    """The message names a package that every function needs, and the line that imports it."""
    source = "import numpy as np\nimport no_such_package_here\n" + TANH.replace("np.tanh", "no_such_package_here.tanh")
    target = script(source) if name.endswith("py") else notebook(source)
    place = name if name.endswith("py") else f"{name}, cell 1"
    error = "ModuleNotFoundError: No module named 'no_such_package_here'"
    assert refusal(target) == f"{place}, line 2: {error}: import no_such_package_here; used by tanh_forward"


@pytest.mark.parametrize("package", ["theano.tensor", "keras.activations"])
def test_a_real_package_is_not_stood_in_for(notebook, monkeypatch, package):
    """The softmax of a package that is not installed is over an axis of its own: nothing takes its place."""
    for name in (package.split(".")[0], package):  # either may have come in with other tests
        monkeypatch.setitem(sys.modules, name, None)
    said = refusal(notebook(f"from {package} import softmax", "def softmax_forward(x):\n    return softmax(x)"))
    assert "cell 1, line 1" in said and package.split(".")[0] in said


def test_nothing_offered_says_what_there_is(script):
    """The message for a file with none of the cells' functions lists them, and the file's own functions."""
    said = refusal(script("def forward_rnn(x):\n    return x\n"))
    assert said == f"homework.py offers none of {', '.join(functions())}; it has forward_rnn"


def test_nothing_offered_but_by_a_class_suggests_the_class(script):
    """The message for a file whose class has the functions says how to name the class."""
    assert refusal(script("class Net:\n    def rnn_forward(self, x, a0, p): ...\n")).endswith("did you mean :Net?")


def test_nothing_offered_because_a_part_was_skipped_says_so(notebook):
    """The message for a notebook without a function of a cell says what does not parse."""
    said = refusal(notebook("tanh_forward = lambda x, return x"))
    assert "offers none of" in said and "cell 1, line 1 does not parse" in said


def test_a_missing_attribute_suggests_one(script):
    """An attribute that is not there is named beside one that would do."""
    said = refusal(script("class Net:\n    def rnn_forward(self, x, a0, p): ...\n") + ":Network")
    assert said == "homework.py:Network: there is no Network; did you mean :Net?"


def test_a_class_that_needs_arguments(script):
    """The message for a class that needs arguments contains Python's own error."""
    said = refusal(script("class Net:\n    def __init__(self, n_a): ...\n    def rnn_forward(self): ...\n") + ":Net")
    assert said.startswith("homework.py:Net: Net() cannot be made without arguments: TypeError: ")
    assert "n_a" in said


@pytest.mark.parametrize("content", ["", "{}", "[]", "not json", '{"cells": 3, "nbformat": 4}', "\x00"])
def test_not_a_notebook(folder, content):
    """A file that only has a notebook's name is refused as that."""
    (folder / "homework.ipynb").write_text(content, encoding="utf-8")
    assert refusal("homework.ipynb").startswith("homework.ipynb is not a notebook: ")


def test_a_notebook_without_nbformat(notebook, monkeypatch):
    """If nbformat is not installed, the message says how to install it."""
    target = notebook(TANH)
    monkeypatch.setitem(sys.modules, "nbformat", None)
    assert refusal(target) == f"{target}: reading a notebook needs nbformat: pip install 'rnn-reference[check]'"


def test_torch_without_torch(folder, monkeypatch):
    """If torch is not installed, the message says how to install it."""
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "rnn_reference.implementations.adapters.torch", raising=False)
    said = refusal("torch")
    assert said.startswith("torch is not installed") and said.endswith("pip install 'rnn-reference[torch]'")


def test_an_empty_name(folder):
    """An empty name is refused, as from an unset shell variable. It does not mean the reference."""
    assert refusal("") == "expected a target, got an empty name"


def test_a_function_is_no_target(script):
    """A function after the colon is refused, with the name to use instead."""
    assert refusal(script(TANH) + ":tanh_forward").endswith("name the file, module or object with the functions")


def test_no_module_of_that_name(folder):
    """A name that is neither a module nor an adapter is answered with the adapters there are."""
    said = refusal("no_such_thing")
    assert said.startswith("there is no module no_such_thing, no file and no adapter of that name")
    assert "stepwise" in said


def test_a_module_that_lacks_a_module_is_not_called_missing(script):
    """A module that is there, and imports one that is not, is not said to be missing itself."""
    script("import hom\n", "homework_five.py")
    assert "; homework_five could not be imported: ModuleNotFoundError: " in refusal("homework_five")


def test_a_module_is_judged_without_an_import_that_nothing_uses(script):
    """A module of a package whose import fails is judged by its definitions, with its relative imports."""
    script("", "pack_six/__init__.py")
    script("import numpy as np\n\n\ndef tanh(x):\n    return np.tanh(x)\n", "pack_six/utils.py")
    script("import hom\nfrom .utils import tanh\n\n\ndef tanh_forward(x):\n    return tanh(x)\n", "pack_six/net.py")
    implementation = load("pack_six.net")
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    assert implementation.notes[0].startswith("pack_six.net could not be imported: ModuleNotFoundError: ")
    assert implementation.notes[0].endswith("; only its definitions were run")


def test_a_file_of_another_kind(folder):
    """A file that is neither Python nor a notebook is refused, with the expected types."""
    (folder / "homework.txt").write_text(TANH)
    assert refusal("homework.txt") == "homework.txt is neither a .py file nor a notebook"


@pytest.mark.parametrize("inner", ["", "inner/"])
def test_a_relative_import_is_told_its_module(script, inner):
    """A file of a package that needs a relative import is told the command that works, however deep it lies."""
    script("", "pack/__init__.py")
    script("", f"pack/{inner}__init__.py")
    script("import numpy as np\n\n\ndef tanh(x):\n    return np.tanh(x)\n", f"pack/{inner}utils.py")
    source = "from .utils import tanh\n\n\ndef tanh_forward(x):\n    return tanh(x)\n"
    said = refusal(script(source, f"pack/{inner}net.py"))
    module = f"pack.{inner.replace('/', '.')}net"
    assert said.startswith(f"pack/{inner}net.py, line 1: from .utils import tanh is a relative import")
    assert f"name the module, python -m rnn_reference {module};" in said
    assert np.array_equal(load(module).tanh_forward(X), np.tanh(X))


def test_a_relative_import_of_a_file_elsewhere_is_told_the_folder(script, folder, monkeypatch):
    """If the package lies elsewhere, the command begins with the change of folder."""
    script("from .utils import x\n\n\ndef tanh_forward(a):\n    return x + a\n", "pack/net.py")
    monkeypatch.chdir(folder / "pack")
    assert "name the module, cd ..; python -m rnn_reference pack.net;" in refusal("net.py")


# Files that do more than define


def test_a_file_that_fails_gives_its_definitions(script):
    """A file whose demo fails is judged by its definitions, and the report says why."""
    implementation = load(script("open('no such data.txt')\n" + TANH + "eps = 1e-8\ndata = open('no')\n"))
    assert implementation.offered == ["tanh_forward"]
    assert "running the file failed (FileNotFoundError" in implementation.notes[0]
    assert "homework.py, line 1: open('no such data.txt')" in implementation.notes[0]
    assert implementation.notes[0].endswith("only its definitions were run")


def test_a_file_that_trains_gives_its_definitions(script):
    """A file that does not end is judged by its definitions, and the report says why."""
    source = TANH + "while True:\n    try:\n        pass\n    except Exception:\n        pass\n"
    implementation = load(script(source), seconds=0.5)
    assert implementation.offered == ["tanh_forward"]
    assert implementation.notes == ["running the file did not end within 0.5 s; only its definitions were run"]


def test_a_file_that_exits_gives_its_definitions(script):
    """A file that calls exit does not end the run. Its definitions are used."""
    assert load(script(TANH + "import sys\nsys.exit('done')\n")).offered == ["tanh_forward"]


DEMOS = ["while True:\n    pass", "for epoch in range(10**12):\n    tanh_forward(epoch)", "open('not there.txt')",
         "data = open('not there.txt').read()", "assert tanh_forward(1) == 2", "print(undefined)", "exit()",
         "if True:\n    while True: pass", "def main():\n    while True: pass\nmain()",
         "if __name__ == '__main__':\n    raise RuntimeError"]  # fmt: skip


@pytest.mark.parametrize("demo", DEMOS)
def test_of_a_notebook_only_definitions_run(notebook, demo):
    """A cell that loops, trains, reads a file or fails is not run, and there is no note about it."""
    implementation = load(notebook(TANH, demo))
    assert (implementation.offered, implementation.notes) == (["tanh_forward"], [])


def value_of(source, notebook):
    """The result of tanh_forward in a notebook of two cells. The second cell defines it."""
    return load(notebook(source, "def tanh_forward(x):\n    return eps + 0 * x")).tanh_forward(X)[0, 0]


@pytest.mark.parametrize(
    "source",
    ["eps = 1e-8", "import numpy as np\neps = np.float64(1) * 1e-8", "eps = float('1e-8')", "eps: float = 1e-8",
     "big, eps = 1, 1e-8", "from math import sqrt\neps = sqrt(1e-16)", "eps = 1\neps = 1e-8",
     "eps = 1e-8 if 1 > 0 else 2",
     "if 2 > 1:\n    eps = 1e-8", "try:\n    import no_such_package\n    eps = 1\nexcept ImportError:\n    eps = 1e-8"],
)  # fmt: skip
def test_constants_are_definitions(notebook, source):
    """A constant that a function uses is there, the last one of its name."""
    assert value_of(source, notebook) == pytest.approx(1e-8)


def test_what_a_call_makes_is_no_constant(notebook):
    """A call at the top level is not run, such as a random generator's. A function that uses its result crashes."""
    from rnn_reference.outcomes import Crashed

    with pytest.raises(Crashed, match="NameError: name 'eps' is not defined"):
        value_of("import numpy as np\neps = np.random.default_rng(0)", notebook)


def test_the_last_definition_wins(notebook):
    """A function that a later cell defines again is the later one."""
    first, last = (f"def tanh_forward(x):\n    return {n} + 0 * x" for n in (1, 2))
    assert load(notebook(first, "tanh_forward(3)", last)).tanh_forward(X)[0, 0] == 2


def test_a_definition_that_fails_is_left_out_and_named(notebook):
    """A class that cannot be made, beside functions that can, is named and left out."""
    implementation = load(notebook(TANH, "# a demo\nclass Trainer(Undefined):\n    pass"))
    assert implementation.offered == ["tanh_forward"]
    assert implementation.notes[0].startswith("homework.ipynb, cell 2, line 2: Trainer was skipped: NameError")


def test_annotations_of_the_future_hold_in_later_cells(notebook):
    """``from __future__ import annotations`` in the first cell holds in all."""
    target = notebook("from __future__ import annotations", "def tanh_forward(x: NDArray) -> Unknown:\n    return x")
    assert load(target).offered == ["tanh_forward"]


# IPython's own syntax


@pytest.mark.parametrize(
    "line",
    ["%matplotlib inline", "!pip install numpy", "?tanh", "tanh_forward?", "np.tanh??", "    %time 1 + 1",
     "files = !ls", "when = %time 3", "!echo it's", "%load_ext autoreload"],
)  # fmt: skip
def test_magic_lines_are_dropped(notebook, line):
    """Magics, shell lines and questions go; the definitions around them stay, on the lines where they were."""
    before = "if True:" if line.startswith(" ") else "import numpy as np"
    target = notebook(f"{before}\n{line}\nimport numpy as np\ndef tanh_forward(x):\n    raise ValueError(x.shape)")
    implementation = load(target)
    assert implementation.notes == []
    from rnn_reference.outcomes import Crashed

    with pytest.raises(Crashed, match=r"where +homework.ipynb, cell 1, line 5: raise ValueError\(x.shape\)"):
        implementation.tanh_forward(X)


@pytest.mark.parametrize("magic", ["%%time", "%%capture output", "\n%%timeit"])
def test_cell_magics_of_python_leave_the_cell(notebook, magic):
    """A timed cell is Python all the same."""
    assert load(notebook(f"{magic}\n{TANH}")).offered == ["tanh_forward"]


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%writefile utils.py"])
def test_cell_magics_of_other_languages_take_the_cell(notebook, magic):
    """A cell in another language is skipped, and there is no note about it."""
    implementation = load(notebook(TANH, f"{magic}\ndef softmax_forward(x):\n    return x"))
    assert (implementation.offered, implementation.notes) == (["tanh_forward"], [])


def test_a_line_of_an_expression_may_begin_with_a_percent_sign():
    """A line that begins with % inside of an expression is kept, beside a magic that goes."""
    source = "%matplotlib inline\nrest = (7\n  % 4)\n!ls \\\n  -l\nname = 1"
    assert repaired(source)[0] == "pass\nrest = (7\n  % 4)\npass\n\nname = 1"
    assert repaired("rest = (7\n  % 4)")[0] == "rest = (7\n  % 4)"


def test_a_statement_that_does_not_parse_is_skipped_and_named(notebook):
    """A statement that is not Python is named by its cell and line, and all others are taken."""
    implementation = load(notebook("a title\n" + TANH, "eps = 1"))
    assert implementation.offered == ["tanh_forward"]
    assert implementation.notes == ["homework.ipynb, cell 1, line 1 does not parse and was skipped: invalid syntax"]


def test_an_old_notebook_is_read(folder):
    """A notebook in format 3, with its cells in worksheets, is read like any other."""
    cell = {"cell_type": "code", "input": TANH.splitlines(keepends=True), "language": "python", "metadata": {},
            "outputs": [], "collapsed": False, "prompt_number": 1}  # fmt: skip
    old = {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [cell]}]}
    (folder / "old.ipynb").write_text(json.dumps(old))
    assert load("old.ipynb").offered == ["tanh_forward"]


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_files_from_windows_are_read(request, folder, kind):
    """A byte-order mark and the line ends of Windows do not keep a file from being read."""
    path = folder / request.getfixturevalue(kind)(TANH)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(path.name).offered == ["tanh_forward"]


def test_an_untidy_notebook_is_read(folder):
    """A notebook that breaks its format's rules here and there is read all the same."""
    cells = [{"cell_type": "code", "source": TANH, "surprise": 1, "metadata": {}, "outputs": [], "execution_count": 1}]
    untidy = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "untidy.ipynb").write_text(json.dumps(untidy))
    assert load("untidy.ipynb").offered == ["tanh_forward"]


# Missing helpers


@pytest.mark.parametrize("line", ["from rnn_utils import *", "from rnn_utils import softmax, sigmoid"])
@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_a_missing_helper_is_stood_in_for(request, line, kind):
    """A course's helper module that is not there is stood in for, and the report says so."""
    source = f"{line}\n\ndef softmax_forward(x):\n    return softmax(x) + 0 * sigmoid(x)\n"
    implementation = load(request.getfixturevalue(kind)(source))
    assert np.allclose(implementation.softmax_forward(X.T).sum(axis=0), 1)
    assert "there is no rnn_utils beside it: replaced by our softmax, sigmoid" in implementation.notes[-1]


def test_a_helper_under_another_name_is_stood_in_for(notebook):
    """``import softmax as sm`` from a missing helper gives it under that name."""
    target = notebook("from utils_of_the_course import softmax as sm", "def softmax_forward(x):\n    return sm(x)")
    assert np.allclose(load(target).softmax_forward(X.T).sum(axis=0), 1)


def test_a_helper_that_is_there_is_used(notebook, script):
    """A helper module beside the target is used instead of a substitute."""
    script("def softmax(x):\n    return 5 + 0 * x\n", "rnn_utils.py")
    implementation = load(notebook("from rnn_utils import *", "def softmax_forward(x):\n    return softmax(x)"))
    assert implementation.notes == []
    assert np.array_equal(implementation.softmax_forward(X), np.full(X.shape, 5.0))


def test_a_helper_that_gives_more_is_missed(notebook):
    """Names that nobody can stand in for are missed by name, if a function needs them."""
    source = "from rnn_utils import softmax, scaled\n\n\ndef tanh_forward(x):\n    return scaled(x)\n"
    assert "cell 1, line 1: ModuleNotFoundError: No module named 'rnn_utils'" in refusal(notebook(source))
    implementation = load(notebook(source.replace("scaled(x)", "x")))
    assert implementation.offered == ["tanh_forward"]
    assert implementation.notes[-1].endswith(": a function that uses scaled is not judged")


def test_the_helpers_stood_in_are_right():
    """The substitutes for sigmoid, softmax, tanh and relu are right, for large values too."""
    x = np.array([[-1000.0, 0.5], [3.0, 1000.0]])
    with np.errstate(over="ignore"):
        assert np.allclose(standins.HELPERS["sigmoid"](x), 1 / (1 + np.exp(-x)))
    assert np.allclose(standins.HELPERS["softmax"](x).sum(axis=0), 1)
    assert np.allclose(standins.HELPERS["tanh"](x), np.tanh(x))
    assert np.array_equal(standins.HELPERS["relu"](x), [[0, 0.5], [3, 1000]])


def test_without_matplotlib_nothing_is_shown(notebook, monkeypatch):
    """If matplotlib is not installed, the notebook loads, plots do nothing, and a note says so."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    target = notebook(
        "import matplotlib.pyplot as plt\nfrom matplotlib import cm\nplt.rcParams['a'] = 1",
        "def tanh_forward(x):\n    plt.figure(figsize=(1, 2)).gca().plot(x)\n    return x",
    )
    implementation = load(target)
    assert np.array_equal(implementation.tanh_forward(X), X)
    assert implementation.notes == [
        "matplotlib.pyplot is not installed; nothing is shown", "matplotlib is not installed; nothing is shown"
    ]  # fmt: skip


def test_without_tqdm_loops_run_all_the_same(notebook, monkeypatch):
    """If tqdm is not installed, a loop with a progress bar runs without the bar."""
    monkeypatch.setitem(sys.modules, "tqdm", None)
    loop = "def tanh_forward(x):\n    for i in tqdm(range(3), desc='t'):\n        x = x + 1\n    return x"
    assert np.array_equal(load(notebook("from tqdm import tqdm", loop)).tanh_forward(X), X + 3)

"""Imports that fail: what nothing uses is stood in for, and what a function needs is not judged."""

import re
import sys

import numpy as np
import pytest
from sources import TANH, X, refusal

from rnn_reference.implementations.loading.find import load
from rnn_reference.outcomes import NotJudged

SOFTMAX = "\n\ndef softmax_forward(x):\n    return {}\n"


@pytest.fixture
def broken(script):
    """Modules beside the target that cannot be imported, each for another reason."""
    script("raise RuntimeError('it needs another version')\n", "raises_here.py")
    script("import sys\n\nsys.exit('no licence')\n", "exits_here.py")
    script("def broken(:\n", "does_not_parse_here.py")
    script("", "gives_nothing_here.py")
    script("", "google_here/proto.py")  # a package without __init__.py, as Google's are


UNUSED = [
    "import no_such_package", "import no_such_package.deep as np2", "import no_such_package, numpy as np",
    "from no_such_package import thing, other as another", "from no_such_package.deep import *",
    "import raises_here",
    "from raises_here import thing", "import exits_here", "import does_not_parse_here",
    "from gives_nothing_here import thing",
    "from google_here.colab import drive", "import google_here.colab",
    "from . import thing", "from ..deep.er import thing",
    "from .deep import *",
]  # fmt: skip


@pytest.mark.parametrize("line", UNUSED)
@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_an_import_that_nothing_uses_does_not_matter(request, broken, kind, line):
    """Whatever an import is called and however it fails, functions that do not use it are judged, with a note."""
    use = "\n\n@thing\ndef unused(x):\n    return thing(x)\n\n\nclass Unused(thing.Model):\n    size = thing.size\n"
    source = f"{line}\n{TANH}{use if ' thing' in line else ''}"
    implementation = load(request.getfixturevalue(kind)(source))
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    assert len(implementation.notes) == 1 + (kind == "script")
    assert re.search(r", line 1: |^there is no no_such_package", implementation.notes[-1])


def test_the_names_are_said_once(notebook):
    """One note is on all names of one import."""
    notes = load(notebook(f"from no_such_package import a, b, c\n{TANH}")).notes
    assert len(notes) == 1
    assert notes[0].endswith("import a, b, c: a function that uses a, b or c is not judged")


USES = {
    "call": ("import no_such_package as p", "p.nn.softmax(x)"),
    "name": ("from no_such_package import softmax2", "softmax2(x)"),
    "item": ("from no_such_package import table", "table[0] + x"),
    "arithmetic": ("from no_such_package import eps", "x + eps"),
    "array": ("from no_such_package import eps", "np.add(x, eps)"),
    "loop": ("from no_such_package import steps", "[x for t in steps][0]"),
    "constant": ("import no_such_package as p\neps = p.eps", "x + eps"),
    "constant made": ("import no_such_package as p\neps = 2 * p.zeros(3)", "x + eps"),
    "constant of an item": ("import no_such_package as p\na, b = p.pair[0], p.list", "x + a"),
    "star": ("from no_such_package import *", "thing(x)"),
    "star of a known package": ("from theano.tensor import *", "softmax(x)"),
    "helper": ("import no_such_package as p", "helper(x)\n\n\ndef helper(x):\n    return p.exp(x)"),
}


@pytest.mark.parametrize("name", USES)
@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_a_function_that_uses_it_is_not_judged(request, kind, name):
    """A function that uses what an import did not give is not judged; the others are; if all use it, it is refused."""
    line, use = USES[name]
    function = SOFTMAX.format(use)
    implementation = load(request.getfixturevalue(kind)(f"{line}\n{TANH}{function}"))
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X))
    with pytest.raises(NotJudged, match=r", line 1: .*(no_such_package|theano)"):
        implementation.softmax_forward(X)
    said = refusal(request.getfixturevalue(kind)(f"{line}\nimport numpy as np{function}"))
    assert ", line 1: " in said and said.endswith("; used by softmax_forward")


@pytest.mark.parametrize("kind", ["script", "notebook"])
def test_a_decorator_that_is_missing_takes_its_function(request, kind):
    """A function with a decorator that is not installed is not judged: what the decorator does is not known."""
    source = f"from no_such_package import jit\n{TANH}\n\n@jit(parallel=True)\ndef softmax_forward(x):\n    return x\n"
    implementation = load(request.getfixturevalue(kind)(source))
    assert implementation.offered == ["tanh_forward", "softmax_forward"]
    with pytest.raises(NotJudged):
        implementation.softmax_forward(X)


def test_a_class_of_a_missing_framework_is_refused_by_name(script):
    """A class whose base is not installed is refused with the import, if it is the target."""
    source = f"from no_such_framework import nn\n{TANH}\n\nclass Layer(nn.Module):\n    pass\n"
    target = script(source)
    assert load(target).offered == ["tanh_forward"]
    assert "No module named 'no_such_framework'" in refusal(f"{target}:Layer")


def test_a_missing_solution_is_refused(notebook):
    """A notebook that imports its functions from a file that is not there is refused with the import."""
    assert "No module named 'my_solution'" in refusal(notebook("from my_solution import rnn_forward, rnn_backward"))


def test_a_forward_function_counts_alone(notebook):
    """A backward function without its forward function cannot be judged: the target is refused."""
    source = (
        "import no_such_package as p\n\n\ndef rnn_forward(x, a0, parameters):\n    return p.run(x)\n\n\n"
        "def rnn_backward(da, caches):\n    return {}\n"
    )
    assert refusal(notebook(source)).endswith("used by rnn_forward")


def test_an_alternative_of_their_own_is_used(notebook):
    """An import in a try block is theirs to handle: there is no note."""
    source = "try:\n    import cupy_that_is_missing as np\nexcept ImportError:\n    import numpy as np\n"
    implementation = load(notebook(source + TANH.partition("\n")[2]))
    assert np.array_equal(implementation.tanh_forward(X), np.tanh(X)) and implementation.notes == []


@pytest.mark.waits
def test_the_verdict_on_a_function_that_needs_a_package(verdict_on, folder, notebook):
    """The verdict of a target with such a function is not judged, with status 2, and has the reason."""
    source = f"import no_such_package as p\n{TANH}{SOFTMAX.format('p.nn.softmax(x)')}"
    verdict = verdict_on(folder / notebook(source))
    functions = verdict.report["functions"]
    assert functions["tanh_forward"]["verdict"] == "conforms"
    assert functions["softmax_forward"]["verdict"] == "not judged"
    assert (verdict.status, verdict.report["verdict"]) == (2, "not judged")
    assert "No module named 'no_such_package'" in verdict.printed


def test_a_missing_framework_is_told_how_it_is_installed(notebook, monkeypatch):
    """A framework that is not installed, and that the package has an extra for, is told the commands."""
    for name in ("torch", "torch.nn"):
        monkeypatch.setitem(sys.modules, name, None)
    said = refusal(notebook("import torch.nn as nn\n" + SOFTMAX.format("nn.Softmax(0)(x)")))
    assert "pip install 'rnn-reference[torch]', or make check ... WITH=torch" in said

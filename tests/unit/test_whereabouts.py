"""Where a function is written: the report leads to the file or the cell, the line and the code."""

import numpy as np
from folders import EXAMPLES, OWN

from rnn_reference.implementations.loading.find import load
from rnn_reference.implementations.whereabouts import LONGEST, whereabouts


def test_a_function_of_a_file():
    """A function of a file has the file as seen from here, its line and its code."""
    where = load(str(EXAMPLES / "right.py")).where("rnn_backward")
    assert where.place.endswith("right.py")
    assert where.code.startswith("def rnn_backward(da, caches):")
    assert (EXAMPLES / "right.py").read_text().splitlines()[where.line - 1].startswith("def rnn_backward")


def test_a_function_of_a_notebook():
    """A function of a notebook has the number of its cell."""
    where = load(str(EXAMPLES / "document.ipynb")).where("rnn_backward")
    assert str(where).startswith("document.ipynb, cell ")
    assert "def rnn_backward" in where.code


def test_a_method_of_a_class_of_ones_own():
    """A network that is read from a class leads to the class's method, not to our own function around it."""
    where = load(str(OWN / "time_layer.py")).where("rnn_backward")
    assert where.place.endswith("time_layer.py")
    assert where.code.startswith("def backward(self, dhs):")


def test_what_has_no_source():
    """A function of a compiled module, of ours, and no function at all have no place."""
    assert whereabouts(np.tanh) is None
    assert whereabouts(load) is None
    assert whereabouts(None) is None


def test_a_long_function_is_cut():
    """Of a function with many lines a report shows the first."""
    names: dict[str, object] = {}
    import linecache

    source = "def long():\n" + "    x = 1\n" * (2 * LONGEST)
    linecache.cache["long.py"] = (len(source), None, source.splitlines(keepends=True), "long.py")
    exec(compile(source, "long.py", "exec"), names)
    assert whereabouts(names["long"]).code.count("\n") == LONGEST + 1

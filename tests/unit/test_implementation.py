"""Every misbehaviour of a function becomes an outcome, with a message that helps to correct it."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import load
from rnn_reference.outcomes import Crashed, NotImplementedYet, NotOffered, Wrong
from rnn_reference.problems.problem import Problem

PROBLEM = Problem()
STEP = PROBLEM.step
DA = PROBLEM.da[:, :, 0]
A, Y = np.ones((5, 8)), np.ones((2, 8))
CELL = {name: np.ones((1, 1)) for name in ("dxt", "da_prev", "dWax", "dWaa", "dba")}


def of(**functions):
    """An implementation of the functions given."""
    return Implementation("theirs", SimpleNamespace(**functions))


def raises(error):
    """A function that raises."""

    def function(*arguments):
        raise error

    return function


STUBS = {
    "None": lambda *arguments: None,
    "NotImplementedError": raises(NotImplementedError()),
    "a tuple of None": lambda *arguments: (None, None, (None, None)),
}


@pytest.mark.parametrize("stub", STUBS)
def test_a_stub_is_not_implemented(stub):
    """A function that returns nothing, raises NotImplementedError or returns None for every array is a stub."""
    with pytest.raises(NotImplementedYet, match="rnn_cell_forward is a stub"):
        of(rnn_cell_forward=STUBS[stub]).rnn_cell_forward(*STEP)


def test_a_stub_of_gradients_is_not_implemented():
    """A dict whose every gradient is None is a stub as well."""
    with pytest.raises(NotImplementedYet, match="dxt, da_prev, dWax, dWaa, dba are None"):
        of(rnn_cell_backward=lambda da, cache: dict.fromkeys(CELL)).rnn_cell_backward(DA, None)


def test_one_gradient_of_none_is_wrong():
    """One gradient that is None among others that are there is a wrong answer, by name."""
    with pytest.raises(Wrong, match="dba is not an array of numbers but NoneType"):
        of(rnn_cell_backward=lambda da, cache: {**CELL, "dba": None}).rnn_cell_backward(DA, None)


def test_what_is_not_there_is_not_offered():
    """A missing function, or a name that is not a function, is not offered."""
    implementation = of(tanh_forward=3, softmax_forward=abs)
    assert implementation.offered == ["softmax_forward"]
    with pytest.raises(NotOffered, match="theirs has no tanh_forward"):
        implementation.tanh_forward(A)


ANSWERS = {
    "two values": ((A, Y), "2 values, expected the three a_next, yt_pred, cache"),
    "four values": ([A, Y, 0, 0], "4 values, expected the three a_next, yt_pred, cache"),
    "an array": (np.ones((3, 2)), "ndarray, expected the three a_next, yt_pred, cache"),
    "a dict": ({"a_next": A}, "dict, expected the three a_next, yt_pred, cache"),
    "a string for an array": (("a", Y, 0), "a_next is not an array of numbers but str"),
    "a ragged list": (([[1.0], [1.0, 2.0]], Y, 0), "a_next is not an array of numbers: "),
    "an array of objects": ((A, np.array([[None]]), 0), "yt_pred is not an array of numbers but dtype object"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_of_another_form_is_wrong(answer):
    """The message contains the result and the expected form."""
    value, said = ANSWERS[answer]
    with pytest.raises(Wrong) as raised:
        of(rnn_cell_forward=lambda *arguments: value).rnn_cell_forward(*STEP)
    assert raised.value.function == "rnn_cell_forward"
    assert raised.value.lines[0][0] == "returned" and raised.value.lines[0][1].startswith(said)


@pytest.mark.parametrize(
    "answer, said",
    [
        ({"da_prev": A, "dWax": A, "dba": A}, "a dict without dxt and dWaa; it has da_prev, dWax, dba"),
        ({}, "a dict without dxt and da_prev and dWax and dWaa and dba; it has nothing"),
        ((A, A), "tuple, expected a dict of dxt, da_prev, dWax, dWaa, dba"),
    ],
)
def test_gradients_that_are_missing_are_named(answer, said):
    """A dict without a key is wrong. The message lists the missing keys and the present ones."""
    with pytest.raises(Wrong) as raised:
        of(rnn_cell_backward=lambda da, cache: answer).rnn_cell_backward(DA, None)
    assert raised.value.lines == [("returned", said)]


def test_dx_is_taken_for_dxt():
    """The document's docstring calls the cell's gradient dx, its code dxt: either will do, dxt first."""
    with_dx = {"dx" if name == "dxt" else name: array for name, array in CELL.items()}
    assert np.array_equal(of(rnn_cell_backward=lambda *_: with_dx).rnn_cell_backward(DA, 0)["dxt"], CELL["dxt"])
    both = {**CELL, "dx": 0 * A}
    assert np.array_equal(of(rnn_cell_backward=lambda *_: both).rnn_cell_backward(DA, 0)["dxt"], CELL["dxt"])


def test_lists_are_arrays():
    """Lists of numbers, and a list in place of the tuple, are as good as arrays."""
    a, y, cache = of(rnn_cell_forward=lambda *_: [A.tolist(), Y.tolist(), "mine"]).rnn_cell_forward(*STEP)
    assert np.array_equal(a, A) and np.array_equal(y, Y) and cache == "mine"


def test_arguments_are_copies_of_their_own():
    """Each call gets writable, contiguous arrays of the declared dtype, and cannot spoil the next one's."""
    seen = []

    def spoil(xt, a_prev, parameters):
        seen.append((xt.copy(), parameters["Wax"].copy()))
        for array in (xt, a_prev, *parameters.values()):
            assert array.flags.writeable and array.flags.c_contiguous and array.dtype == np.float32
            array[:] = 0
        parameters.clear()
        return A, Y, None

    implementation = Implementation("theirs", SimpleNamespace(rnn_cell_forward=spoil, dtype="float32"))
    implementation.rnn_cell_forward(*STEP)
    implementation.rnn_cell_forward(*STEP)
    assert all(np.array_equal(first, second) for first, second in zip(*seen, strict=True))
    assert seen[0][0].any()


def test_a_cache_goes_back_as_the_very_object():
    """A cache is its owner's business: a dict of a class of their own comes back untouched, arrays and all."""

    class Cache(dict):
        pass

    cache, given = Cache(a=A.T), []
    implementation = of(rnn_cell_backward=lambda da, cache: given.append(cache) or CELL)
    implementation.rnn_cell_backward(DA, cache)
    assert given[0] is cache and given[0]["a"].base is A


@pytest.mark.parametrize(
    "declared, dtype",
    [(None, "float64"), (np.float32, "float32"), ("float16", "float16"), (np.dtype("f4"), "float32")],
)
def test_a_declared_dtype_is_taken(declared, dtype):
    """An implementation is judged in the dtype that its attribute ``dtype`` declares."""
    assert Implementation("theirs", SimpleNamespace(dtype=declared)).dtype == dtype


@pytest.mark.parametrize("declared", [np.int64, "no such type", object(), len, 3.5, np.longdouble])
def test_a_global_that_is_no_float_type_is_noted(declared):
    """A dtype that answers cannot be held to, or a global that only has that name, is noted and stops nothing."""
    implementation = Implementation("theirs", SimpleNamespace(dtype=declared))
    assert implementation.dtype == "float64"
    assert "is not float16, float32 or float64: it gets float64" in implementation.notes[0]


def test_a_tolerance_is_a_table():
    """A table of tolerances is taken, and noted; a global number of that name is not meant for us."""
    implementation = Implementation("theirs", SimpleNamespace(tolerance={"forward.tanh": 1e-5, "golden.tanh": "wide"}))
    assert implementation.tolerance == {"forward.tanh": 1e-5}
    assert implementation.notes == ["forward.tanh: tolerance widened to 1e-05"]
    assert Implementation("theirs", SimpleNamespace(tolerance=1e-7)).tolerance == {}


def crashed(target):
    """The lines of the crash of a target's tanh_forward."""
    with pytest.raises(Crashed) as raised:
        load(target).tanh_forward(np.ones((2, 3)))
    return dict(raised.value.lines)


def test_a_crash_is_placed_in_their_file(script):
    """The message of a crash contains the exception, the user's file, the line and its source."""
    lines = crashed(script("def helper(x):\n    return x['a']\n\n\ndef tanh_forward(x):\n    return helper(x)\n"))
    assert lines["error"].startswith("IndexError: only integers")
    assert lines["where"] == "homework.py, line 2: return x['a']"


def test_a_crash_in_a_notebook_is_placed_in_its_cell(notebook):
    """In a notebook, the place is the cell, counted among all cells, and the line in it."""
    lines = crashed(notebook("import numpy as np", "%%time\ndef tanh_forward(x):\n    return x @ x"))
    assert lines["error"].startswith("ValueError: matmul")
    assert lines["where"] == "homework.ipynb, cell 2, line 3: return x @ x"


@pytest.mark.parametrize("call", ["np.linalg.inv(x)", "json.loads('{')", "(lambda v: np.linalg.inv(v))(x)"])
def test_a_crash_in_a_library_is_placed_where_they_called_it(script, call):
    """If numpy or the standard library raises, the place is the user's line that called it."""
    lines = crashed(script(f"import json\nimport numpy as np\ndef tanh_forward(x):\n    return {call}\n"))
    assert lines["where"] == f"homework.py, line 4: return {call}"


@pytest.mark.parametrize("error", ["exit(3)", "raise SystemExit", "raise KeyError('dxt')", "assert False", "1 / 0"])
def test_whatever_is_raised_is_a_crash(script, error):
    """Exceptions of any kind, an exit among them, are crashes of the function."""
    lines = crashed(script(f"def tanh_forward(x):\n    {error}\n"))
    assert lines["where"] == f"homework.py, line 2: {error}"
    assert lines["error"].count("\n") == 0 and ": " in lines["error"]


def test_endless_recursion_is_a_crash(script):
    """A function that calls itself for ever crashes, in one line."""
    assert crashed(script("def tanh_forward(x):\n    return tanh_forward(x)\n"))["error"].startswith("RecursionError")

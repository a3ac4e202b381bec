"""The reference is right where the document is, and where it is not."""

import copy
import json
import pickle

import numpy as np
import pytest

import rnn_reference
from rnn_reference import (
    rnn_backward,
    rnn_cell_backward,
    rnn_cell_forward,
    rnn_forward,
    softmax_forward,
    tanh_forward,
)
from rnn_reference.faults import faults_named
from rnn_reference.implementations.adapters import stepwise
from rnn_reference.paths import golden_folder
from rnn_reference.problems import golden
from rnn_reference.problems.problem import NAMED, Problem

DOCUMENT = golden.read(golden_folder() / "document.json")
DTYPES = ["float16", "float32", "float64", "longdouble", "complex128"]
LAYOUTS = {
    "fortran": np.asfortranarray,
    "strided": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "negative": lambda array: array[..., ::-1].copy()[..., ::-1],
    "read-only": lambda array: np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape),
}


def everything(problem, change=lambda array: array):
    """All results of the reference on a problem whose arrays are changed first, by name."""
    x, a0, da = change(problem.x), change(problem.a0), change(problem.da)
    parameters = {name: change(array) for name, array in problem.parameters.items()}
    a, y_pred, caches = rnn_forward(x, a0, parameters)
    a_next, yt_pred, cache = rnn_cell_forward(x[:, :, 0], a0, parameters)
    cell = {f"cell {name}": value for name, value in rnn_cell_backward(da[:, :, 0], cache).items()}
    found = {"a": a, "y_pred": y_pred, "a_next": a_next, "yt_pred": yt_pred, **cell, **rnn_backward(da, caches)}
    return found | {"tanh": tanh_forward(x), "softmax": softmax_forward(x)}


@pytest.mark.parametrize("case", [c for c in DOCUMENT.values() if "correct_out" in c.entry], ids=lambda c: c.place)
def test_the_reference_meets_the_document_to_1e_15(case):
    """The reference equals the printed value plus the printed difference to 1e-15."""
    inputs = case.inputs
    if case.function in ("tanh_forward", "softmax_forward"):
        got = {"out": getattr(rnn_reference, case.function)(inputs["x"])}
    elif case.function == "rnn_forward":
        got = dict(zip(("a", "y_pred"), rnn_forward(inputs["x"], inputs["a0"], case.parameters)[:2], strict=True))
        got["caches[1]"] = rnn_forward(inputs["x"], inputs["a0"], case.parameters)[2][1]
    else:
        _, yt_pred, cache = rnn_cell_forward(inputs["xt"], inputs["a_prev"], case.parameters)
        got = {"yt_pred": yt_pred}
        if "da_next" in inputs:
            got |= rnn_cell_backward(inputs["da_next"], cache)
    np.testing.assert_allclose(got[case.tensor][case.at], case.value, rtol=0, atol=1e-15)


@pytest.mark.parametrize("tensor", ["dx", "da0"])
def test_the_published_gradient_is_that_of_carry_dropped(tensor):
    """The fault reproduces the document's printed gradient to the last digit, and the reference does not."""
    case = DOCUMENT["rnn_backward", tensor]
    _, _, caches = rnn_forward(case.inputs["x"], case.inputs["a0"], case.parameters)
    wrong = faults_named("carry-dropped")[0].of(rnn_cell_backward)(case.inputs["da"], caches)[tensor]
    right = rnn_backward(case.inputs["da"], caches)[tensor]
    assert wrong.shape == right.shape == tuple(case.entry["whole_shape"])
    assert case.prints_like_published(wrong[case.at])
    assert not case.prints_like_published(right[case.at])


@pytest.mark.parametrize("tensor", ["dx", "da0"])
def test_the_published_gradient_is_not_the_gradient(tensor):
    """Central differences of the loss agree with the reference to 1e-8, and not with the document's digits."""
    case = DOCUMENT["rnn_backward", tensor]
    name = {"dx": "x", "da0": "a0"}[tensor]
    _, _, caches = rnn_forward(case.inputs["x"], case.inputs["a0"], case.parameters)
    gradient = rnn_backward(case.inputs["da"], caches)[tensor][case.at]
    places = [(*case.at, t) for t in range(4)] if tensor == "dx" else [case.at]

    def loss(place, step):
        inputs = case.inputs | {name: case.inputs[name].copy()}
        inputs[name][place] += step
        return np.sum(case.inputs["da"] * rnn_forward(inputs["x"], inputs["a0"], case.parameters)[0])

    slopes = [(loss(place, 1e-5) - loss(place, -1e-5)) / 2e-5 for place in places]
    np.testing.assert_allclose(np.atleast_1d(gradient), slopes, atol=1e-8)
    np.testing.assert_allclose(gradient, case.value, atol=1e-14)
    assert abs(np.array(case.published, float) - slopes).max() > 0.1


@pytest.mark.parametrize("name", NAMED)
def test_the_loop_agrees_with_its_own_cell(name):
    """rnn_forward and rnn_backward equal the cell applied step by step, on every kind of problem."""
    problem = NAMED[name]
    a, y_pred, caches = rnn_forward(*problem.inputs)
    a_steps, y_steps, step_caches = stepwise.rnn_forward(*problem.inputs)
    np.testing.assert_allclose(a, a_steps, rtol=0, atol=1e-12)
    np.testing.assert_allclose(y_pred, y_steps, rtol=0, atol=1e-12)
    steps = stepwise.rnn_backward(problem.da, step_caches)
    for tensor, value in rnn_backward(problem.da, caches).items():
        np.testing.assert_allclose(value, steps[tensor], rtol=1e-10, atol=1e-10, err_msg=tensor)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda caches: pickle.loads(pickle.dumps(caches))])
def test_copied_caches_serve_as_well(copied):
    """The backward pass reads a copy of the caches, also if its owner has changed the copy."""
    problem = Problem()
    _, _, caches = rnn_forward(*problem.inputs)
    right = rnn_backward(problem.da, caches)
    steps, x = copied(caches[0]), caches[1]
    for tensor, value in rnn_backward(problem.da, (steps, x)).items():
        np.testing.assert_allclose(value, right[tensor], rtol=1e-12)
    if copied is not copy.copy:
        steps[2][2][...] += 1
        assert not np.allclose(rnn_backward(problem.da, (steps, x))["dWax"], right["dWax"])


def test_the_list_of_caches_counts():
    """A cache that somebody puts in another's place is the one that the backward pass takes."""
    problem = Problem()
    _, _, caches = rnn_forward(*problem.inputs)
    right = rnn_backward(problem.da, caches)["dWax"]
    a_next, a_prev, xt, parameters = caches[0][2]
    caches[0][2] = (a_next, a_prev, xt + 1, parameters)
    np.testing.assert_allclose(
        rnn_backward(problem.da, caches)["dWax"], stepwise.rnn_backward(problem.da, caches)["dWax"]
    )
    assert not np.allclose(rnn_backward(problem.da, caches)["dWax"], right)


def test_either_backward_takes_the_others_caches():
    """The caches of the loop and of the stepwise network have one form."""
    problem = Problem()
    caches, step_caches = rnn_forward(*problem.inputs)[2], stepwise.rnn_forward(*problem.inputs)[2]
    crossed = stepwise.rnn_backward(problem.da, caches)
    for tensor, value in rnn_backward(problem.da, step_caches).items():
        np.testing.assert_allclose(value, crossed[tensor], atol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_goes_in_comes_out_in_the_same_dtype(dtype):
    """Every result has the dtype of the arguments, from float16 to complex128."""
    for name, value in everything(Problem(), lambda array: array.astype(dtype)).items():
        assert value.dtype == dtype, name


def test_lower_precision_gives_the_same_values_to_its_own_digits():
    """float16 and float32 results are the float64 ones to their own precision, longdouble to more."""
    right = everything(Problem())
    for dtype, tolerance in {"float16": 0.1, "float32": 1e-5, "longdouble": 1e-13, "complex128": 1e-13}.items():
        for name, value in everything(Problem(), lambda array, d=dtype: array.astype(d)).items():
            np.testing.assert_allclose(value, right[name], rtol=0, atol=tolerance, err_msg=f"{dtype} {name}")


def test_complex_input_differentiates():
    """The imaginary part of rnn_forward at x + ih is its derivative. The gradient is validated with it."""
    problem, h = Problem(), 2.0**-100
    x = problem.x.astype(complex)
    x[1, 2, 0] += 1j * h
    slope = np.sum(problem.da * rnn_forward(x, problem.a0, problem.parameters)[0].imag) / h
    gradient = rnn_backward(problem.da, rnn_forward(*problem.inputs)[2])["dx"][1, 2, 0]
    assert slope == pytest.approx(gradient, rel=1e-13)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_does_not_matter(layout):
    """Fortran order, gaps, negative strides and read-only memory give bit for bit the same."""
    right = everything(Problem())
    for name, value in everything(Problem(), LAYOUTS[layout]).items():
        np.testing.assert_allclose(value, right[name], rtol=0, atol=1e-13, err_msg=name)


def test_inputs_are_not_modified():
    """Neither pass changes x, a0, the parameters, da or, going backward, the caches."""
    problem = Problem()
    before = [array.copy() for array in (problem.x, problem.a0, problem.da, *problem.parameters.values())]
    a, _, caches = rnn_forward(*problem.inputs)
    states = a.copy()
    first = rnn_backward(problem.da, caches)
    second = rnn_backward(problem.da, caches)
    after = [problem.x, problem.a0, problem.da, *problem.parameters.values()]
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    assert np.array_equal(a, states)
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_tanh_and_softmax_are_finite_for_every_finite_input():
    """No finite number overflows, in any dtype, and independently of the other columns."""
    for dtype in ("float16", "float32", "float64", "longdouble"):
        largest = np.finfo(dtype).max
        x = np.array([[largest, -largest, 0, 1], [-largest, -largest, 700, 2]], dtype)
        assert np.all(np.isfinite(tanh_forward(x)))
        np.testing.assert_allclose(softmax_forward(x).sum(axis=0), 1, rtol=1e-3)


def test_nan_stays_nan_and_where_it_is():
    """A NaN in one column of x makes that column NaN from its step on, and no other."""
    problem = Problem()
    x = problem.x.copy()
    x[0, 3, 2] = np.nan
    a, y_pred, _ = rnn_forward(x, problem.a0, problem.parameters)
    for result in (a, y_pred):
        assert np.isnan(result[:, 3, 2:]).all()
        assert not np.isnan(result[:, 3, :2]).any()
        assert not np.isnan(np.delete(result, 3, axis=1)).any()


def test_an_empty_batch_gives_empty_results_and_zero_weight_gradients():
    """m = 0 works, forward and backward; so do n_x = 0, n_y = 0 and n_a = 0."""
    problem = Problem()
    empty = {"x": problem.x[:, :0], "a0": problem.a0[:, :0], "da": problem.da[:, :0]}
    a, y_pred, caches = rnn_forward(empty["x"], empty["a0"], problem.parameters)
    assert (a.shape, y_pred.shape) == ((5, 0, 6), (2, 0, 6))
    assert not rnn_backward(empty["da"], caches)["dWaa"].any()
    for sizes in ({"n_x": 0}, {"n_y": 0}, {"n_a": 0}):
        n = {"n_x": 3, "n_a": 5, "n_y": 2} | sizes
        parameters = {
            "Wax": np.ones((n["n_a"], n["n_x"])), "Waa": np.ones((n["n_a"], n["n_a"])),
            "Wya": np.ones((n["n_y"], n["n_a"])), "ba": np.ones((n["n_a"], 1)), "by": np.ones((n["n_y"], 1)),
        }  # fmt: skip
        a, y_pred, caches = rnn_forward(np.ones((n["n_x"], 4, 6)), np.ones((n["n_a"], 4)), parameters)
        assert (a.shape, y_pred.shape) == ((n["n_a"], 4, 6), (n["n_y"], 4, 6))
        assert rnn_backward(np.ones(a.shape), caches)["dx"].shape == (n["n_x"], 4, 6)


P = Problem()
GOOD = P.parameters
REFUSED = {
    "x transposed": (ValueError, "x must have shape (n_x, m, T_x) (n_x = 3 from Wax, m = 8 from a0), got (6, 8, 3)",
                     lambda: rnn_forward(P.x.T, P.a0, GOOD)),
    "ba flat": (ValueError, "ba must have shape (n_a, 1) (n_a = 5 from Wax), got (5,)",
                lambda: rnn_forward(P.x, P.a0, GOOD | {"ba": GOOD["ba"][:, 0]})),
    "Wax for Waa": (ValueError, "Waa must have shape (n_a, n_a) (n_a = 5 from Wax), got (5, 3)",
                    lambda: rnn_cell_forward(P.x[:, :, 0], P.a0, GOOD | {"Waa": GOOD["Wax"]})),
    "no Waa": (ValueError, "rnn_forward: parameters lacks Waa; it has Wax, Wya, ba, by",
               lambda: rnn_forward(P.x, P.a0, {n: v for n, v in GOOD.items() if n != "Waa"})),
    "no dict": (TypeError, "parameters must be a dict of Wax, Waa, Wya, ba, by, got NoneType None",
                lambda: rnn_forward(P.x, P.a0, None)),
    "a string": (TypeError, "x must be an array of numbers, got str 'x'", lambda: rnn_forward("x", P.a0, GOOD)),
    "an object": (TypeError, "an array of dtype object", lambda: tanh_forward(np.array([1, None]))),
    "ragged": (TypeError, "tanh_forward: x must be an array of numbers", lambda: tanh_forward([[1, 2], [3]])),
    "a scalar": (ValueError, "softmax_forward: x must have an axis to sum over", lambda: softmax_forward(1.0)),
    "no step": (ValueError, "rnn_forward: x has no time step (T_x = 0)",
                lambda: rnn_forward(P.x[:, :, :0], P.a0, GOOD)),
    "no step stepwise": (ValueError, "x has no time step", lambda: stepwise.rnn_forward(P.x[:, :, :0], P.a0, GOOD)),
    "no step back": (ValueError, "rnn_backward: caches has no time step", lambda: rnn_backward(P.da, ([], P.x))),
    "da short": (ValueError, "da must have shape (n_a, m, T_x) (n_a = 5 from Wax, m = 8 from a0, T_x = 6 from x)",
                 lambda: rnn_backward(P.da[:, :, 1:], rnn_forward(*P.inputs)[2])),
    "one cache": (TypeError, "caches must be (a list with one cache for each time step, x)",
                  lambda: rnn_backward(P.da, rnn_cell_forward(*P.step)[2])),
    "caches without x": (TypeError, "caches must be (a list with one cache for each time step, x)",
                         lambda: rnn_backward(P.da, rnn_forward(*P.inputs)[2][:1])),
    "caches of three": (TypeError, "caches[0][0] must be (a_next, a_prev, xt, parameters), got a tuple of length 3",
                        lambda: rnn_backward(P.da, ([(1, 2, 3)], P.x))),
    "cache of strings": (TypeError, "a_next must be an array of numbers",
                         lambda: rnn_cell_backward(P.da[:, :, 0], ("a", "b", "c", GOOD))),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_refused_by_name(what):
    """The error names the function, the array, the expected value and the actual one."""
    kind, words, call = REFUSED[what]
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value)


def test_lists_and_integers_are_taken_as_float64():
    """Nested lists of integers work, as they do in numpy."""
    a, _, _ = rnn_forward([[[1, 2]]], [[0]], {"Wax": [[1]], "Waa": [[0]], "Wya": [[1]], "ba": [[0]], "by": [[0]]})
    np.testing.assert_array_equal(a, np.tanh([[[1.0, 2.0]]]))


def test_more_parameters_than_five_are_no_harm():
    """A dict that holds other entries beside the five is accepted."""
    a, _, _ = rnn_forward(P.x, P.a0, GOOD | {"learning_rate": 0.1})
    assert a.shape == (5, 8, 6)


def test_results_are_views_with_time_first_in_memory():
    """The states come as the document's (n_a, m, T_x), each step one contiguous block."""
    a, _, _ = rnn_forward(*P.inputs)
    assert a.shape == (5, 8, 6)
    assert a.transpose(2, 0, 1).flags.c_contiguous


def test_golden_file_holds_every_printed_array():
    """Nine printed arrays are there, and every one with a difference has as many differences as values."""
    entries = json.loads((golden_folder() / "document.json").read_text())["values"]
    assert len(entries) == 9
    for entry in entries:
        if "difference" in entry:
            assert np.shape(entry["difference"]) == np.shape(entry["correct_out"])
            assert 0 < abs(np.array(entry["difference"])).max() < 1e-8

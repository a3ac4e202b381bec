"""The reference of the LSTM: two other ways to compute it agree, bad input is refused by name, caches may be copied."""

import copy
import pickle
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import rnn_reference
from rnn_reference import lstm_backward, lstm_cell_backward, lstm_cell_forward, lstm_forward
from rnn_reference.cells.functions import functions_of
from rnn_reference.cells.registry import cell_named
from rnn_reference.implementations.adapters import stepwise
from rnn_reference.numerics.complex_step import by_complex_step
from rnn_reference.problems.answers import cell_answers, network_answers
from rnn_reference.problems.problem import EDGES, NAMED, ORDINARY, Problem

LSTM = cell_named("lstm")
EQUATIONS = functions_of(LSTM)
NETWORKS = {"one call of the cell for each step": stepwise, "the equations": EQUATIONS}
DTYPES = ["float16", "float32", "float64", "longdouble", "complex64", "complex128"]
GATES = {"ft": 4, "it": 5, "ot": 7}
"""The sigmoids, and their places in the cache of a step."""

P = Problem(cell_name="lstm")
GOOD = P.parameters


def forward(problem=P):
    """The results of lstm_forward by name."""
    return LSTM.forward.results(lstm_forward(*problem.inputs))


def caches_of(problem=P):
    """The caches of lstm_forward."""
    return forward(problem)["caches"]


def everything(functions, given, da, dc):
    """All results of four functions on inputs ``x, a0, parameters, c0`` and cotangents, by name."""
    x, a0, parameters, c0 = given
    *states, caches = functions.lstm_forward(*given)
    *step, cache = functions.lstm_cell_forward(x[:, :, 0], a0, c0, parameters)
    found = dict(zip(("a", "y", "c", "a_next", "c_next", "yt_pred"), (*states, *step), strict=True))
    cell = functions.lstm_cell_backward(da[:, :, 0], dc[:, :, 0], cache)
    return found | {f"cell {name}": value for name, value in cell.items()} | functions.lstm_backward(da, caches, dc)


def changed(array_or_table, change):
    """An array, or a dict of arrays, after a change of each array."""
    if isinstance(array_or_table, dict):
        return {name: change(array) for name, array in array_or_table.items()}
    return change(array_or_table)


def same(got, expected, **tolerance):
    """Two tables of results agree."""
    assert set(got) == set(expected)
    for name, value in got.items():
        np.testing.assert_allclose(value, expected[name], err_msg=name, **tolerance)


@pytest.mark.parametrize("other", NETWORKS)
@pytest.mark.parametrize("name", NAMED)
def test_two_other_ways_agree(name, other):
    """The fast reference equals the loop over its own cell, and the functions that are made from the equations."""
    problem = NAMED[name].of(LSTM)
    given = problem.inputs, problem.da, problem.dc
    same(everything(rnn_reference, *given), everything(NETWORKS[other], *given), rtol=1e-10, atol=1e-11)


def test_the_step_is_the_course_s_equations_written_out():
    """One step by hand, with the course's four maps and exp(-z), gives the states, the prediction and the cache."""
    xt, a_prev, c_prev, p = P.step
    both = np.concatenate([a_prev, xt])
    ft, it, ot = (1 / (1 + np.exp(-(p[f"W{g}"] @ both + p[f"b{g}"]))) for g in "fio")
    cct = np.tanh(p["Wc"] @ both + p["bc"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    e = np.exp(p["Wy"] @ a_next + p["by"])
    *got, cache = lstm_cell_forward(*P.step)
    *read, parameters = cache
    for own, right in zip(got, (a_next, c_next, e / e.sum(axis=0)), strict=True):
        np.testing.assert_allclose(own, right, rtol=1e-13)
    for own, right in zip(read, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt), strict=True):
        np.testing.assert_allclose(own, right, rtol=1e-13)
    assert set(parameters) == set(GOOD)


def test_the_cache_of_each_step_is_that_of_the_cell():
    """caches[0][t] has the ten parts of the course's tuple, with the values of lstm_cell_forward at step t."""
    found = forward()
    a, c = P.a0, P.c0
    for t, cache in enumerate(found["caches"][0]):
        a, c, _, expected = lstm_cell_forward(P.x[:, :, t], a, c, GOOD)
        assert len(cache) == len(expected) == 10
        for part, right in zip(cache[:-1], expected[:-1], strict=True):
            np.testing.assert_allclose(part, right, atol=1e-13)
        assert cache[-1].keys() == GOOD.keys()
    assert np.array_equal(found["caches"][1], P.x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_goes_in_comes_out_in_the_same_dtype(dtype):
    """Every result has the dtype of the arguments, with c0 and dc and without them."""

    def as_dtype(array):
        return array.astype(dtype)

    x, a0, parameters, c0 = (changed(one, as_dtype) for one in P.inputs)
    da, dc = P.da.astype(dtype), P.dc.astype(dtype)
    found = everything(rnn_reference, (x, a0, parameters, c0), da, dc)
    *states, caches = lstm_forward(x, a0, parameters)
    found |= {f"without {name}": value for name, value in lstm_backward(da, caches).items()}
    for name, value in [*found.items(), *enumerate(states)]:
        assert value.dtype == dtype, name


def test_lower_precision_gives_the_same_values_to_its_own_digits():
    """float16 and float32 results are the float64 ones to their own precision, longdouble to more."""
    right = everything(rnn_reference, P.inputs, P.da, P.dc)
    for dtype, tolerance in {"float16": 0.1, "float32": 2e-5, "longdouble": 1e-13, "complex128": 1e-13}.items():
        given = [changed(one, lambda array, d=dtype: array.astype(d)) for one in P.inputs]
        same(everything(rnn_reference, given, P.da.astype(dtype), P.dc.astype(dtype)), right, rtol=0, atol=tolerance)


def test_lists_and_integers_are_taken_as_float64():
    """Nested lists of integers work, as they do in numpy."""
    ones = {name: [[1, 1]] if name in LSTM.maps["f"].weights or name[0] == "W" else [[0]] for name in GOOD}
    a, y, c, caches = lstm_forward([[[1, 2]]], [[0]], ones | {"Wy": [[1]]}, [[1]])
    exact = lstm_forward(np.array([[[1.0, 2.0]]]), np.zeros((1, 1)), changed(ones | {"Wy": [[1]]}, np.array), [[1.0]])
    assert a.dtype == y.dtype == c.dtype == np.float64
    assert np.array_equal(a, exact[0]) and np.array_equal(c, exact[2])
    assert lstm_backward([[[1, 1]]], caches)["dWf"].dtype == np.float64


def test_without_c0_and_dc_they_are_zero():
    """lstm_forward without c0 equals zeros for c0, and lstm_backward without dc equals zeros for dc."""
    x, a0, parameters, c0 = P.inputs
    *states, caches = lstm_forward(x, a0, parameters)
    *zeros, caches_of_zeros = lstm_forward(x, a0, parameters, 0 * c0)
    assert all(map(np.array_equal, states, zeros))
    same(lstm_backward(P.da, caches), lstm_backward(P.da, caches_of_zeros, 0 * P.dc), rtol=1e-15)
    assert not np.allclose(states[2], forward()["c"])
    assert not np.allclose(lstm_backward(P.da, caches)["dWf"], lstm_backward(P.da, caches, P.dc)["dWf"])


@pytest.mark.parametrize("steps", [1, 4])
def test_a_shorter_da_is_a_loss_of_the_first_steps(steps):
    """The gradient for fewer steps is that of the first steps alone, by a complex step and by zeros for the others."""
    da, dc = P.da[:, :, :steps], P.dc[:, :, :steps]
    got = lstm_backward(da, caches_of(), dc)
    inputs = {"x": P.x[:, :, :steps], "a0": P.a0, "c0": P.c0, **{n: GOOD[n] for n in LSTM.trained}}

    def network(moved):
        found = lstm_forward(moved["x"], moved["a0"], GOOD | {n: moved[n] for n in LSTM.trained}, moved["c0"])
        return {"a": found[0], "c": found[2]}

    slopes = by_complex_step(network, inputs, {"a": da, "c": dc})
    same(got, {f"d{name}": value for name, value in slopes.items()}, rtol=1e-10, atol=1e-13)
    later = np.arange(6) >= steps
    whole = lstm_backward(np.where(later, 0, P.da), caches_of(), np.where(later, 0, P.dc))
    assert not whole["dx"][:, :, steps:].any()
    same(got, whole | {"dx": whole["dx"][:, :, :steps]}, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("sizes", [{"m": 0}, {"n_x": 0}, {"n_y": 0}, {"n_a": 0}, {"m": 0, "T_x": 1}])
def test_an_empty_axis_gives_empty_results(sizes):
    """m = 0 gives empty states and weight gradients of zero; n_x, n_y or n_a = 0 work too."""
    n = P.sizes | sizes
    arrays = {name: np.ones(LSTM.shape(name, n)) for name in ("x", "a0", "c0", "da", "dc", *LSTM.parameters)}
    parameters = {name: arrays[name] for name in LSTM.parameters}
    given = arrays["x"], arrays["a0"], parameters, arrays["c0"]
    found = everything(rnn_reference, given, arrays["da"], arrays["dc"])
    assert found["a"].shape == found["c"].shape == LSTM.shape("a", n)
    assert found["y"].shape == LSTM.shape("y", n)
    for name in LSTM.backward.returns:
        assert found[name].shape == LSTM.shape(name, n), name
        assert n["m"] or not found[name].any(), name


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda steps: pickle.loads(pickle.dumps(steps))])
def test_copied_caches_serve_as_well(copied):
    """The backward pass reads a copy of the caches, also if its owner has changed the copy."""
    right = lstm_backward(P.da, caches_of(), P.dc)
    steps, x = copied(caches_of()[0]), P.x
    same(lstm_backward(P.da, (steps, x), P.dc), right, rtol=1e-12)
    if copied is not copy.copy:
        steps[2][8][...] += 1
        assert not np.allclose(lstm_backward(P.da, (steps, x))["dWf"], right["dWf"])


@pytest.mark.parametrize("part", ["a_next", "c_next", "ft", "it", "cct", "ot", "xt"])
def test_the_list_of_caches_counts(part):
    """A cache that somebody puts in another's place is the one that the backward pass takes."""
    caches, at = caches_of(), LSTM.cache.index(part)
    right = lstm_backward(P.da, caches)["dWo"]
    cache = list(caches[0][-1])  # the last one: the step after it would start from its states
    cache[at] = cache[at] + 0.5
    caches[0][-1] = tuple(cache)
    got = lstm_backward(P.da, caches)
    same(got, stepwise.lstm_backward(P.da, caches), rtol=1e-9, atol=1e-12)
    if part not in ("a_next", "ft"):  # a backward step does not read a_next, and dWo of the last step not ft
        assert not np.allclose(got["dWo"], right)


def test_either_backward_takes_the_others_caches():
    """The caches of the fast loop, of the stepwise network and of the equations have one form."""
    right = lstm_backward(P.da, caches_of(), P.dc)
    for other in NETWORKS.values():
        same(lstm_backward(P.da, other.lstm_forward(*P.inputs)[3], P.dc), right, rtol=1e-10, atol=1e-12)
        same(other.lstm_backward(P.da, caches_of(), P.dc), right, rtol=1e-10, atol=1e-12)


def test_inputs_and_caches_are_not_modified():
    """No function changes its arguments, and two backward passes with the same caches are equal."""
    before = copy.deepcopy((P.inputs, P.da, P.dc))
    found = forward()
    states = found["a"].copy(), found["c"].copy()
    first, second = (lstm_backward(P.da, found["caches"], P.dc) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert all(map(np.array_equal, states, (found["a"], found["c"])))
    everything(rnn_reference, P.inputs, P.da, P.dc)
    np.testing.assert_equal((P.inputs, P.da, P.dc), before)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sign", [1, -1])
def test_saturated_gates_give_no_nan_and_no_warning(sign, dtype):
    """With |z| > 700 at every gate, where exp overflows, all results are finite and no warning is given."""
    parameters = {n: 1000 * sign * np.sign(v) if n[0] == "b" and n != "by" else v for n, v in GOOD.items()}
    x, a0, parameters, c0 = (
        changed(one, lambda array: array.astype(dtype)) for one in (*P.inputs[:2], parameters, P.c0)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with np.errstate(all="raise", under="ignore"):
            found = everything(rnn_reference, (x, a0, parameters, c0), P.da.astype(dtype), P.dc.astype(dtype))
            cache = lstm_forward(x, a0, parameters, c0)[3][0][0]
    assert all(np.isfinite(value).all() for value in found.values())
    assert all(np.isin(cache[at], (0, 1)).all() for at in GATES.values())


def test_nan_stays_nan_and_where_it_is():
    """A NaN in one column of x makes a, c and y of that column NaN from its step on, and nothing else."""
    x = P.x.copy()
    x[0, 3, 2] = np.nan
    for result in lstm_forward(x, *P.inputs[1:])[:3]:
        assert np.isnan(result[:, 3, 2:]).all()
        assert not np.isnan(result[:, 3, :2]).any()
        assert not np.isnan(np.delete(result, 3, axis=1)).any()


STEP = lstm_cell_forward(*P.step)[3]
ABC, RAGGED = "a string", [[1.0, 2.0], [3.0]]


def without(name):
    """The parameters without one of them."""
    return {other: value for other, value in GOOD.items() if other != name}


def fewer_rows(cache):
    """A cache without the first row of xt."""
    return (*cache[:8], cache[8][1:], cache[9])


def uneven():
    """Caches with another number of columns at step 2."""
    steps, x = caches_of()
    steps[2] = lstm_cell_forward(P.x[:, :3, 2], P.a0[:, :3], P.c0[:, :3], GOOD)[3]
    return steps, x


REFUSED = {
    "x transposed": (ValueError, "lstm_forward: x must have n_x = 3 rows (from Wf (5, 8)), got (6, 8, 3)", "",
                     lambda: lstm_forward(P.x.T, P.a0, GOOD)),
    "x of other columns": (ValueError, "lstm_forward: x must have shape (n_x, m, T_x)", "m = 8 from a0), got (3, 7, 6)",
                           lambda: lstm_forward(P.x[:, 1:], P.a0, GOOD)),
    "xt of fewer rows": (ValueError, "lstm_cell_forward: xt must have n_x = 3 rows", "got (2, 8)",
                         lambda: lstm_cell_forward(P.step[0][1:], *P.step[1:])),
    "a cache of fewer rows": (ValueError, "lstm_cell_backward: xt must have n_x = 3 rows", "got (2, 8)",
                              lambda: lstm_cell_backward(P.da[:, :, 0], P.dc[:, :, 0], fewer_rows(STEP))),
    "caches of fewer rows": (ValueError, "lstm_backward: xt must have n_x = 3 rows", "got (2, 8)",
                             lambda: lstm_backward(P.da[:, :, :1], ([fewer_rows(STEP)], P.x))),
    "a0 of other units": (ValueError, "lstm_forward: a0 must have shape (n_a, m) (n_a = 5 from Wf), got (4, 8)", "",
                          lambda: lstm_forward(P.x, P.a0[1:], GOOD)),
    "c0 of other columns": (ValueError, "lstm_forward: c0 must have shape (n_a, m) (n_a = 5 from Wf, m = 8 from a0), "
                            "got (5, 7)", "", lambda: lstm_forward(P.x, P.a0, GOOD, P.c0[:, 1:])),
    "bi flat": (ValueError, "lstm_forward: bi must have shape (n_a, 1) (n_a = 5 from Wf), got (5,)", "",
                lambda: lstm_forward(P.x, P.a0, GOOD | {"bi": GOOD["bi"][:, 0]})),
    "Wo without x": (ValueError, "lstm_cell_forward: Wo must have shape (n_a, n_a+n_x)", "got (5, 5)",
                     lambda: lstm_cell_forward(*P.step[:3], GOOD | {"Wo": GOOD["Wo"][:, :5]})),
    "a string for x": (TypeError, "lstm_forward: x must be an array of numbers, got str 'a string'", "",
                       lambda: lstm_forward(ABC, P.a0, GOOD)),
    "a string for a0": (TypeError, "lstm_forward: a0 must be an array of numbers, got str 'a string'", "",
                        lambda: lstm_forward(P.x, ABC, GOOD)),
    "a string for c0": (TypeError, "lstm_forward: c0 must be an array of numbers, got str 'a string'", "",
                        lambda: lstm_forward(P.x, P.a0, GOOD, ABC)),
    "a ragged a0": (TypeError, "lstm_forward: a0 must be an array of numbers", "",
                    lambda: lstm_forward(P.x, RAGGED, GOOD)),
    "a string for a parameter": (TypeError, "lstm_forward: Wi must be an array of numbers, got str 'a string'", "",
                                 lambda: lstm_forward(P.x, P.a0, GOOD | {"Wi": ABC})),
    "no dict": (TypeError, "lstm_forward: parameters must be a dict of Wf, bf, Wi, bi,", "got NoneType None",
                lambda: lstm_forward(P.x, P.a0, None)),
    "no step": (ValueError, "lstm_forward: x has no time step (T_x = 0)", "",
                lambda: lstm_forward(P.x[:, :, :0], P.a0, GOOD, P.c0)),
    "no step stepwise": (ValueError, "lstm_forward: x has no time step", "",
                         lambda: stepwise.lstm_forward(P.x[:, :, :0], P.a0, GOOD)),
    "xt of a sequence": (ValueError, "lstm_cell_forward: xt must have shape (n_x, m)", "got (3, 8, 6)",
                         lambda: lstm_cell_forward(P.x, *P.step[1:])),
    "c_prev of other units": (ValueError, "lstm_cell_forward: c_prev must have shape (n_a, m)", "got (4, 8)",
                              lambda: lstm_cell_forward(*P.step[:2], P.c0[1:], GOOD)),
    "a string for a_prev": (TypeError, "lstm_cell_forward: a_prev must be an array of numbers, got str 'a string'", "",
                            lambda: lstm_cell_forward(P.step[0], ABC, P.c0, GOOD)),
    "da_next of other columns": (ValueError, "lstm_cell_backward: da_next must have shape (n_a, m)", "got (5, 7)",
                                 lambda: lstm_cell_backward(P.da[:, 1:, 0], P.dc[:, :, 0], STEP)),
    "dc_next of a sequence": (ValueError, "lstm_cell_backward: dc_next must have shape (n_a, m)", "got (5, 8, 6)",
                              lambda: lstm_cell_backward(P.da[:, :, 0], P.dc, STEP)),
    "a string for dc_next": (TypeError, "lstm_cell_backward: dc_next must be an array of numbers", "'a string'",
                             lambda: lstm_cell_backward(P.da[:, :, 0], ABC, STEP)),
    "the RNN's cache": (TypeError, "lstm_cell_backward: cache must be (a_next, c_next, a_prev, c_prev, ft, it, cct, "
                        "ot, xt, parameters), got a tuple of length 4", "",
                        lambda: lstm_cell_backward(P.da[:, :, 0], P.dc[:, :, 0], (P.a0, P.a0, P.x, GOOD))),
    "a cache in another order": (TypeError, "lstm_cell_backward: cache must be (a_next,", "got a tuple of length 10",
                                 lambda: lstm_cell_backward(P.da[:, :, 0], P.dc[:, :, 0], STEP[::-1])),
    "a cache of strings": (TypeError, "lstm_cell_backward: a_next must be an array of numbers", "'a string'",
                           lambda: lstm_cell_backward(P.da[:, :, 0], P.dc[:, :, 0], (ABC,) * 9 + (GOOD,))),
    "a cache without bc": (ValueError, "lstm_cell_backward: parameters lacks bc", "",
                           lambda: lstm_cell_backward(P.da[:, :, 0], P.dc[:, :, 0], (*STEP[:-1], without("bc")))),
    "da longer than the caches": (ValueError, "lstm_backward: da has 7 time steps, and caches have 6", "",
                                  lambda: lstm_backward(np.ones((5, 8, 7)), caches_of())),
    "da without steps": (ValueError, "lstm_backward: da has 0 time steps, and caches have 6", "",
                         lambda: lstm_backward(P.da[:, :, :0], caches_of())),
    "da of a step": (ValueError, "lstm_backward: da must have shape (n_a, m, T_x)", "got (5, 8)",
                     lambda: lstm_backward(P.da[:, :, 0], caches_of())),
    "dc of other columns": (ValueError, "lstm_backward: dc must have shape (n_a, m, T_x)", "got (5, 7, 6)",
                            lambda: lstm_backward(P.da, caches_of(), P.dc[:, 1:])),
    "a string for da": (TypeError, "lstm_backward: da must be an array of numbers, got str 'a string'", "",
                        lambda: lstm_backward(ABC, caches_of())),
    "a ragged da": (TypeError, "lstm_backward: da must be an array of numbers", "",
                    lambda: lstm_backward(RAGGED, caches_of())),
    "a string for dc": (TypeError, "lstm_backward: dc must be an array of numbers, got str 'a string'", "",
                        lambda: lstm_backward(P.da, caches_of(), ABC)),
    "no step back": (ValueError, "lstm_backward: caches has no time step", "", lambda: lstm_backward(P.da, ([], P.x))),
    "one cache": (TypeError, "lstm_backward: caches must be (a list with one cache for each time step, x)", "",
                  lambda: lstm_backward(P.da, STEP)),
    "caches of three": (TypeError, "lstm_backward: caches[0][0] must be (a_next,", "got a tuple of length 3",
                        lambda: lstm_backward(P.da, ([(1, 2, 3)], P.x))),
    "uneven caches": (ValueError, "lstm_backward: a_next must have one shape in all of caches[0]", "",
                      lambda: lstm_backward(P.da, uneven())),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_bad_input_is_refused_by_name(what):
    """The error names the function, the array, the expected value and the actual one."""
    kind, words, more, call = REFUSED[what]
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value) and more in str(raised.value)


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_parameter_is_named(name):
    """Each of the ten parameters, if it is not there, is in the message of both forward functions."""
    for function, given in ((lstm_forward, P.inputs[:2]), (lstm_cell_forward, P.step[:3])):
        with pytest.raises(ValueError, match=f"{function.__name__}: parameters lacks {name}; it has "):
            function(*given, without(name))


def gates(problem):
    """All sigmoids of a problem, in one array."""
    return np.array([[cache[at] for at in GATES.values()] for cache in caches_of(problem.of(LSTM))[0]])


def test_mistakes_cannot_hide_in_the_problems():
    """c0 is not a0, dc not da, all biases and weights differ, and no array repeats a row, column or step."""
    for problem in (problem.of(LSTM) for name, problem in NAMED.items() if name not in ("zeros", "n=1")):
        of = problem.arrays
        shapes = {}
        for name, array in of.items():
            assert np.unique(array).size == array.size, name
            shapes.setdefault(array.shape, []).append(array)
        for alike in shapes.values():
            assert not any(np.allclose(one, other) for k, one in enumerate(alike) for other in alike[:k])


def test_the_problems_reach_what_a_gate_can_be():
    """Named problems have |c| > 1, gates near 0 and near 1, all gates near 1/2, and mostly gates around 1/2."""
    assert any(abs(forward(problem.of(LSTM))["c"]).max() > 1 for problem in ORDINARY.values())
    saturated = gates(EDGES["saturated"])
    assert saturated.min() < 1e-3 and saturated.max() > 1 - 1e-3
    for problem in ORDINARY.values():
        assert np.mean(abs(gates(problem) - 0.5) < 0.2) > 0.7
    assert abs(gates(EDGES["zeros"]) - 0.5).max() < 0.2


FOUND_BY = {
    "lstm_forward": {"a": "forward.states", "y": "forward.predictions", "c": "forward.states"},
    "lstm_cell_forward": {"a_next": "forward.cell_state", "c_next": "forward.cell_state",
                          "yt_pred": "forward.cell_prediction"},
    "lstm_cell_backward": dict.fromkeys(LSTM.cell_backward.tensors, "gradient.cell"),
    "lstm_backward": dict.fromkeys(LSTM.backward.tensors, "gradient.network"),
}  # fmt: skip
"""The check that is about each result."""

OFF = 1e-10


def slightly_wrong(name, tensor):
    """The reference, with one element of one result of one function off by 1e-10."""
    function = LSTM.functions[name]

    def wrong(*arguments):
        results = function.results(getattr(rnn_reference, name)(*arguments))
        array = results[tensor].copy()
        array.flat[array.size // 2] += OFF
        return function.returned(results | {tensor: array})

    right = {other: getattr(rnn_reference, other) for other in FOUND_BY}
    return SimpleNamespace(**(right | {name: wrong}))


@pytest.mark.waits
@pytest.mark.parametrize("name, tensor", [(name, tensor) for name, found in FOUND_BY.items() for tensor in found])
def test_one_element_off_by_a_ten_billionth_is_seen(name, tensor, suite):
    """One element of any result, off by 1e-10, fails the check of its function, and the check names the tensor."""
    check = f"{FOUND_BY[name][tensor]}[lstm-T_x=6]"
    (record,) = suite(slightly_wrong(name, tensor), f"--rnn-only={check}").records.values()
    assert (record["outcome"], record["function"]) == ("failed", name), record["message"]
    assert f"worst: {tensor}[" in record["message"], record["message"]


@pytest.mark.waits
@pytest.mark.parametrize("name", NAMED)
def test_no_tolerance_is_as_wide(name):
    """The tolerance of every element of every result, on every named problem, is below a tenth of 1e-10."""
    problem = NAMED[name].of(LSTM)
    for answers in (network_answers(problem), cell_answers(problem)):
        assert {n for n, tolerance in answers.tolerance.items() if tolerance.max() > OFF / 10} == set()

"""The certified values of each cell are what they claim to be."""

import hashlib
import json

import numpy as np
import pytest

from rnn_reference.cells.functions import reference_of
from rnn_reference.numerics.compare import ulps
from rnn_reference.paths import golden_folder
from rnn_reference.problems.answers import backward_arguments, network_answers
from rnn_reference.problems.golden import read_certified

AT_45 = 1e-45
CELLS = ("rnn", "lstm")
CASES = {cell: read_certified(golden_folder(cell) / "certified.json") for cell in CELLS}

each_cell = pytest.mark.parametrize("cell", CELLS)
each_case = pytest.mark.parametrize("cell, name", [(cell, name) for cell, cases in CASES.items() for name in cases])


@pytest.fixture(scope="module")
def script():
    """The script that makes the certified files, as a module."""
    pytest.importorskip("mpmath", reason="mpmath is not installed: pip install 'rnn-reference[dev]'")
    from benchmarks.studies import certify

    return certify


@each_case
def test_the_hash_is_that_of_the_values(cell, name):
    """The sha256 is that of all arrays' bytes, little-endian float64, in their order."""
    case = CASES[cell][name]
    data = b"".join(array.astype("<f8").tobytes() for array in case.arrays.values())
    assert hashlib.sha256(data).hexdigest() == case.sha256


@each_case
def test_the_inputs_are_those_that_sizes_and_seed_make(cell, name):
    """numpy still draws the numbers that were certified, and no input is missing."""
    case = CASES[cell][name]
    assert case.problem.cell.name == cell
    arguments = case.problem.cell.forward.named(case.problem.inputs)
    inputs = {**arguments.pop("parameters"), **arguments}
    inputs |= {f"d{s}": value for s, value in case.problem.cotangents.items()}
    results = (*case.problem.cell.forward.tensors, *case.problem.cell.backward.returns)
    assert set(inputs) == set(case.arrays) - set(results)
    for tensor, array in inputs.items():
        assert np.array_equal(array, case.arrays[tensor]), tensor


@each_cell
def test_the_decimal_file_holds_the_same_numbers(cell):
    """The export that other languages read is equal to the hexadecimal file, bit for bit."""
    decimal = json.loads((golden_folder(cell) / "certified-decimal.json").read_text())["cases"]
    assert decimal.keys() == CASES[cell].keys()
    for name, case in decimal.items():
        assert case["arrays"].keys() == CASES[cell][name].arrays.keys()
        for tensor, array in case["arrays"].items():
            assert np.array_equal(np.reshape(array["values"], array["shape"]), CASES[cell][name].arrays[tensor])


@each_case
def test_the_reference_is_right_to_a_few_ulp(cell, name):
    """Half of all elements are within a few ulp of the certified ones, and none is off by 1e-12 of the largest.

    A gate of the LSTM near 0 has fewer right digits: it is (1 + tanh(z / 2)) / 2. And a sum of one element may cancel.
    """
    case = CASES[cell][name]
    gates = 10 if cell == "lstm" and "saturated" in name else 1
    of, functions = case.problem.cell, reference_of(case.problem.cell)
    results = of.forward.results(getattr(functions, of.forward.name)(*case.problem.inputs))
    caches = results.pop("caches")
    arguments = backward_arguments(case.problem.given, case.problem.cotangents, caches)
    gradients = getattr(functions, of.backward.name)(*arguments)
    assert gradients.keys() == set(of.backward.returns)
    for tensor, value in {**results, **gradients}.items():
        exact = case.arrays[tensor]
        assert exact.size == 1 or np.median(ulps(value, exact)) <= gates * (2 if tensor in results else 10), tensor
        assert abs(value - exact).max() <= 1e-12 * abs(exact).max(), tensor
        assert np.all(abs(value - exact) <= network_answers(case.problem).tolerance[tensor]), tensor


def test_the_lstm_has_cases_of_each_kind():
    """Each case of the LSTM has a twin without c0 and dc; one case has cell states above 1 and saturated gates."""
    whole = {name for name, case in CASES["lstm"].items() if {"c0", "dc"} <= case.arrays.keys()}
    assert {f"{name} without" for name in whole} == CASES["lstm"].keys() - whole
    assert len(whole) == len(CASES["rnn"])
    saturated = CASES["lstm"]["saturated"]
    assert np.mean(abs(saturated.arrays["c"]) > 1) > 1 / 4
    caches, _ = reference_of(saturated.problem.cell).lstm_forward(*saturated.problem.inputs)[-1]
    gates = np.array([cache[4:6] for cache in caches])
    assert gates.min() < 1e-6 and gates.max() > 1 - 1e-6


@each_cell
def test_one_case_is_made_again_by_both_routes(script, cell):
    """The script makes the same numbers of one case again, and its two routes agree to 50 digits."""
    found = script.certified(script.CELLS[cell], "T_x=1")
    assert found["arrays"].keys() == CASES[cell]["T_x=1"].arrays.keys()
    for name, value in found["arrays"].items():
        assert np.array_equal(value, CASES[cell]["T_x=1"].arrays[name]), name


@each_cell
def test_two_routes_that_differ_are_refused(script, cell, monkeypatch):
    """A gradient that differs in the 45th digit is not written."""
    module = script.CELLS[cell]
    right = module.through_time
    monkeypatch.setattr(module, "through_time", lambda p: {n: g + AT_45 for n, g in right(p).items()})
    with pytest.raises(SystemExit, match="the two ways differ"):
        script.certified(module, "n=1")


@pytest.mark.slow
@each_cell
def test_the_files_are_made_again_byte_for_byte(script, cell, tmp_path):
    """Running the whole script gives the committed bytes."""
    script.main(tmp_path, [cell])
    for name in ("certified.json", "certified-decimal.json"):
        assert (tmp_path / name).read_bytes() == (golden_folder(cell) / name).read_bytes(), name

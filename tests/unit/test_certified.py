"""The certified values are what they claim to be."""

import hashlib
import json

import numpy as np
import pytest

from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.numerics.compare import ulps
from rnn_reference.paths import golden_folder
from rnn_reference.problems.golden import read_certified

FOLDER = golden_folder()
CASES = read_certified(FOLDER / "certified.json")


@pytest.fixture(scope="module")
def script():
    """The script that makes the certified files, as a module."""
    pytest.importorskip("mpmath", reason="mpmath is not installed: pip install 'rnn-reference[dev]'")
    from benchmarks.studies import certify

    return certify


@pytest.mark.parametrize("name", CASES)
def test_the_hash_is_that_of_the_values(name):
    """The sha256 is that of all arrays' bytes, little-endian float64, in their order."""
    case = CASES[name]
    data = b"".join(array.astype("<f8").tobytes() for array in case.arrays.values())
    assert hashlib.sha256(data).hexdigest() == case.sha256


@pytest.mark.parametrize("name", CASES)
def test_the_inputs_are_those_that_sizes_and_seed_make(name):
    """numpy still draws the numbers that were certified."""
    case = CASES[name]
    for tensor, array in {"x": case.problem.x, "a0": case.problem.a0, "da": case.problem.da}.items():
        assert np.array_equal(array, case.arrays[tensor]), tensor


def test_the_decimal_file_holds_the_same_numbers():
    """The export that other languages read is equal to the hexadecimal file, bit for bit."""
    decimal = json.loads((FOLDER / "certified-decimal.json").read_text())["cases"]
    assert decimal.keys() == CASES.keys()
    for name, case in decimal.items():
        for tensor, array in case["arrays"].items():
            assert np.array_equal(np.reshape(array["values"], array["shape"]), CASES[name].arrays[tensor])


@pytest.mark.parametrize("name", CASES)
def test_the_reference_is_right_to_a_few_ulp(name):
    """Half of all elements are within a few ulp of the certified ones, and none is off by 1e-12 of the largest."""
    case = CASES[name]
    a, y_pred, caches = rnn_forward(*case.problem.inputs)
    for tensor, value in {"a": a, "y_pred": y_pred, **rnn_backward(case.problem.da, caches)}.items():
        exact = case.arrays[tensor]
        assert np.median(ulps(value, exact)) <= (2 if tensor in ("a", "y_pred") else 10), tensor
        assert abs(value - exact).max() <= 1e-12 * abs(exact).max(), tensor


def test_one_case_is_made_again_by_both_routes(script):
    """The script makes the same numbers of one case again, and its two routes agree to 50 digits."""
    script.mpmath.mp.dps = 100
    problem = script.CASES["T_x=1"]
    inputs = script.inputs_of(problem)
    a, y_pred = script.forward(inputs)
    carried, stepped = script.through_time(inputs, a), script.by_complex_step(inputs)
    for name in carried:
        assert abs(carried[name] - stepped[name]).max() < script.AGREED
    for name, value in {"a": a, "y_pred": y_pred, **carried}.items():
        assert np.array_equal(script.rounded(value), CASES["T_x=1"].arrays[name]), name


@pytest.mark.slow
def test_the_files_are_made_again_byte_for_byte(script, tmp_path):
    """Running the whole script gives the committed bytes."""
    script.main(tmp_path)
    for name in ("certified.json", "certified-decimal.json"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name

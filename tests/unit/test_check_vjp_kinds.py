"""What ``check_vjp`` says of each kind of function and claim: wrong, not differentiable, too little seen, or right."""

import math

import numpy as np
import pytest
from vjp_functions import (
    Layer,
    difference_of_sines,
    difference_of_sines_vjp,
    doubled_in_place,
    half,
    logarithm,
    relu,
    relu_vjp,
    spike,
    square,
    square_vjp,
)

from rnn_reference import check_vjp
from rnn_reference.numerics.vjp.check import Blunt, NotDifferentiable, VjpError

RANDOM = np.random.default_rng(0)
BUFFER = np.zeros(3)


LAYER = Layer()
TWO = np.array([1.0, -2.0])
RIGHT = {
    "tiny inputs": (square, square_vjp, 1e-20 * TWO),
    "tinier inputs": (square, square_vjp, 1e-150 * TWO),
    "large inputs": (square, square_vjp, 1e150 * TWO),
    "sizes mixed": (square, square_vjp, np.array([1e-20, 1.0, 1e20])),
    "tiny beside 1": (lambda x, y: x + y, lambda c, x, y: (c, c), np.array([1e-20]), np.array([1.0])),
    "zero beside tiny": (lambda x, y: (x + y) ** 2, lambda c, x, y: (2 * c * (x + y),) * 2, np.zeros(2), 1e-20 * TWO),
    "zero beside large": (lambda x, y: (x + y) ** 2, lambda c, x, y: (2 * c * (x + y),) * 2, np.zeros(2), 1e20 * TWO),
    "an array of zeros": (difference_of_sines, difference_of_sines_vjp, np.zeros(2), np.array([0.3, 2.5])),
    "nothing but zeros": (np.matmul, lambda c, x, y: (c @ y.T, x.T @ c), np.zeros((2, 2)), np.zeros((2, 2))),
    "a wave far away": (np.sin, lambda c, x: c * np.cos(x), 1e10 * TWO),
    "defined near its inputs": (logarithm, lambda c, x: c / x, np.array([0.2, 0.4])),
    "defined very near": (logarithm, lambda c, x: c / x, np.array([1e-5, 1e5])),
    "the same buffer each time": (lambda x: np.multiply(x, 2, out=BUFFER), lambda c, x: 2 * c, np.arange(3.0)),
    "in place": (doubled_in_place, lambda c, x: doubled_in_place(c), np.arange(3.0)),
    "a layer with a cache": (LAYER.forward, LAYER.backward, TWO),
    "no effect": (lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, lambda c, x: 0 * x, TWO),
    "far from a kink": (relu, relu_vjp, TWO),
    "1e-6 from a kink": (relu, relu_vjp, np.array([1e-6, 1.0, -2.0])),
    "1e-12 from a kink": (relu, relu_vjp, np.array([-1e-12, 1.0, -2.0])),
    "nearly a tie": (lambda x: x.max(0), lambda c, x: c * (x == x.max(0)), np.array([[1.0, 1.0], [1 + 1e-9, 0.5]])),
    "a narrow bump": (*spike(1e-9), np.array([1 + 0.5e-9, 1.5])),
    "computes in float16": (half, lambda c, x: c * (1 - np.tanh(x) ** 2), np.array([0.3, -0.7])),
    "float32": (square, square_vjp, np.array([0.3, -0.7], dtype=np.float32)),
    "float16": (np.tanh, lambda c, x: c * (1 - np.tanh(x) ** 2), np.array([0.3, -0.7], dtype=np.float16)),
    "integers": (square, square_vjp, np.array([1, 2])),
}  # fmt: skip


@pytest.mark.parametrize("kind", RIGHT)
def test_a_right_product_passes(kind):
    """A right product of each kind passes."""
    f, vjp, *arrays = RIGHT[kind]
    check_vjp(f, vjp, *arrays)


@pytest.mark.parametrize("seed", range(6))
def test_a_shift_that_is_zero_raises_no_alarm(seed):
    """The rounding at a shift of zero is measured where the shift is not zero."""
    y = np.random.default_rng(seed).uniform(0, 4, 3)
    check_vjp(difference_of_sines, difference_of_sines_vjp, np.zeros(3), y, seed=seed)


def with_nan(c, x):
    """A product with one NaN."""
    found = 2 * c * x
    found[1] = np.nan
    return found


def growing():
    """A product that adds to what it gave before."""
    total = np.zeros(2)

    def vjp(c, x):
        nonlocal total
        total = total + 2 * c * x
        return total

    return vjp


NO_PASS = {
    "NaN": (VjpError, r"gradient 0\[1\] is nan", square, with_nan, TWO),
    "infinite": (VjpError, r"gradient 0\[0\] is inf", square, lambda c, x: np.full(2, np.inf), TWO),
    "random": (VjpError, r"two equal calls of vjp give different results: gradient 0\[0\] is",
               square, lambda c, x: 2 * c * x * (1 + 1e-12 * RANDOM.standard_normal(2)), TWO),
    "adds up": (VjpError, "two equal calls of vjp", square, growing(), TWO),
    "another shape": (VjpError, r"gradient 0 has shape \(1, 2\), expected \(2,\)", square, lambda c, x: c[None], TWO),
    "a factor at 1e10": (VjpError, "the derivative is", square, lambda c, x: c * x, 1e10 * TWO),
    "1 % at 1e12": (VjpError, "the derivative is", np.log, lambda c, x: 1.01 * c / x, np.array([1e12, 2e12])),
    "1 % at 1e150": (VjpError, "the derivative is", square, lambda c, x: 2.02 * c * x, 1e150 * TWO),
    "1 % of a wave far away": (VjpError, "derivative is", np.sin, lambda c, x: 1.01 * c * np.cos(x), 1e10 * TWO),
    "1 % near a kink": (VjpError, "the derivative is", relu, lambda c, x: 1.01 * c * (x > 0), np.array([1e-6, 1.0])),
    "wrong beside a kink": (VjpError, r"gradient 0\[1\]", relu, lambda c, x: 2 * c * (x > 0), np.array([0.0, 1.0])),
    "an unseen bump": (VjpError, r"gradient 0\[0\]", spike(1e-9)[0], lambda c, x: c, np.array([1 + 0.5e-9, 1.5])),
    "relu at 0": (NotDifferentiable, r"arrays\[0\]\[0\]: the slope is 0 below and 0.12573 above",
                  relu, relu_vjp, np.array([0.0, 1.0])),
    "ties": (NotDifferentiable, r"arrays\[0\]\[0,0\].*and 3 elements more",
             lambda x: x.max(0), lambda c, x: c * (x == x.max(0)), np.ones((2, 2))),
    "abs at 0": (NotDifferentiable, r"arrays\[0\]\[1\]",
                 lambda x: abs(x).sum(), lambda c, x: c * np.sign(x), np.array([3.0, 0.0])),
    "a jump": (NotDifferentiable, r"arrays\[0\]\[0\]",
               lambda x: (x >= 0) * np.sin(x + 2), lambda c, x: c * np.cos(x + 2), np.array([0.0, 1.0])),
    "a wave out of reach": (Blunt, "do not settle", np.sin, lambda c, x: c * np.cos(x), 1e16 * TWO),
    "a slope without bound": (Blunt, "would not have been seen", np.cbrt, lambda c, x: 0 * c, np.zeros(1)),
    "underflow": (Blunt, "an error of 1 % would not have been seen", square, square_vjp, 1e-200 * TWO),
    "overflow": (ValueError, r"f\(\*arrays\)\[0\] is inf", square, square_vjp, 1e200 * TWO),
    "infinite inputs": (ValueError, r"arrays\[0\]\[0\] is inf", np.tanh, lambda c, x: 7 * c, np.array([np.inf, 1.0])),
    "NaN inputs": (ValueError, r"arrays\[0\]\[1\] is nan", np.tanh, lambda c, x: 7 * c, np.array([1.0, np.nan])),
    "defined on one side": (ValueError, r"not defined at enough points near arrays\[0\]\[0\]; f at .* = 1\.0.*math",
                            lambda x: np.array([math.asin(v) for v in x]), lambda c, x: c, np.array([1.0])),
    "complex results": (TypeError, r"f\(\*arrays\) must be real", lambda x: 1j * x, lambda c, x: c, TWO),
    "complex claims": (TypeError, r"vjp\(\.\.\.\)\[0\] must be real", square, lambda c, x: 1j * c, TWO),
    "masked": (TypeError, r"pass arrays\[0\]\.filled", square, square_vjp, np.ma.array(TWO, mask=[0, 1])),
    "masked claims": (TypeError, "is a masked", square, lambda c, x: np.ma.array(c, mask=[0, 1]), TWO),
}  # fmt: skip


@pytest.mark.parametrize("kind", NO_PASS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_pass_and_why(kind):
    """Each kind raises its own exception, which names the place and the reason."""
    outcome, words, f, vjp, *arrays = NO_PASS[kind]
    with pytest.raises(outcome, match=words) as raised:
        check_vjp(f, vjp, *arrays)
    assert type(raised.value) is outcome


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_cotangent_that_is_not_finite_is_refused(value):
    """The message names the element."""
    with pytest.raises(ValueError, match=r"cotangent\[1\] is (nan|inf)"):
        check_vjp(square, square_vjp, TWO, cotangent=np.array([1.0, value]))


def test_a_wrong_element_among_thousands_is_found_in_few_calls():
    """A random direction leads to the element: 2,000 elements would take 48,000 calls."""
    calls = []

    def wrong(c, x):
        found = 2 * c * x
        found[1234] *= 1.1
        return found

    with pytest.raises(VjpError, match=r"gradient 0\[1234\].*the derivative is(.|\n)*no other was looked at"):
        check_vjp(lambda x: calls.append(0) or x * x, wrong, np.random.default_rng(0).standard_normal(2000))
    assert len(calls) < 2000


def test_progress_is_told(capsys):
    """Lines on stderr say how long it takes; a callable is called after each element."""
    check_vjp(square, square_vjp, TWO, progress=True)
    assert "check_vjp: 2 elements, 48 calls of f or more, about 0 s" in capsys.readouterr().err
    told = []
    check_vjp(square, square_vjp, TWO, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]

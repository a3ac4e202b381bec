"""Functions, claimed vector-Jacobian products and arrays, each of a kind that a gradient checker may get wrong."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.studies.vjp_examples import (
    Adding,
    Buffered,
    First,
    Noisy,
    bump,
    bump_vjp,
    in_float32,
    in_place,
    logarithm,
    one_wrong,
    shifted,
    shifted_vjp,
    square,
    square_vjp,
    tanh_vjp,
    ties,
    too_large,
    with_one,
    without_2,
)

RIGHT, WRONG, NONE = "right", "wrong", "no answer"


class Kind(NamedTuple):
    """A claim about a function: whether it is right, the function, the claimed product, and its array."""

    truth: str
    f: Callable[..., Any]
    vjp: Callable[..., Any]
    x: Any


NEAR_ONE = np.array([1.0, -1.5, 1.7])
MANY = np.random.default_rng(0).standard_normal(100)
MASKED = np.ma.array(NEAR_ONE, mask=[0, 1, 0])

KINDS: dict[str, Callable[[], Kind]] = {
    "x², the factor 2 forgotten, x near 1": lambda: Kind(WRONG, square, without_2, NEAR_ONE),
    "x², NaN in one element": lambda: Kind(WRONG, square, with_one(math.nan), NEAR_ONE),
    "x², infinity in one element": lambda: Kind(WRONG, square, with_one(math.inf), NEAR_ONE),
    "x², each element 10 % off at random": lambda: Kind(WRONG, square, Noisy(), NEAR_ONE),
    "x², each product added to those before": lambda: Kind(WRONG, square, Adding(), NEAR_ONE),
    "x², the first product for ever": lambda: Kind(WRONG, square, First(), NEAR_ONE),
    "x², 0.1 % off in one element of 100": lambda: Kind(WRONG, square, one_wrong, MANY),
    "x², the factor 2 forgotten, x near 1e10": lambda: Kind(WRONG, square, without_2, 1e10 * NEAR_ONE),
    "x², the factor 2 forgotten, x near 1e150": lambda: Kind(WRONG, square, without_2, 1e150 * NEAR_ONE),
    "log x, 1 % too large, x near 1e12": lambda: Kind(WRONG, np.log, lambda c, x: 1.01 * c / x, 1e12 * abs(NEAR_ONE)),
    "log x, 1 % too large, x near 1e200": lambda: Kind(WRONG, np.log, lambda c, x: 1.01 * c / x, 1e200 * abs(NEAR_ONE)),
    "x², the factor 2 forgotten, x near 1e-20": lambda: Kind(WRONG, square, without_2, 1e-20 * NEAR_ONE),
    "x², the factor 2 forgotten, x near 1e-150": lambda: Kind(WRONG, square, without_2, 1e-150 * NEAR_ONE),
    "tanh x, 1 % too large, x near 1e-200": lambda: Kind(WRONG, np.tanh, too_large(tanh_vjp, 0.01), 1e-200 * NEAR_ONE),
    "relu, 1 % too large, 1e-6 from its kink": lambda: Kind(
        WRONG, lambda x: np.maximum(x, 0), lambda c, x: 1.01 * c * (x > 0), np.array([1e-6, 1.0])
    ),
    "x with a bump of width 1e-9, forgotten": lambda: Kind(WRONG, bump, lambda c, x: c, np.array([1 + 0.5e-9, 1.5])),
    "tanh, 1 % too large, computed in float32": lambda: Kind(WRONG, in_float32, too_large(tanh_vjp, 0.01), NEAR_ONE),
    "tanh, 1 % too large, x float32": lambda: Kind(
        WRONG, np.tanh, too_large(tanh_vjp, 0.01), NEAR_ONE.astype(np.float32)
    ),
    "tanh, half too large, x float16": lambda: Kind(
        WRONG, np.tanh, too_large(tanh_vjp, 0.5), NEAR_ONE.astype(np.float16)
    ),
    "x², a masked claim": lambda: Kind(WRONG, square, lambda c, x: np.ma.array(2 * c * x, mask=[0, 1, 0]), NEAR_ONE),
    "x², x near 1": lambda: Kind(RIGHT, square, square_vjp, NEAR_ONE),
    "x², x near 1e-20": lambda: Kind(RIGHT, square, square_vjp, 1e-20 * NEAR_ONE),
    "x², x near 1e-150": lambda: Kind(RIGHT, square, square_vjp, 1e-150 * NEAR_ONE),
    "tanh x, x near 1e-200": lambda: Kind(RIGHT, np.tanh, tanh_vjp, 1e-200 * NEAR_ONE),
    "x², x near 1e10": lambda: Kind(RIGHT, square, square_vjp, 1e10 * NEAR_ONE),
    "x², x near 1e150": lambda: Kind(RIGHT, square, square_vjp, 1e150 * NEAR_ONE),
    "√x, x near 1e200": lambda: Kind(RIGHT, np.sqrt, lambda c, x: c / (2 * np.sqrt(x)), 1e200 * abs(NEAR_ONE)),
    "x², x of 1e-20, 1 and 1e20": lambda: Kind(RIGHT, square, square_vjp, np.array([1e-20, 1.0, 1e20])),
    "sin(x + y) - sin y, an x of zeros": lambda: Kind(RIGHT, shifted, shifted_vjp, np.zeros(3)),
    "(x + 1e6) - 1e6, which cancels": lambda: Kind(RIGHT, lambda x: (x + 1e6) - 1e6, lambda c, x: c, NEAR_ONE),
    "x², which returns one buffer each time": lambda: Kind(RIGHT, Buffered(), square_vjp, NEAR_ONE),
    "x², which writes over its argument": lambda: Kind(RIGHT, in_place, square_vjp, NEAR_ONE),
    "log x, which raises at 0 and below": lambda: Kind(RIGHT, logarithm, lambda c, x: c / x, np.array([1e-5, 0.2])),
    "relu, 1e-6 from its kink": lambda: Kind(
        RIGHT, lambda x: np.maximum(x, 0), lambda c, x: c * (x > 0), np.array([1e-6, 1.0])
    ),
    "x with a bump of width 1e-9": lambda: Kind(RIGHT, bump, bump_vjp, np.array([1 + 0.5e-9, 1.5])),
    "tanh, computed in float32": lambda: Kind(RIGHT, in_float32, tanh_vjp, NEAR_ONE),
    "tanh, x float32": lambda: Kind(RIGHT, np.tanh, tanh_vjp, NEAR_ONE.astype(np.float32)),
    "tanh, x float16": lambda: Kind(RIGHT, np.tanh, tanh_vjp, NEAR_ONE.astype(np.float16)),
    "relu, one element 0": lambda: Kind(
        NONE, lambda x: np.maximum(x, 0), lambda c, x: c * (x > 0), np.array([0.0, 1.0])
    ),
    "abs x, one element 0": lambda: Kind(NONE, abs, lambda c, x: c * np.sign(x), np.array([0.0, 1.0])),
    "max of each column, all equal": lambda: Kind(NONE, lambda x: x.max(0), ties, np.ones((2, 2))),
    "a jump at 0, x there": lambda: Kind(
        NONE, lambda x: (x >= 0) * np.sin(x + 2), lambda c, x: c * np.cos(x + 2), np.array([0.0, 1.0])
    ),
    "tanh, x infinite, the claim 7": lambda: Kind(NONE, np.tanh, lambda c, x: 7 * c, np.array([np.inf, 1.0])),
    "x² with i in front": lambda: Kind(NONE, lambda x: 1j * x * x, square_vjp, NEAR_ONE),
    "x², x masked": lambda: Kind(NONE, square, square_vjp, MASKED),
    "sin x, x near 1e16, the claim 0": lambda: Kind(NONE, np.sin, lambda c, x: 0 * c, 1e16 * NEAR_ONE),
}
"""Each kind by its words; made new for each checker, because some remember their calls."""

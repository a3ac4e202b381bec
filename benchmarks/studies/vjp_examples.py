"""Functions of one array, and vector-Jacobian products of them, right and wrong."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

SHIFT = np.array([0.3, 2.5, 1.1])


def square(x: Any) -> Any:
    """Return each element squared."""
    return x * x


def square_vjp(c: Any, x: Any) -> Any:
    """Return its product."""
    return 2 * c * x


def without_2(c: Any, x: Any) -> Any:
    """Return its product without the factor 2."""
    return c * x


def tanh_vjp(c: Any, x: Any) -> Any:
    """Return the product of tanh."""
    return c * (1 - np.tanh(x) ** 2)


def too_large(vjp: Callable[..., Any], by: float) -> Callable[..., Any]:
    """Return a product that is larger by a part of itself."""
    return lambda c, x: (1 + by) * vjp(c, x)


def with_one(value: float) -> Callable[..., Any]:
    """Return the product of the square, with one element replaced."""

    def vjp(c: Any, x: Any) -> Any:
        found = square_vjp(c, x)
        found[1] = value
        return found

    return vjp


class Noisy:
    """The product of the square, 10 % off at random in each element: another one at each call."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)

    def __call__(self, c: Any, x: Any) -> Any:
        """Return the product."""
        return square_vjp(c, x) * (1 + 0.1 * self.rng.standard_normal(x.shape))


class Adding:
    """The product of the square, added to all those before: a buffer that nobody set to zero."""

    def __init__(self) -> None:
        self.total: Any = 0.0

    def __call__(self, c: Any, x: Any) -> Any:
        """Return the product."""
        self.total = self.total + square_vjp(c, x)
        return self.total


class First:
    """The product of the square, as it was at the first call."""

    def __init__(self) -> None:
        self.found: Any = None

    def __call__(self, c: Any, x: Any) -> Any:
        """Return the product."""
        self.found = square_vjp(c, x) if self.found is None else self.found
        return self.found


class Buffered:
    """The square, which returns the same buffer each time."""

    def __init__(self) -> None:
        self.buffer = np.zeros(3)

    def __call__(self, x: Any) -> Any:
        """Return the buffer."""
        return np.multiply(x, x, out=self.buffer)


def in_place(x: Any) -> Any:
    """Return the square; it writes over its argument."""
    x *= x
    return x


def in_float32(x: Any) -> Any:
    """Return tanh for float64, computed in float32."""
    return np.tanh(x.astype(np.float32)).astype(float)


def ties(c: Any, x: Any) -> Any:
    """Return a product of max for each column: all largest elements get it."""
    return c * (x == x.max(0))


def bump(x: Any) -> Any:
    """Return x with a bump of width 1e-9 at 1."""
    return x + np.exp(-(((x - 1) / 1e-9) ** 2))


def bump_vjp(c: Any, x: Any) -> Any:
    """Return its product."""
    return c * (1 - 2 * (x - 1) / 1e-18 * np.exp(-(((x - 1) / 1e-9) ** 2)))


def shifted(x: Any) -> Any:
    """Return what a shift of some sines changes: zero where the shift is zero."""
    return np.sin(x + SHIFT) - np.sin(SHIFT)


def shifted_vjp(c: Any, x: Any) -> Any:
    """Return its product."""
    return c * np.cos(x + SHIFT)


def logarithm(x: Any) -> Any:
    """Return the logarithm; it raises where there is none."""
    return np.array([math.log(v) for v in x])


def one_wrong(c: Any, x: Any) -> Any:
    """Return the product of the square, with an error of 0.1 % in one element."""
    found = square_vjp(c, x)
    found[7] *= 1.001
    return found

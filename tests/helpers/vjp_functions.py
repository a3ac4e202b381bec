"""Functions and their vector-Jacobian products, each of a kind that a gradient checker may get wrong."""

import math

import numpy as np


def relu(x):
    """The positive part."""
    return np.maximum(x, 0)


def relu_vjp(c, x):
    """Its product."""
    return c * (x > 0)


def square(x):
    """Each element, squared."""
    return x * x


def square_vjp(c, x):
    """Its product."""
    return 2 * c * x


def difference_of_sines(x, y):
    """Zero, where x is."""
    return np.sin(x + y) - np.sin(y)


def difference_of_sines_vjp(c, x, y):
    """Its product."""
    return c * np.cos(x + y), c * (np.cos(x + y) - np.cos(y))


def logarithm(x):
    """A function that raises where it is not defined."""
    return np.array([math.log(v) for v in x])


def half(x):
    """A function that computes in float16, for float64."""
    return np.tanh(x.astype(np.float16)).astype(float)


def spike(width):
    """A function with a bump of some width at 1, and its product."""

    def bump(x):
        return np.exp(-(((x - 1) / width) ** 2))

    return lambda x: x + bump(x), lambda c, x: c * (1 - 2 * (x - 1) / width**2 * bump(x))


class Layer:
    """A layer that keeps a cache for its backward pass."""

    def forward(self, x):
        """The activation."""
        self.y = np.tanh(x)
        return self.y

    def backward(self, c, x):
        """Its product, from the cache."""
        return c * (1 - self.y**2)


def doubled_in_place(x):
    """A function that writes over its argument."""
    x *= 2
    return x

"""Arrays of numbers with 100 digits, for golden values: numpy's object arrays of mpmath numbers."""

import mpmath
import numpy as np

AGREED = mpmath.mpf(10) ** -50
"""Two ways to compute a gradient must agree to this."""

STEP = mpmath.mpf(10) ** -40
"""The complex step of a derivative."""


def set_digits():
    """Compute with 100 digits from now on."""
    mpmath.mp.dps = 100


def exact(array):
    """An object array of mpmath numbers, equal to the floats."""
    return np.array([mpmath.mpf(float(v)) for v in array.ravel()], dtype=object).reshape(array.shape)


def rounded(array):
    """The nearest float64 to each number."""
    return np.array([float(v) for v in array.ravel()]).reshape(array.shape)


tanh = np.frompyfunc(mpmath.tanh, 1, 1)
exp = np.frompyfunc(mpmath.exp, 1, 1)
imaginary = np.frompyfunc(lambda z: z.imag if isinstance(z, mpmath.mpc) else mpmath.mpf(0), 1, 1)


def sigmoid(z):
    """``1 / (1 + exp(-z))``."""
    return 1 / (1 + exp(-z))


def softmax(scores):
    """``exp / sum(exp)`` over the first axis."""
    e = exp(scores)
    return e / e.sum(axis=0)


def by_complex_step(p, names, per_column, loss):
    """The gradients of a loss, each element moved into the complex plane by itself: ``imag L(x + ih) / h``.

    ``p`` has all arrays by name, ``names`` are those to move. The elements of those in ``per_column`` change only one
    column of the batch, their second axis. ``loss(p, columns)`` is the loss of some columns.
    """
    found = {}
    for name in names:
        gradient = np.empty_like(p[name])
        for index in np.ndindex(p[name].shape):
            moved = p[name].copy()
            moved[index] = mpmath.mpc(moved[index], STEP)
            columns = [index[1]] if name in per_column else slice(None)  # the others do not feel it
            gradient[index] = imaginary(loss({**p, name: moved}, columns)) / STEP
        found[f"d{name}"] = gradient
    return found

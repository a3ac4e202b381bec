"""Implementations whose results are not arrays of numbers, or only look like arrays."""

import numpy as np


class Generator:
    def tanh_forward(self, x):
        yield np.tanh(x)


class Ragged:
    def tanh_forward(self, x):
        return [[1.0], [1.0, 2.0]]


class Objects:
    def tanh_forward(self, x):
        return np.tanh(x).astype(object)


class Text:
    def tanh_forward(self, x):
        return "tanh"


class TextArray:
    def tanh_forward(self, x):
        return np.tanh(x).astype(str)


class Masked:
    def tanh_forward(self, x):
        return np.ma.masked_array(np.tanh(x), mask=x > 0)


class Unspeakable:
    """Raises for every attribute and operation."""

    def __array__(self, *arguments, **named):
        raise SystemError("no array for you")

    def tanh_forward(self, x):
        return Unspeakable()


class Nothing:
    def tanh_forward(self, x):
        return None


class Cyclic:
    def tanh_forward(self, x):
        endless = []
        endless.append(endless)
        return endless


class Matrix:
    def tanh_forward(self, x):
        return np.asmatrix(np.tanh(x))


class MaskedNowhere:
    def tanh_forward(self, x):
        return np.ma.masked_array(np.tanh(x))


class Lists:
    def tanh_forward(self, x):
        return np.tanh(x).tolist()


class Scalars:
    def tanh_forward(self, x):
        return [[np.float64(value) for value in row] for row in np.tanh(x)]


class Liar(np.ndarray):  # noqa: PLW1641
    """Says that it is equal to anything, and answers every function of numpy with itself."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array_function__(self, function, types, arguments, named):
        return self

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        return self


class Lies:
    def tanh_forward(self, x):
        return np.zeros_like(x).view(Liar)


class Wide:
    def tanh_forward(self, x):
        return np.tanh(x.astype(np.longdouble))


class NaN:
    def tanh_forward(self, x):
        return np.full(x.shape, np.nan)


class Transposed:
    def tanh_forward(self, x):
        return np.tanh(x).T


class Integers:
    def tanh_forward(self, x):
        return np.tanh(x).astype(int)

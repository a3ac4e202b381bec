"""Arithmetic with random disturbances, to measure the effect of rounding on each element of a result.

Equations are run in float64 many times at once. Every operation of every run is disturbed by as much as rounding may
disturb it, but magnified so that float64 resolves the disturbance (stochastic arithmetic: D. S. Parker, Monte Carlo
Arithmetic, 1997). The root mean square of the differences between the results, scaled back, is the effect of rounding
on each element. It includes the conditioning of this problem, and the cancellation of errors over a hundred steps. A
bound from magnitudes alone is too large by 1e20 at a hundred steps.

In units of the unit roundoff ``u`` one operation is disturbed by

- a sum of n products: ``sqrt(n)`` times the sum of their magnitudes, whatever the order of summation;
- tanh and sigmoid: 4 *absolutely*. A right tanh made from exp(2x) errs by 3, also near zero; a right sigmoid made from
  tanh errs by 1 where it saturates at 0;
- a sum of two numbers: the sum of their magnitudes; a product or a quotient: its own magnitude; exp: 4 times its own.

A relative tolerance would not work: if units saturate, ``1 - a**2`` cancels, and elements of a right gradient have a
relative error far above any fixed limit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from rnn_reference.arrays import Array
from rnn_reference.numerics.affine import Affine, Map

RUNS = 32
"""Disturbed runs. The root mean square of 32 is within a factor 2 of the true one, except once in a million."""

MAGNIFIED = 2.0**-30
"""The disturbance in place of u: small enough to stay linear, large enough for float64 to resolve."""

SAFETY = 4.0
"""Tolerance over root mean square. The tests measure how much of it right implementations use."""

FLOOR = 4.0
"""The smallest tolerance, in units of u times the largest value of the tensor: the error of a gate saturated at 0."""

ABSOLUTE = 4.0
"""Disturbance of tanh and sigmoid, whose values are at most 1."""


def unit_roundoff(dtype: str) -> float:
    """Returns half the distance from 1 to the next number of ``dtype``: 1.1e-16 for float64."""
    return float(np.finfo(dtype).eps) / 2


def smallest_number(u: float) -> float:
    """Returns the smallest positive number of the dtype with this unit roundoff: 6e-8 for float16."""
    return next(
        float(np.finfo(d).smallest_subnormal) for d in ("float16", "float32", "float64") if unit_roundoff(d) == u
    )


class Disturbed(NDArrayOperatorsMixin):
    """An array in every run at once: ``(run, ...)``. Run 0 is exact; every operation disturbs the other runs.

    numpy's arithmetic, ``@``, tanh, exp and similar functions take it, also together with plain arrays, and return
    another one. A function of numpy's whose rounding is not known here raises TypeError.
    """

    __array_priority__ = 1000

    def __init__(self, runs: Array, rng: np.random.Generator) -> None:
        self.runs, self.rng = runs, rng

    @classmethod
    def of(cls, array: Array, rng: np.random.Generator) -> Disturbed:
        """Returns an exact array, the same in every run."""
        return cls(np.broadcast_to(array, (RUNS + 1, *array.shape)), rng)

    def with_noise(self, value: Array, size: Array) -> Disturbed:
        """Returns a result with a random disturbance of ``size`` units in every run except the first."""
        noise = self.rng.standard_normal(value.shape, dtype=np.float32)  # seven digits of noise are enough
        noise[0] = 0
        noise *= np.float32(MAGNIFIED)
        disturbed = np.multiply(noise, size, dtype=np.float64)  # numpy 1.26 would stay in float32 for a scalar
        disturbed += value
        return Disturbed(disturbed, self.rng)

    def absolutely(self, function: Callable[[Array], Array]) -> Disturbed:
        """Returns a function of the array, disturbed absolutely. For functions with values up to 1, such as sigmoid."""
        value = function(self.runs)
        return self.with_noise(value, np.asarray(ABSOLUTE))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape in one run."""
        return self.runs.shape[1:]

    def __getitem__(self, index: Any) -> Disturbed:
        index = index if isinstance(index, tuple) else (index,)
        return Disturbed(self.runs[(slice(None), *index)], self.rng)

    def swapaxes(self, one: int, other: int) -> Disturbed:
        """Returns the array with two axes exchanged. Axes are negative: counted from the last."""
        return Disturbed(self.runs.swapaxes(one, other), self.rng)

    def sum(self, axis: int, keepdims: bool = False) -> Disturbed:
        """Returns the sum over an axis (negative: counted from the last), disturbed as one long sum."""
        value, size = self.runs.sum(axis, keepdims=keepdims), abs(self.runs).sum(axis, keepdims=keepdims)
        return self.with_noise(value, np.sqrt(self.runs.shape[axis]) * size)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *operands: Any, **settings: Any) -> Any:
        if method != "__call__" or settings:
            return NotImplemented
        values = [one.runs if isinstance(one, Disturbed) else np.asarray(one, float) for one in operands]
        result = ufunc(*values)
        if ufunc in EXACT:
            return Disturbed(result, self.rng)
        if ufunc not in DISTURBANCES:
            raise TypeError(f"the disturbed arithmetic does not know the rounding of numpy.{ufunc.__name__}")
        return self.with_noise(result, DISTURBANCES[ufunc](result, *values))

    def __array_function__(
        self, function: Any, types: Any, arguments: Sequence[Any], settings: Mapping[str, Any]
    ) -> Any:
        if function not in (np.concatenate, np.stack):
            raise TypeError(f"the disturbed arithmetic does not know numpy.{function.__name__}")
        parts, axis = arguments[0], settings.get("axis", 0)
        if axis >= 0:
            raise TypeError(f"numpy.{function.__name__} of disturbed arrays takes a negative axis: axis=-1")
        runs = [one.runs if isinstance(one, Disturbed) else Disturbed.of(one, self.rng).runs for one in parts]
        return Disturbed(function(runs, axis=axis), self.rng)


EXACT = frozenset((np.negative, np.positive, np.absolute, np.maximum, np.minimum, np.sign))
"""Functions that do not round."""

DISTURBANCES: dict[np.ufunc, Callable[..., Any]] = {
    np.add: lambda result, a, b: abs(a) + abs(b),
    np.subtract: lambda result, a, b: abs(a) + abs(b),
    np.multiply: lambda result, a, b: abs(result),
    np.true_divide: lambda result, a, b: abs(result),
    np.square: lambda result, a: abs(result),
    np.power: lambda result, a, b: 2 * abs(result),
    np.sqrt: lambda result, a: abs(result),
    np.tanh: lambda result, a: np.asarray(ABSOLUTE),
    np.exp: lambda result, a: 4 * abs(result),
    np.log: lambda result, a: 4 * abs(result),
    np.matmul: lambda result, a, b: np.sqrt(a.shape[-1]) * (abs(a) @ abs(b)),
}
"""The size of the disturbance of each function's result, in units of u."""


class DisturbedAffine(Affine):
    """Affine maps in disturbed arithmetic. Each is one long sum, disturbed once, because its order is not fixed."""

    def __init__(self, maps: Mapping[str, Map], parameters: Mapping[str, Array]) -> None:
        super().__init__(maps, parameters)
        self._magnitudes = {name: abs(value) for name, value in parameters.items()}

    def __call__(self, name: str, /, **operands: Any) -> Any:
        """Returns ``z`` of the map with this name."""
        source = next((one for one in operands.values() if isinstance(one, Disturbed)), None)
        if source is None:
            return super().__call__(name, **operands)  # all operands are exact
        self.operands[name].append(operands)
        of = self.maps[name]
        stacked = {weight: self.stacked(operands, names) for weight, names in of.weights.items()}
        z, size, count = self.parameters[of.bias], self._magnitudes[of.bias], 1
        for weight, one in stacked.items():
            runs = one.runs if isinstance(one, Disturbed) else one
            z = z + self.parameters[weight] @ runs
            size = size + self._magnitudes[weight] @ abs(runs)
            count += runs.shape[-2]
        return source.with_noise(z, np.sqrt(count) * size)


def tolerance(result: Disturbed, u: float) -> Array:
    """Returns the largest error allowed in each element, for arithmetic with unit roundoff ``u``.

    It is ``SAFETY`` root mean squares, and at least ``FLOOR`` u of the largest value.
    """
    spread = np.sqrt(np.mean((result.runs[1:] - result.runs[0]) ** 2, axis=0))
    largest = np.abs(result.runs[0]).max(initial=0.0)
    return np.asarray(np.maximum(SAFETY * u / MAGNIFIED * spread, FLOOR * u * largest))

"""Derivatives by an imaginary step, ``imag f(x + ih) / h``: exact up to rounding, for functions of complex numbers.

Source: W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Rev. 40 (1998).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.stochastic import ABSOLUTE, Disturbed

STEP = 2.0**-100
"""So small that its square rounds to 0 beside 1. No digits cancel, however small the step is."""


def by_complex_step(
    function: Callable[[Mapping[str, Array]], Mapping[str, Array]],
    inputs: Mapping[str, Array],
    cotangents: Mapping[str, Array],
) -> dict[str, Array]:
    """Returns the gradient of ``sum(cotangent * output)`` with respect to every element of every input.

    ``function`` takes complex inputs by name and returns outputs by name. ``cotangents`` has the outputs that count.
    The function is called once for each element.
    """
    moved = {name: array.astype(complex) for name, array in inputs.items()}
    gradients = {name: np.empty(array.shape) for name, array in inputs.items()}
    for name, array in moved.items():
        for index in np.ndindex(array.shape):
            array[index] += 1j * STEP
            outputs = function(moved)
            found = sum(np.sum(cotangent * outputs[of].imag) for of, cotangent in cotangents.items())
            gradients[name][index] = found / STEP
            array[index] = array[index].real
    return gradients


class _Moved(Affine):
    """The maps, with an imaginary step added to one row of the result of one map."""

    def __init__(self, affine: Affine, name: str, row: int) -> None:
        super().__init__(affine.maps, affine.parameters)
        self._name, self._row = name, row

    def __call__(self, name: str, /, **operands: Any) -> Any:
        z = super().__call__(name, **operands)
        return _with_step(z, self._row) if name == self._name else z


def back_by_complex_step(
    step: Callable[..., Any], affine: Affine, dstates: Any, before: Any, x: Any
) -> tuple[Any, tuple[Any, ...]]:
    """Returns one step backward for equations without a derived gradient; the same result as ``Cell.back``.

    Each row of the input, of each state and of each map is moved separately, in all columns and all runs at once.
    Arrays are ``(n, m)``, plain or disturbed.
    """
    source = next((one for one in (*dstates, *before) if isinstance(one, Disturbed)), None)
    dtype = np.result_type(np.float16, *map(_numbers, dstates))  # gradients of integers are no integers
    given, *start = _in_every_run([_numbers(x), *map(_numbers, before)])

    def slopes(rows: int, moved: Callable[[int], tuple[Affine, Any, Any]]) -> Any:
        found = [_loss_changes(dstates, step(*moved(row))[0]) for row in range(rows)]
        value, size = (np.stack([one[part] for one in found], axis=-2) for part in (0, 1))
        return value.astype(dtype) if source is None else source.with_noise(value, ABSOLUTE * size)

    def of_state(number: int) -> Callable[[int], tuple[Affine, Any, Any]]:
        def moved(row: int) -> tuple[Affine, Any, Any]:
            return plain, given, tuple(_with_step(s, row) if k == number else s for k, s in enumerate(start))

        return moved

    def of_map(name: str) -> Callable[[int], tuple[Affine, Any, Any]]:
        return lambda row: (_Moved(affine, name, row), given, tuple(start))

    plain = Affine(affine.maps, affine.parameters)
    dx = slopes(given.shape[-2], lambda row: (plain, _with_step(given, row), tuple(start)))
    dbefore = tuple(slopes(state.shape[-2], of_state(number)) for number, state in enumerate(start))
    for name, of in affine.maps.items():
        affine.dz[name].append(slopes(len(affine.parameters[of.bias]), of_map(name)))
    return dx, dbefore


def _in_every_run(arrays: list[Array]) -> list[Array]:
    """Returns the arrays, each with the same number of runs. An exact array is the same in every run."""
    runs = max(arrays, key=np.ndim).shape[:-2]
    return [np.broadcast_to(array, (*runs, *array.shape[-2:])) for array in arrays]


def _numbers(value: Any) -> Array:
    return np.asarray(value.runs if isinstance(value, Disturbed) else value)


def _with_step(array: Array, row: int) -> Array:
    moved = array.astype(complex)
    moved[..., row, :] += 1j * STEP
    return moved


def _loss_changes(dstates: Any, states: Any) -> tuple[Array, Array]:
    """Returns ``dL`` for each column, ``(..., m)``, and the sum of the magnitudes of its terms, after a move."""
    terms = [_numbers(d) * np.imag(one) / STEP for d, one in zip(dstates, states, strict=True)]
    return sum(one.sum(axis=-2) for one in terms), sum(abs(one).sum(axis=-2) for one in terms)

"""The two functions that ``check_vjp`` is given, called with copies, and with their results checked and copied."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, numbers
from rnn_reference.numerics.vjp.outcomes import VjpError


def real_numbers(name: str, value: Any) -> Array:
    """Returns a copy of ``value`` as an array of real floating numbers. Raises TypeError, with its name, otherwise."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"check_vjp: {name} is a masked array: pass {name}.filled(...), or the valid elements alone")
    array = numbers("check_vjp", name, value)
    if array.dtype.kind == "c":
        raise TypeError(f"check_vjp: {name} must be real, got complex: take real and imaginary parts separately")
    return np.array(array)


def not_finite(name: str, array: Array) -> str | None:
    """Returns a text that names the first NaN or infinity of an array; None if there is none."""
    wrong = ~np.isfinite(array)
    if not np.any(wrong):
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{place(name, index)} is {array[index]}, not finite ({wrong.sum()} of {wrong.size} elements)"


def place(name: str, index: tuple[int, ...]) -> str:
    """Returns the text for an element: ``x[1,2]``."""
    return f"{name}[{','.join(map(str, index))}]" if index else name


class Calls:
    """The function and the claimed product. ``count`` is the number of calls of the function."""

    def __init__(self, f: Callable[..., Any], vjp: Callable[..., Any]) -> None:
        self.f, self.vjp = f, vjp
        self.count = 0
        self.shape: tuple[int, ...] | None = None
        self.failure = ""

    def value(self, arrays: Sequence[Array]) -> Array:
        """Returns ``f(*arrays)``. Raises ValueError if it is not finite."""
        self.count += 1
        value = real_numbers("f(*arrays)", self.f(*(array.copy() for array in arrays)))
        wrong = not_finite("f(*arrays)", value)
        if wrong:
            raise ValueError(f"check_vjp: {wrong}")
        if self.shape not in (None, value.shape):
            raise ValueError(f"check_vjp: f(*arrays) has shape {self.shape}, and then {value.shape}")
        self.shape = value.shape
        return value

    def nearby(self, arrays: Sequence[Array]) -> Array | None:
        """Returns ``f(*arrays)``; None, with the reason in ``failure``, if it raises or is not finite there."""
        with np.errstate(all="ignore"):
            try:
                value = self.value(arrays)
            except Exception as error:
                self.failure = f"{type(error).__name__}: {error}"
                return None
        return value

    def claim(self, cotangent: Array, arrays: Sequence[Array]) -> list[Array]:
        """Returns the claimed gradients, right after a call of ``f``: a layer may keep a cache for its product."""
        self.count += 1
        self.f(*(array.copy() for array in arrays))
        result = self.vjp(cotangent.copy(), *(array.copy() for array in arrays))
        gradients = list(result) if isinstance(result, tuple | list) else [result]
        if len(gradients) != len(arrays):
            raise ValueError(f"check_vjp: vjp returned {len(gradients)} gradients for {len(arrays)} arrays")
        return [real_numbers(f"vjp(...)[{i}]", gradient) for i, gradient in enumerate(gradients)]

    def claim_nearby(self, cotangent: Array, arrays: Sequence[Array]) -> list[Array] | None:
        """Returns the claimed gradients; None if they cannot be had there, or are not finite."""
        with np.errstate(all="ignore"):
            try:
                found = self.claim(cotangent, arrays)
            except Exception:
                return None
        shapes = [array.shape for array in arrays]
        return found if [g.shape for g in found] == shapes and all(np.all(np.isfinite(g)) for g in found) else None


def repeatable_value(calls: Calls, inputs: Sequence[Array]) -> Array:
    """Returns ``f(*inputs)``. Raises ValueError if a second call gives another result."""
    value = calls.value(inputs)
    require_same_value(calls, inputs, value)
    return value


def require_same_value(calls: Calls, inputs: Sequence[Array], value: Array) -> None:
    """Raise ValueError if ``f(*inputs)`` is no longer ``value``."""
    if not np.array_equal(calls.value(inputs), value):
        raise ValueError("check_vjp: two equal calls of f give different results: it cannot be differentiated")


def repeatable_claim(
    calls: Calls, cotangent: Array, inputs: Sequence[Array], elsewhere: Sequence[Array]
) -> list[Array]:
    """Returns the claimed gradients at ``inputs``. Raises VjpError if they are not finite, or not the same each time.

    Between two calls ``f`` and ``vjp`` are called at other arrays, ``elsewhere``: a product that remembers shows.
    """
    calls.claim_nearby(-cotangent, elsewhere)
    first = calls.claim(cotangent, inputs)
    for i, (gradient, array) in enumerate(zip(first, inputs, strict=True)):
        if gradient.shape != array.shape:
            raise VjpError(f"gradient {i} has shape {gradient.shape}, expected {array.shape}")
        wrong = not_finite(f"gradient {i}", gradient)
        if wrong:
            raise VjpError(wrong)
    require_same_claim(calls, cotangent, inputs, first)
    calls.claim_nearby(-cotangent, elsewhere)
    require_same_claim(calls, cotangent, inputs, first)
    return first


def require_same_claim(calls: Calls, cotangent: Array, inputs: Sequence[Array], first: Sequence[Array]) -> None:
    """Raise VjpError, with the element, if the claimed gradients are not those of the first call."""
    for i, (one, other) in enumerate(zip(first, calls.claim(cotangent, inputs), strict=True)):
        if one.shape != other.shape:
            raise VjpError(f"two equal calls of vjp give gradient {i} the shapes {one.shape} and {other.shape}")
        if not np.array_equal(one, other):
            index = tuple(int(k) for k in np.argwhere(one != other)[0])
            was = f"{place(f'gradient {i}', index)} is {one[index]:.17g}, then {other[index]:.17g}"
            raise VjpError(f"two equal calls of vjp give different results: {was}")

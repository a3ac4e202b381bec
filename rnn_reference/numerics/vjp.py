"""A gradient checker for any function."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array, numbers
from rnn_reference.numerics.compare import require_close
from rnn_reference.numerics.elementwise import one_by_one
from rnn_reference.numerics.extrapolation import STEPS
from rnn_reference.numerics.noise import computational_noise
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.outcomes import Wrong


class VjpError(AssertionError):
    """A vector-Jacobian product is wrong. The text names the worst element, its error, and the smallest error seen."""


class VjpCheck(NamedTuple):
    """The result of ``check_vjp``: the derivative by differences, and a bound on its distance to the claimed one."""

    derivative: tuple[Array, ...]
    error: tuple[Array, ...]
    evaluations: int

    @property
    def smallest_error_seen(self) -> float:
        """A larger error than this, in any element, would have been seen."""
        return max((float(error.max(initial=0.0)) for error in self.error), default=0.0)

    def __str__(self) -> str:
        return f"would have seen an error of {self.smallest_error_seen:.0e} in any element"


def check_vjp(
    f: Callable[..., Any], vjp: Callable[..., Any], *arrays: Any, cotangent: Any = None, seed: int = 0
) -> VjpCheck:
    """Check the vector-Jacobian product of any function, each element against its own error bound.

    ``f(*arrays)`` returns one array. ``vjp(cotangent, *arrays)`` returns a tuple with the gradient of
    ``sum(cotangent * f(*arrays))`` with respect to each of ``arrays``; a single gradient need not be in a tuple.
    Without ``cotangent`` a random one is drawn from ``seed``. You need not choose a tolerance: the bound of an element
    is the truncation error of the extrapolation, plus the measured rounding of ``f`` and of ``vjp``.

    Returns the derivative, the error bounds, and the number of calls of ``f``. Raises VjpError if the two disagree,
    TypeError for arguments that are not arrays of numbers, and ValueError if ``f`` is not finite or not repeatable.
    The check costs 24 calls of ``f`` for each element of ``arrays``: use it for thousands of elements, not millions.
    """
    inputs = [numbers("check_vjp", f"arrays[{i}]", array) for i, array in enumerate(arrays)]
    if any(array.dtype.kind == "c" for array in inputs):
        raise TypeError("check_vjp: arrays must be real, got complex: pass real and imaginary parts separately")
    named = {str(i): array for i, array in enumerate(inputs)}

    def of(values: Sequence[Array]) -> Array:
        return numbers("check_vjp", "f(*arrays)", f(*(value.copy() for value in values)))

    value = _repeatable_value(of, inputs)
    weights = np.random.default_rng(seed).standard_normal(value.shape) if cotangent is None else np.asarray(cotangent)
    if weights.shape != value.shape:
        raise ValueError(f"check_vjp: cotangent must have the shape of f(*arrays), {value.shape}, got {weights.shape}")
    claimed = _claimed(vjp, weights, inputs)
    rounding = computational_noise(lambda *a: of(a), inputs)

    def of_each(several: list[dict[str, Array]]) -> list[Array]:
        return [of(list(values.values())) for values in several]

    limits = [one_by_one(of_each, named, name, weights, rounding) for name in named]
    own = [computational_noise(lambda *a, i=i: _claimed(vjp, weights, a)[i], inputs) for i in range(len(inputs))]
    error = [limit.cut_off + SAFETY * (limit.rounding + noise) for limit, noise in zip(limits, own, strict=True)]
    found = VjpCheck(tuple(limit.value for limit in limits), tuple(error), 2 * len(STEPS) * sum(a.size for a in inputs))
    _require(claimed, found)
    return found


def _repeatable_value(of: Callable[[Sequence[Array]], Array], inputs: Sequence[Array]) -> Array:
    value, again = of(inputs), of(inputs)
    if not np.all(np.isfinite(value)):
        raise ValueError(f"check_vjp: f(*arrays) is not finite in {(~np.isfinite(value)).sum()} elements")
    if value.shape != again.shape or not np.array_equal(value, again):
        raise ValueError("check_vjp: two equal calls of f give different results: it cannot be differentiated")
    return value


def _claimed(vjp: Callable[..., Any], cotangent: Array, inputs: Sequence[Array]) -> list[Array]:
    result = vjp(cotangent.copy(), *(array.copy() for array in inputs))
    gradients = list(result) if isinstance(result, tuple | list) else [result]
    if len(gradients) != len(inputs):
        raise ValueError(f"check_vjp: vjp returned {len(gradients)} gradients for {len(inputs)} arrays")
    return [numbers("check_vjp", f"vjp(...)[{i}]", gradient) for i, gradient in enumerate(gradients)]


def _require(claimed: Sequence[Array], found: VjpCheck) -> None:
    names = [f"gradient {i}" for i in range(len(claimed))]
    got, expected, error = (dict(zip(names, part, strict=True)) for part in (claimed, found.derivative, found.error))
    try:
        require_close(got, expected, error, "the derivative is")
    except Wrong as wrong:
        raise VjpError(f"{wrong}\nsharpness {found}") from None

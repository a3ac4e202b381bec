"""A gradient checker for any function."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.vjp import scales as scaled
from rnn_reference.numerics.vjp.calls import (
    Calls,
    not_finite,
    real_numbers,
    repeatable_claim,
    repeatable_value,
    require_same_claim,
    require_same_value,
)
from rnn_reference.numerics.vjp.judge import VjpCheck, judged, rounding_of_claim
from rnn_reference.numerics.vjp.outcomes import Blunt, NotDifferentiable, VjpError
from rnn_reference.numerics.vjp.progress import Counter, Progress
from rnn_reference.numerics.vjp.screen import screen
from rnn_reference.numerics.vjp.window import Point

__all__ = ["Blunt", "NotDifferentiable", "VjpCheck", "VjpError", "check_vjp"]


def check_vjp(
    f: Callable[..., Any],
    vjp: Callable[..., Any],
    *arrays: Any,
    cotangent: Any = None,
    seed: int = 0,
    progress: Progress = False,
) -> VjpCheck:
    """Check the vector-Jacobian product of any function, each element against its own error bound.

    ``f(*arrays)`` returns one array, of any shape. ``vjp(cotangent, *arrays)`` returns a tuple with the gradient of
    ``sum(cotangent * f(*arrays))`` with respect to each of ``arrays``, of the same shape; a single gradient need not be
    in a tuple. Without ``cotangent``, of the shape of ``f(*arrays)``, a random one is drawn from ``seed``. With
    ``progress=True`` lines on stderr tell the time left; a callable is called with the number of elements done, and of
    all.

    You need not choose a tolerance: the bound of an element is the truncation error of the extrapolation, plus the
    measured rounding of ``f`` and of ``vjp``. Method: central differences at twelve steps from half an element's size
    down, extrapolated (Richardson; Neville's table); rounding by sixth differences (J. J. Moré and S. M. Wild, SIAM J.
    Sci. Comput. 33, 2011). The cost is 24 calls of ``f`` for each element, and some hundred: use it for thousands of
    elements, not millions.

    Returns the derivative, the error bounds, and the number of calls of ``f``. Raises

    - VjpError if the claim and the derivative disagree, or the claim is not finite or not the same twice;
    - NotDifferentiable if ``f`` has a kink at an element, or too near to see its slope;
    - Blunt if an error of 1 % would not have been seen;
    - TypeError for anything but arrays of real numbers (a masked array too), and ValueError if an array or ``f`` is not
      finite, ``f`` is not repeatable, or not defined near the arrays.

    The first three are AssertionErrors; only VjpError says that the claim is wrong.
    """
    inputs = [real_numbers(f"arrays[{i}]", array) for i, array in enumerate(arrays)]
    for i, array in enumerate(inputs):
        _require_finite(f"arrays[{i}]", array)
    calls = Calls(f, vjp)
    start = time.monotonic()
    value = repeatable_value(calls, inputs)
    seconds = (time.monotonic() - start) / calls.count
    weights = _weights(cotangent, value, seed)
    point = Point(calls, inputs, value, weights)
    claimed = repeatable_claim(calls, weights, inputs, _elsewhere(inputs))
    with np.errstate(all="ignore"):  # inf and NaN on the way are looked for
        own = [rounding_of_claim(point, i, claim, 0) for i, claim in enumerate(claimed)]
        screen(point, claimed, own, seed)
        counter = Counter(progress, sum(array.size for array in inputs), seconds)
        found = [scaled.measured(point, i, claimed[i], counter) for i in range(len(inputs))]
        require_same_value(calls, inputs, value)
        require_same_claim(calls, weights, inputs, claimed)
        return judged(point, claimed, found, own)


def _require_finite(name: str, array: Array) -> None:
    wrong = not_finite(name, array)
    if wrong:
        raise ValueError(f"check_vjp: {wrong}: no derivative can be taken")


def _weights(cotangent: Any, value: Array, seed: int) -> Array:
    if cotangent is None:
        return np.random.default_rng(seed).standard_normal(value.shape)
    weights = real_numbers("cotangent", cotangent)
    if weights.shape != value.shape:
        raise ValueError(f"check_vjp: cotangent must have the shape of f(*arrays), {value.shape}, got {weights.shape}")
    _require_finite("cotangent", weights)
    if weights.size and not np.any(weights):
        raise ValueError("check_vjp: cotangent is zero everywhere: every gradient would be zero")
    return weights


def _elsewhere(inputs: Sequence[Array]) -> list[Array]:
    """Returns other arrays nearby."""
    rng = np.random.default_rng(0)
    return [(a + rng.uniform(0.01, 0.02, a.shape) * scaled.scales(a)).astype(a.dtype) for a in inputs]

"""The verdict on a claimed product: wrong, no derivative, too little seen, or a pass."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.compare import require_close
from rnn_reference.numerics.noise import noise_nearby
from rnn_reference.numerics.vjp.calls import place
from rnn_reference.numerics.vjp.limits import SAFETY
from rnn_reference.numerics.vjp.outcomes import Blunt, NotDifferentiable, VjpError
from rnn_reference.numerics.vjp.scales import Measured, floor_of, scales
from rnn_reference.numerics.vjp.window import HALF, Point
from rnn_reference.outcomes import Wrong

SHIFTS = (0, -12, -24, -36, -48, -1000)
"""Exponents of the distances at which the rounding of a claim is measured, while it is the larger part of a bound."""


class VjpCheck(NamedTuple):
    """The result of ``check_vjp``: the derivative by differences, and a bound on its distance to the claimed one."""

    derivative: tuple[Array, ...]
    error: tuple[Array, ...]
    evaluations: int

    @property
    def smallest_error_seen(self) -> float:
        """A larger error than this, in any element, would have been seen."""
        return max((float(e[np.isfinite(e)].max(initial=0.0)) for e in self.error), default=0.0)

    def __str__(self) -> str:
        return f"would have seen an error of {self.smallest_error_seen:.0e} in any element"


class _Known(NamedTuple):
    """The error bounds of one array, flat, with that of the claim's rounding among them, and what is known well."""

    error: Array
    own: Array
    good: Array


def judged(point: Point, claimed: Sequence[Array], found: Sequence[Measured], own: Sequence[Array]) -> VjpCheck:
    """Returns the result. Raises VjpError, NotDifferentiable or Blunt if there is no pass."""
    effect = max((_largest(abs(g) * scales(a)) for g, a in zip(claimed, point.inputs, strict=True)), default=0.0)
    errors, unknown, blunt = [], [], []
    for i, (claim, one) in enumerate(zip(claimed, found, strict=True)):
        known = _known(point, i, claim, one, own[i], effect / scales(point.inputs[i]).ravel())
        names = [place(f"arrays[{i}]", tuple(map(int, index))) for index in np.ndindex(claim.shape)]
        dull = [int(n) for n in np.flatnonzero(~known.good)]
        unknown += [f"{names[n]}: {_sides(one.slopes[n])}" for n in dull if n in one.slopes]
        unseen = f"an error of {100 * bar_of(one.unit):.0f} % would not have been seen"
        blunt += [f"{unseen}: {names[n]}: {_reason(one, known, n)}" for n in dull if n not in one.slopes]
        error = known.error * (2 if one.unit > HALF else 1)
        error[[n for n in dull if n in one.slopes]] = np.inf
        errors.append(error.reshape(claim.shape))
    derivative = tuple(one.limit.value.reshape(claim.shape) for one, claim in zip(found, claimed, strict=True))
    result = VjpCheck(derivative, tuple(errors), point.calls.count)
    named = [{f"gradient {i}": a for i, a in enumerate(part)} for part in (claimed, derivative, errors)]
    got, expected, bound = named
    require_claim(got, expected, bound, f"sharpness {result}")
    if unknown:
        raise NotDifferentiable(f"f is not differentiable here, or too near: {_first(unknown)}")
    if blunt:
        raise Blunt(_first(blunt))
    return result


def _known(point: Point, i: int, claim: Array, one: Measured, own: Array, effect: Array) -> _Known:
    """Returns the bounds. The rounding of the claim is measured again, nearer, while it makes them wide."""
    for shift in SHIFTS:
        if shift:
            own = np.minimum(own, rounding_of_claim(point, i, claim, shift))
        of_claim = SAFETY * own.ravel()
        error = one.limit.cut_off + SAFETY * one.limit.rounding + of_claim
        good = sharp(one, claim.ravel(), error, of_claim, effect)
        all_noise = np.any(claim != 0) and np.all(abs(claim.ravel()) <= of_claim)
        if not all_noise and np.all(good | (of_claim < error / 2)):
            break
    return _Known(error, of_claim, good)


def _largest(array: Array) -> float:
    return float(array.max(initial=0.0))


def _sides(slopes: tuple[float, float]) -> str:
    return f"the slope is {slopes[0]:.6g} below and {slopes[1]:.6g} above"


def _reason(one: Measured, known: _Known, n: int) -> str:
    value, cut_off, rounding = (float(part[n]) for part in one.limit)
    if not np.isfinite(cut_off):
        return "the differences do not settle at any step"
    parts = f"truncation {cut_off:.1g}, rounding of f {SAFETY * rounding:.1g}, rounding of vjp {known.own[n]:.1g}"
    return f"the derivative is {value:.3g} with an error bound of {known.error[n]:.1g} ({parts})"


def bar_of(unit: float) -> float:
    """Returns the relative error that a pass must have been able to see: 1 %; in float16 25 %."""
    return max(1e-2, 2.0**9 * unit)


def sharp(found: Measured, claimed: Array, error: Array, of_claim: Array, effect: Array) -> Array:
    """Returns which elements are known well enough: to 1 % of the derivative, which counts as at least ``floor_of``.

    Where all derivatives and claims are zero up to rounding, to 1e-4 of the function's own size, or of ``effect``, the
    derivative that would have the largest effect of any array.
    """
    seen = np.where(abs(found.limit.value) > error, abs(found.limit.value), 0.0)
    largest = _largest(np.maximum(seen, np.where(abs(claimed) > of_claim, abs(claimed), 0.0)))
    if largest == 0:
        exact = (claimed == 0) & ((found.size == 0) | (error - of_claim <= np.finfo(float).tiny))
        wanted = max(1e-4, 32 * found.unit) * np.maximum(found.size, effect)
        return np.asarray(exact | (error <= np.maximum(wanted, np.finfo(float).tiny)))
    return np.asarray(error <= bar_of(found.unit) * np.maximum(abs(found.limit.value), floor_of(found.unit) * largest))


def rounding_of_claim(point: Point, which: int, claim: Array, shift: int) -> Array:
    """Returns the rounding of a claimed gradient, measured where all arrays move by ``2**shift`` of their scale.

    The cotangent moves too: the rounding of a constant gradient shows only so.
    """

    def gradient(arrays: Sequence[Array]) -> Array | None:
        found = point.calls.claim_nearby(arrays[0], arrays[1:])
        return None if found is None else found[which]

    moving = [np.maximum(scales(a, shift), 2.0**-10 * abs(a.astype(float)) * (shift < -100)) for a in point.inputs]
    return noise_nearby(gradient, [point.weights, *point.inputs], [scales(point.weights), *moving], claim).rms


def require_claim(got: dict[str, Array], expected: dict[str, Array], error: dict[str, Array], after: str) -> None:
    """Raise VjpError, with ``after`` as its last line, unless the claim is within the bounds."""
    try:
        require_close(got, expected, error, "the derivative is")
    except Wrong as wrong:
        raise VjpError(f"{wrong}\n{after}") from None


def _first(texts: Sequence[str]) -> str:
    return texts[0] + (f"; and {len(texts) - 1} elements more" if len(texts) > 1 else "")

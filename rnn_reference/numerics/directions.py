"""The derivative of a loss along random directions, from a few calls of any forward function at one point.

A wrong gradient differs there, except for a direction to which its error is orthogonal. Nothing is assumed about the
function, unlike in ``injection``; so this decides if a gradient is the derivative of a forward function that is wrong.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.elementwise import Inputs, moved_inputs, states_of
from rnn_reference.numerics.extrapolation import STEPS, extrapolated
from rnn_reference.numerics.injection import MOVES
from rnn_reference.numerics.moved import Forward, ForwardCall, Tensors
from rnn_reference.numerics.stochastic import SAFETY

DIRECTIONS = 2
"""The number of random directions. In each, every input moves."""

SEEN = 0.01
"""A bound above this part of a slope's size is too wide: a wrong gradient of one input might not show."""


FIRM = 4.0
"""Beyond this many bounds it is no derivative. At kinks, as of a clipped state, a bound may be 2 times too small."""


class Claim(NamedTuple):
    """Gradients that may be the derivative of a forward function at ``run``.

    ``cotangents`` and ``rounding`` have an array for each state; ``rounding`` is the effect of rounding on it (rms).
    ``gradients`` have the names of the inputs with a ``d`` before them. ``tolerance`` is that of the gradients.
    ``weights`` are the parameters with a gradient. ``u`` is the unit roundoff of the function.
    """

    forward: Forward
    run: ForwardCall
    cotangents: Tensors
    rounding: Tensors
    gradients: Tensors
    tolerance: Tensors
    weights: Sequence[str]
    u: float

    @property
    def inputs(self) -> Inputs:
        """The inputs with a claimed gradient, by name."""
        every = moved_inputs(self.run, self.weights)
        return {name: value for name, value in every.items() if f"d{name}" in self.gradients}


class Slope(NamedTuple):
    """The derivative of the loss along one direction, a bound on its error, and the claimed derivative."""

    value: float
    bound: float
    claimed: float

    @property
    def off(self) -> float:
        """The distance of the claimed derivative."""
        return abs(self.claimed - self.value)


def is_derivative_along(claim: Claim) -> bool | None:
    """True if the gradients are the derivative along random directions, False if they are not.

    None between the two, and if a bound is too wide to have seen an error of 1 % in the gradient of one input.
    """
    if any(claim.gradients[f"d{name}"].shape != value.shape for name, value in claim.inputs.items()):
        return False
    slopes = list(slopes_along(claim))
    if not all(slope.off <= FIRM * slope.bound for slope in slopes):
        return False
    sizes = [float(np.sqrt(np.mean(claim.gradients[f"d{name}"] ** 2))) for name in claim.inputs]
    smallest = min(filter(None, sizes), default=0.0)
    return True if all(slope.off <= slope.bound <= SEEN * smallest for slope in slopes) else None


def slopes_along(claim: Claim) -> Iterator[Slope]:
    """Yields the slope along each random direction. The move of each input has the length 1."""
    inputs = moved_inputs(claim.run, claim.weights)
    states = states_of(claim.forward, claim.run, list(claim.cotangents))
    cotangent = np.concatenate(list(claim.cotangents.values()))
    lost = _lost(claim, cotangent)
    rng = np.random.default_rng(0)
    for _ in range(DIRECTIONS):
        v = {name: _unit(rng, value) for name, value in claim.inputs.items()}
        moved = [{**inputs, **{name: inputs[name] + move * v[name] for name in v}} for move in MOVES]
        limit = extrapolated(_differences(states(moved), cotangent), lost)
        allowed = np.sqrt(sum(np.sum((claim.tolerance[f"d{name}"] * v[name]) ** 2) for name in v))
        bound = limit.cut_off + SAFETY * (limit.rounding + allowed)
        claimed = sum(float(np.sum(claim.gradients[f"d{name}"] * v[name])) for name in v)
        yield Slope(float(limit.value), float(bound), claimed)


def _unit(rng: np.random.Generator, array: Array) -> Array:
    v = rng.standard_normal(array.shape)
    return np.asarray(v / np.sqrt(np.sum(v**2)))


def _lost(claim: Claim, cotangent: Array) -> Array:
    """Returns the effect of rounding on each difference (rms), of the states and of the moved inputs."""
    rounding = np.concatenate([claim.rounding[s] for s in claim.cotangents])
    moved = (np.sum((claim.u * value * claim.gradients[f"d{name}"]) ** 2) for name, value in claim.inputs.items())
    return np.asarray(np.sqrt((np.sum((cotangent * rounding) ** 2) + sum(moved)) / 2) / STEPS)


def _differences(out: Sequence[Array], cotangent: Array) -> Array:
    """Returns the central difference of the loss at each of ``STEPS``."""
    pairs = zip(out[: len(STEPS)], out[len(STEPS) :], STEPS, strict=True)
    return np.array([np.sum(cotangent * (up - down)) / (2 * step) for up, down, step in pairs])

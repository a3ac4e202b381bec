"""A wrong product found in a few random directions, before each element is looked at.

The derivative in a direction is one number, for a few calls. Where it differs from the claim, halves of the direction
lead to one element. This only finds an element to look at: it neither passes nor refuses a claim.
"""

from collections.abc import Sequence

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.extrapolation import STEPS, extrapolated
from rnn_reference.numerics.noise import Noise, noise_nearby
from rnn_reference.numerics.vjp.calls import place
from rnn_reference.numerics.vjp.judge import require_claim
from rnn_reference.numerics.vjp.limits import SAFETY, error_of, limits
from rnn_reference.numerics.vjp.scales import exponents, scales
from rnn_reference.numerics.vjp.window import FEWEST, HALF, Point, differences

FEW = 100
"""Up to this many elements, no random direction is tried first: the message then counts all wrong elements."""

DIRECTIONS = 3
TIMES = 4.0
"""A direction leads to an element if its error is this many times the bound."""

Directions = list[Array]


def screen(point: Point, claimed: Sequence[Array], own: Sequence[Array], seed: int) -> None:
    """Raise VjpError if a random direction leads to an element whose claim is wrong. Few elements are not screened."""
    if sum(array.size for array in point.inputs) <= FEW:
        return
    noise = noise_nearby(point.calls.nearby, point.inputs, [scales(a) for a in point.inputs], point.value)
    where = None if noise.unit > HALF else suspect(point, claimed, own, noise, seed)
    if where is None:
        return
    which, number = where
    index = tuple(int(k) for k in np.unravel_index(number, point.inputs[which].shape))
    one = differences(point, which, index, int(exponents(point.inputs[which])[index]), noise)
    if one is None or one.slopes is not None or one.rough:
        return
    limit = limits([one])
    error = np.asarray(error_of(limit, 0) + SAFETY * own[which][index])
    name = place(f"gradient {which}", index)
    claim, derivative = np.asarray(claimed[which][index]), np.asarray(limit.value[0])
    require_claim(
        {name: claim}, {name: derivative}, {name: error}, "found in a random direction; no other was looked at"
    )


def suspect(
    point: Point, claimed: Sequence[Array], own: Sequence[Array], noise: Noise, seed: int
) -> tuple[int, int] | None:
    """Returns an element whose claim is probably wrong: its array, and its number in the array. None if none shows."""
    rng = np.random.default_rng(seed)
    for _ in range(DIRECTIONS):
        direction = [scales(a) * rng.choice([-1.0, 1.0], a.shape) for a in point.inputs]
        if _excess(point, claimed, own, noise, direction) > TIMES:
            return _narrowed(point, claimed, own, noise, direction)
    return None


def _narrowed(
    point: Point, claimed: Sequence[Array], own: Sequence[Array], noise: Noise, direction: Directions
) -> tuple[int, int]:
    """Returns the element that is left after the half with the larger error was taken again and again."""
    numbers = np.arange(sum(a.size for a in direction))
    while len(numbers) > 1:
        halves = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
        excess = [_excess(point, claimed, own, noise, _only(direction, half)) for half in halves]
        numbers = halves[int(np.argmax(excess))]
    number = int(numbers[0])
    for which, array in enumerate(direction):
        if number < array.size:
            return which, number
        number -= array.size
    raise AssertionError("the number is beyond the last array")


def _only(direction: Directions, numbers: Array) -> Directions:
    """Returns the direction with zeros except at these elements."""
    flat = np.concatenate([a.ravel() for a in direction])
    kept = np.zeros_like(flat)
    kept[numbers] = flat[numbers]
    ends = np.cumsum([a.size for a in direction])[:-1]
    return [part.reshape(a.shape) for part, a in zip(np.split(kept, ends), direction, strict=True)]


def _excess(point: Point, claimed: Sequence[Array], own: Sequence[Array], noise: Noise, direction: Directions) -> float:
    """Returns the error of the claim in a direction, in units of its bound; 0 if ``f`` is not defined there."""
    rows: list[tuple[float, float]] = []
    first = 0
    for k, step in enumerate(STEPS):
        ends = [
            [np.asarray(a + sign * step * d).astype(a.dtype) for a, d in zip(point.inputs, direction, strict=True)]
            for sign in (1, -1)
        ]
        up, down = (point.calls.nearby(end) for end in ends)
        if up is None or down is None:
            first, rows = k + 1, []
            continue
        widths = [u.astype(float) - d.astype(float) for u, d in zip(*ends, strict=True)]
        with np.errstate(all="ignore"):
            change = np.sum(point.weights * (up.astype(float) - down.astype(float)))
            expected = sum(float(np.sum(g * w)) for g, w in zip(claimed, widths, strict=True))
            r = point.weights * np.maximum(noise.rms, noise.unit * np.maximum(abs(up), abs(down)))
            rows.append((float(change - expected) / (2 * step), float(np.sqrt(np.sum(r**2) / 2)) / step))
    residual = np.array(rows)
    if len(rows) < FEWEST or not np.all(np.isfinite(residual)):
        return 0.0
    by = float(abs(residual).max()) or 1.0
    limit = extrapolated(residual[:, 0] / by, residual[:, 1] / by, STEPS[first:])
    of_claim = float(np.sqrt(sum(float(np.sum((o * d) ** 2)) for o, d in zip(own, direction, strict=True))))
    bound = float(limit.cut_off + SAFETY * limit.rounding) + SAFETY * of_claim / by
    return float(abs(float(limit.value)) / max(bound, 1e-300))

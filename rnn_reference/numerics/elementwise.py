"""Numerical derivatives that presume nothing: each element is moved by itself. Slow, and good for any function."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rnn_reference.arrays import Array, Parameters
from rnn_reference.numerics.extrapolation import STEPS, Limit, extrapolated
from rnn_reference.numerics.injection import MOVES, Derivative, Forward, bound


def by_element(
    forward: Forward, x: Array, a0: Array, parameters: Parameters, da: Array, a_rounding: Array
) -> Derivative:
    """The same for any forward pass at all: every element of every input moved by itself, two calls a step."""

    def moved(several: list[dict[str, Array]]) -> Sequence[Array]:
        return forward([(inputs["x"], inputs["a0"], {**parameters, **weights(inputs)}) for inputs in several])

    def weights(inputs: Mapping[str, Array]) -> dict[str, Array]:
        return {name: inputs[name] for name in ("Wax", "Waa", "ba")}

    inputs = {"x": x, "a0": a0, **{name: parameters[name] for name in ("Wax", "Waa", "ba")}}
    limits = {f"d{name}": one_by_one(moved, inputs, name, da, a_rounding) for name in inputs}
    errors = {name: bound(limit.cut_off, limit.rounding) for name, limit in limits.items()}
    return Derivative({name: limit.value for name, limit in limits.items()}, errors)


def one_by_one(
    f: Callable[[list[dict[str, Array]]], Sequence[Array]],
    inputs: Mapping[str, Array],
    name: str,
    cotangent: Array,
    rounding: Array,
    indices: list[tuple[int, ...]] | None = None,
) -> Limit:
    """The derivative of ``sum(cotangent * f([inputs])[0])`` with respect to the elements of ``inputs[name]``.

    ``f`` gives one output for each inputs in a list. ``rounding`` says by how much rounding moves each element of
    one (rms). With ``indices``, of those elements alone, as a flat array.
    """
    array = inputs[name]
    places = list(np.ndindex(array.shape)) if indices is None else indices
    differences = np.empty((len(STEPS), len(places)))
    for number, index in enumerate(places):
        moved = [array.copy() for _ in MOVES]
        for move, one in zip(MOVES, moved, strict=True):
            one[index] += move
        out = f([{**inputs, name: one} for one in moved])
        for k, (up, down) in enumerate(zip(range(len(STEPS)), range(len(STEPS), len(MOVES)), strict=True)):
            width = moved[up][index] - moved[down][index]
            differences[k, number] = np.sum(cotangent * (out[up] - out[down])) / width
    noise = np.sqrt(np.sum((cotangent * rounding) ** 2) / 2) / STEPS[:, None]
    limit = extrapolated(differences, noise)
    return limit if indices is not None else Limit(*(part.reshape(array.shape) for part in limit))

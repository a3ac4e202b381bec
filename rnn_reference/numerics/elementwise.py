"""Numerical derivatives without assumptions: each element is moved separately. Slow, but works for any function."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.extrapolation import STEPS, Limit, extrapolated
from rnn_reference.numerics.injection import MOVES, Derivative, bound
from rnn_reference.numerics.moved import Forward, ForwardCall, Point, Tensors

Inputs = dict[str, Array]


def by_element(
    forward: Forward, run: ForwardCall, cotangents: Tensors, rounding: Tensors, weights: Sequence[str]
) -> Derivative:
    """Returns the gradients of any forward function: each element of each input is moved separately, up and down.

    ``weights`` are the parameters with a gradient. The other arguments are those of ``by_injection``.
    """
    return _of_inputs(moved_inputs(run, weights), forward, run, cotangents, rounding)


def with_other_maps(found: Derivative, forward: Forward, point: Point, rounding: Tensors) -> Derivative:
    """Returns the gradients of ``by_injection``, and those of the parameters of maps that do not read the input.

    No injection reaches these maps: each element of their parameters is moved separately.
    """
    names = [name for of in point.affine.maps.values() if not of.reads("x") for name in of.parameters]
    if not names:
        return found
    inputs = {name: point.run.parameters[name] for name in names}
    others = _of_inputs(inputs, forward, point.run, point.cotangents, rounding)
    return found._replace(value={**found.value, **others.value}, error={**found.error, **others.error})


def _of_inputs(
    inputs: Inputs, forward: Forward, run: ForwardCall, cotangents: Tensors, rounding: Tensors
) -> Derivative:
    states = states_of(forward, run, list(cotangents))
    every = moved_inputs(run, ()) | inputs
    together, noise = (np.concatenate([table[s] for s in cotangents]) for table in (cotangents, rounding))
    limits = {f"d{name}": one_by_one(states, every, name, together, noise) for name in inputs}
    errors = {name: bound(limit.cut_off, limit.rounding) for name, limit in limits.items()}
    return Derivative({name: limit.value for name, limit in limits.items()}, errors)


def moved_inputs(run: ForwardCall, weights: Sequence[str]) -> Inputs:
    """Returns every array of a call that has a gradient, by name: ``x``, ``a0``, the weights."""
    initial = {f"{s}0": state for s, state in run.initial.items()}
    return {"x": run.x, **initial, **{name: run.parameters[name] for name in weights}}


def states_of(forward: Forward, run: ForwardCall, names: Sequence[str]) -> Callable[[list[Inputs]], Sequence[Array]]:
    """Returns the forward function as a function of such arrays. It returns all states stacked in one array."""

    def call(inputs: Inputs) -> ForwardCall:
        initial = {s: inputs[f"{s}0"] for s in run.initial}
        own = {name: inputs[name] for name in run.parameters if name in inputs}
        return ForwardCall(inputs["x"], initial, {**run.parameters, **own})

    def states(several: list[Inputs]) -> list[Array]:
        return [np.concatenate([found[s] for s in names]) for found in forward([call(inputs) for inputs in several])]

    return states


def one_by_one(
    f: Callable[[list[Inputs]], Sequence[Array]],
    inputs: Mapping[str, Array],
    name: str,
    cotangent: Array,
    rounding: Array,
    indices: list[tuple[int, ...]] | None = None,
) -> Limit:
    """Returns the derivative of ``sum(cotangent * f([inputs])[0])`` with respect to the elements of ``inputs[name]``.

    ``f`` takes a list of inputs and returns one output for each. ``rounding`` is the effect of rounding on each element
    of an output, as a root mean square (rms). With ``indices``, the result is a flat array for these elements only.
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

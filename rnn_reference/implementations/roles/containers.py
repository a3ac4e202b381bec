"""Makes the object that holds the weights, with given weights in it: from sizes, from the weights, or by a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.making import made, seeded, weight_arguments
from rnn_reference.implementations.roles.names import role_named
from rnn_reference.implementations.roles.places import Path, text_of
from rnn_reference.implementations.roles.slots import slots_of
from rnn_reference.implementations.roles.tensors import in_precision, is_torch, numbers
from rnn_reference.implementations.roles.weights import Place, Weights, weights_in

Sizes = Mapping[str, int]
Parameters = Mapping[str, Array]

WAYS = tuple(product((True, False), (1, 2), (False, True)))
"""For weights as arguments: whether they are transposed, the axes of the bias, and whether Waa is transposed alone."""


@dataclass(frozen=True)
class Container:
    """How an object with given weights is made.

    ``arguments``: the weights are arguments of its constructor. ``torch``: its weights are tensors of torch.
    """

    make: Callable[..., Any]
    weights: Weights
    arguments: tuple[Place, ...] = ()
    torch: bool = False

    def holds(self, path: Path) -> bool:
        """True if the value at a path of the object is one of its weights."""
        return text_of(path[1:]).lstrip(".") in {place.path for place in self.weights.places}

    def holding(self, parameters: Parameters, sizes: Sizes) -> Any:
        """Returns an object for these sizes with these weights in it."""
        if self.arguments:
            return seeded(lambda: made(self.make, sizes, {one.path: one.theirs(parameters) for one in self.arguments}))
        net = in_precision(seeded(lambda: made(self.make, sizes)), parameters["Wax"].dtype)
        self.weights.put(slots_of(net), parameters)
        return net


def containers(make: Callable[..., Any], sizes: Sizes) -> Iterator[Container]:
    """Yields the ways to make an object that holds weights. Raises whatever the constructor raises."""
    named = weight_arguments(make)
    if not named:
        net = seeded(lambda: made(make, sizes))
        slots = {slot.path: slot for slot in slots_of(net)}
        for weights in weights_in({path: slot.array.shape for path, slot in slots.items()}, sizes):
            in_torch = any(is_torch(slots[place.path].value) for place in weights.places)
            yield Container(make, weights, torch=in_torch)
        return
    drawn = np.random.default_rng(0)
    shapes_of = {"Wax": ("n_a", "n_x"), "Waa": ("n_a", "n_a"), "Wya": ("n_y", "n_a"), "ba": ("n_a",), "by": ("n_y",)}
    values = {role: drawn.standard_normal([sizes[axis] for axis in axes]) for role, axes in shapes_of.items()}
    values |= {name: values[name].reshape(-1, 1) for name in ("ba", "by")}
    for transposed, axes, alone in WAYS:
        places: list[Place] = []
        for name in named:
            role = next((r for r in role_named(name) if r not in {p.role for p in places}), "")
            turned = transposed != (alone and role == "Waa")
            shape = (1,) if role in ("ba", "by", "ba2") and axes == 1 else (1, 1)
            places.append(Place(name, role, turned, shape))
        yield from _with_arguments(make, sizes, tuple(places), values)


def _with_arguments(
    make: Callable[..., Any], sizes: Sizes, places: tuple[Place, ...], values: Parameters
) -> Iterator[Container]:
    """Yields the container for weights as arguments, if the object keeps them."""
    net = seeded(lambda: made(make, sizes, {one.path: one.theirs(values) for one in places}))
    kept = []
    for place in places:
        own = place.theirs(values)
        slot = next(
            (s for s in slots_of(net) if s.array.shape == own.shape and np.array_equal(numbers(s.value), own)), None
        )
        if slot is None:
            return
        kept.append(Place(slot.path, place.role, place.transposed, own.shape))
    yield Container(make, Weights(tuple(kept)), places)

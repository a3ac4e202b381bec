"""Gradients from a graph of torch, for a network without a backward function of its own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.forms import handed, taken
from rnn_reference.implementations.roles.gradients import WANTED
from rnn_reference.implementations.roles.running import Handing, Raw
from rnn_reference.implementations.roles.slots import slots_of
from rnn_reference.implementations.roles.states import Found
from rnn_reference.implementations.roles.tensors import is_torch
from rnn_reference.implementations.roles.weights import Place


class Leaves(NamedTuple):
    """What a call is differentiated by, and of what: the weights, the input and the state; the states or the last."""

    places: tuple[Place, ...]
    handing: Handing
    states: Found
    last: bool


def records(values: list[Any]) -> bool:
    """True if values are tensors with a graph behind them."""
    return all(is_torch(value) and value.requires_grad for value in values)


def gradients_of_graph(raw: Raw, of: Leaves, da: Array) -> dict[str, Array]:
    """Returns the gradients of ``sum(da * a)``, by the document's names."""
    import torch

    n_a, m = da.shape[:2]
    states = of.states.raw(raw.source)
    a = torch.stack(states) if of.states.listed else states[0]
    slots = {slot.path: slot for slot in slots_of(raw.net)}
    weights = [slots[place.path].value for place in of.places]
    x, h = raw.given["x"], raw.given.get("h")
    inputs = list(x) if isinstance(x, list) else [x]
    start = [] if h is None else [h[0] if isinstance(h, tuple) else h]
    every = [*weights, *inputs, *start]
    cotangent = torch.tensor(_cotangent(of, da)).to(a.dtype)
    found = torch.autograd.grad(a, every, cotangent, allow_unused=True, retain_graph=True)
    numbers = [np.zeros(one.shape) if g is None else g.numpy() for g, one in zip(found, every, strict=True)]
    gradients: dict[str, Array] = {}
    for place, value in zip(of.places, numbers, strict=False):
        gradients |= place.ours(value, n_a)
    form, own = of.handing.x, numbers[len(weights) : len(weights) + len(inputs)]
    listed = form.startswith("T,")
    gradients["dx"] = np.stack([taken(one, form[2:], m) for one in own], axis=2) if listed else taken(own[0], form, m)
    if start:
        gradients["da0"] = taken(numbers[-1], of.handing.h.strip("()"), m)
    return {name: value for name, value in gradients.items() if name in WANTED}


def _cotangent(of: Leaves, da: Array) -> Array:
    """Returns the cotangent in the form of the states; zero for an initial state among them."""
    own = da[:, :, -1] if of.last and "T" not in of.states.form and not of.states.listed else da
    if of.states.before:
        zero = np.zeros((*own.shape[:2], 1))
        own = np.concatenate([zero, own] if of.states.before == "first" else [own, zero], axis=2)
    made = handed(own, f"T,{of.states.form}" if of.states.listed else of.states.form)
    return np.stack(made) if isinstance(made, list) else np.asarray(made)

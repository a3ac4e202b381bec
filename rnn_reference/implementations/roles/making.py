"""Makes an object of a class for given sizes, or for given weights, from the names of its constructor's arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.names import NETWORK, is_one_of, plain, role_named, size_named

Sizes = Mapping[str, int]
BY_ORDER = ("n_x", "n_a", "n_y")
"""The sizes of a constructor whose arguments have no names of the field, in order."""


def arguments_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Returns the named arguments of a function or class, without ``self``; empty if they are not known."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [one for one in found if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]


def made(make: Callable[..., Any], sizes: Sizes, weights: Mapping[str, Array] | None = None) -> Any:
    """Returns an object for these sizes. ``weights`` has an array for each argument that is a weight, by its name."""
    keywords: dict[str, Any] = {}
    unnamed = iter(BY_ORDER)
    for one in arguments_of(make):
        required = one.default is one.empty
        size = size_named(one.name)
        if weights is not None and one.name in weights:
            keywords[one.name] = weights[one.name]
        elif size and (required or isinstance(one.default, int | None)):
            keywords[one.name] = sizes["n_x" if size == "vocabulary" else size]
        elif one.default is None and "shape" in one.name:
            keywords[one.name] = _value_for(one.name, sizes, unnamed)
        elif one.name == "stateful" and one.default is False:
            keywords[one.name] = True
        elif required:
            keywords[one.name] = _value_for(one.name, sizes, unnamed)
    return prepared(make(**keywords), sizes)


def _value_for(name: str, sizes: Sizes, unnamed: Any) -> Any:
    """Returns a value for a required argument that is neither a size nor a weight."""
    lower = name.lower()
    if "activation" in lower or "nonlin" in lower:
        return "tanh"
    if is_one_of(name, ("learningrate", "lr", "alpha", "eta")) or "rate" in lower:
        return 1e-3
    if "seed" in lower:
        return 0
    if "shape" in lower:
        return (sizes["T_x"], sizes["n_x"])
    return sizes[next(unnamed, "n_y")]


def prepared(thing: Any, sizes: Sizes, depth: int = 2) -> Any:
    """Returns an object whose weights exist: some are made by a method of their own, when the sizes are known."""
    if isinstance(thing, type) or not hasattr(thing, "__dict__") or depth == 0:
        return thing
    own = vars(thing)
    for name, value in own.items():
        size = size_named(name)
        if value is None and size in ("n_x", "n_y", "m", "T_x"):
            own[name] = sizes[size]
        elif type(value).__module__ == type(thing).__module__:
            prepared(value, sizes, depth - 1)
    for name in dir(type(thing)):
        if plain(name) in PREPARING:
            method = getattr(thing, name)
            needed = [one for one in arguments_of(method) if one.default is one.empty]
            if not needed:
                method()
            elif [plain(one.name) for one in needed] == ["optimizer"]:
                method(Optimizer())
    return thing


PREPARING = ("initialize", "initparams", "build", "initweights", "initializeweights", "initparameters")
"""Methods that make the weights."""


class Optimizer:
    """An optimizer whose step is the gradient itself: what a backward pass hands to it can be read from the weights."""

    def update(self, weights: Any, gradient: Any) -> Any:
        """Returns the weights after a step."""
        return weights - step_of(weights.dtype) * gradient


def step_of(dtype: Any) -> float:
    """Returns the size of a step in a precision: so large that the weights do not round the gradients."""
    return 2.0**120 if np.dtype(dtype).itemsize >= 8 else 2.0**40


def weight_arguments(make: Callable[..., Any]) -> tuple[str, ...]:
    """Returns the names of a constructor's required arguments, if all of them are weights: ``Wx, Wh, b``."""
    required = [one.name for one in arguments_of(make) if one.default is one.empty]
    found = tuple(name for name in required if role_named(name) and not size_of_its_own(name))
    return found if found and len(found) == len(required) and len(found) >= 2 else ()


def size_of_its_own(name: str) -> bool:
    """True for a name that rather means a size or a network, such as ``h`` or ``v``, than a weight."""
    return bool(size_named(name)) or is_one_of(name, NETWORK)


def vocabulary_in(make: Callable[..., Any]) -> bool:
    """True if a constructor has one size for the input and the output."""
    return any(size_named(one.name) == "vocabulary" for one in arguments_of(make))


def seeded(make: Callable[[], Any]) -> Any:
    """Returns what ``make`` makes, with numpy's global generator as it was before."""
    state = np.random.get_state()
    try:
        return make()
    finally:
        np.random.set_state(state)

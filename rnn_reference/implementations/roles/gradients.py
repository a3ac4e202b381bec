"""Finds the gradients after a backward pass: in its result, in its object, or as the change of the weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.names import plain
from rnn_reference.implementations.roles.places import Path, at, text_of, walk
from rnn_reference.implementations.roles.states import Found, sequences_in, steps_in
from rnn_reference.implementations.roles.tensors import is_array, numbers
from rnn_reference.implementations.roles.weights import TOGETHER, Place, Weights

RESULT, OBJECT = "result", "net"
"""The two places where gradients lie: what was returned, and the object. Paths begin with one of them."""


@dataclass(frozen=True)
class Gradients:
    """Where each gradient is: of the weights by their places, of the input and of the initial state."""

    weights: Mapping[Place, Path]
    dx: Found | None = None
    dh: Found | None = None
    updates: bool = False

    @property
    def offered(self) -> tuple[str, ...]:
        """The names of the gradients that are there, as the document has them."""
        of_weights = {name for place in self.weights for name in _names(place)}
        own = {"dx": self.dx, "da0": self.dh}
        return (*(name for name, found in own.items() if found), *sorted(of_weights))

    def read(self, source: Mapping[str, Any], n_a: int, m: int) -> dict[str, Array]:
        """Returns the gradients, by the document's names."""
        found: dict[str, Array] = {}
        for place, path in self.weights.items():
            found |= place.ours(np.array(numbers(at(source, path)), dtype=float), n_a)
        if self.dx:
            found["dx"] = np.array(self.dx.read(source, m))
        if self.dh:
            found["da0"] = np.array(self.dh.read(source, m))
        return {name: value for name, value in found.items() if name in WANTED}

    def __str__(self) -> str:
        if self.updates:
            return "the gradients are the changes of the weights"
        return "; ".join(f"d{place.path} is {_said(path)}" for place, path in self.weights.items())


WANTED = ("dx", "da0", "dWax", "dWaa", "dba")


def _names(place: Place) -> tuple[str, ...]:
    roles = TOGETHER.get(place.role, (place.role,))
    return tuple(f"d{role}" for role in roles if f"d{role}" in WANTED)


def _said(path: Path) -> str:
    where, *rest = path
    return f"{text_of(tuple(rest))} of the result" if where == RESULT else text_of(tuple(rest)).lstrip(".")


def gradients_in(
    source: Mapping[str, Any], weights: Weights, own: Sequence[str], sizes: Mapping[str, int], known: Sequence[Path]
) -> Gradients:
    """Returns where the gradients are. ``own`` has the paths of the weights, ``sizes`` are n_x, n_a, m and T.

    ``known`` are the paths of something else, such as states.
    """
    arrays = [
        (path, numbers(value))
        for path, value in walk(source, depth=5)
        if is_array(value) and path[0] in (RESULT, OBJECT)
    ]
    arrays = [(path, value) for path, value in arrays if path[0] == RESULT or _text(path) not in own]
    found: dict[Place, Path] = {}
    for place in weights.places:
        fitting = [(path, value) for path, value in arrays if _fits(value, place, weights, source)]
        fitting = [one for one in fitting if one[0] not in found.values()]
        best = next(_best(fitting, place), None)
        if best is not None and place.role != "ba2":
            found[place] = best
    used = {*found.values(), *known}
    x_sizes = {"n": sizes["n_x"], "m": sizes["m"], **({"T": sizes["T"]} if "T" in sizes else {})}
    h_sizes = {"n": sizes["n_a"], "m": sizes["m"]}
    inputs = sequences_in(source, x_sizes) if "T" in sizes else steps_in(source, x_sizes)
    dx = [one for one in inputs if _is_gradient(one.path, ("dx", "dxs", "dxt")) and one.path not in used]
    dh = [
        one
        for one in steps_in(source, h_sizes)
        if one.path not in used and _is_gradient(one.path, ("dh", "dhprev", "dh0"))
    ]
    return Gradients(found, next(iter(dx), None), next(iter(dh), None))


def _text(path: Path) -> str:
    return text_of(path[1:]).lstrip(".")


def _is_gradient(path: Path, names: Sequence[str]) -> bool:
    """True for a result, and for an attribute with the name of this gradient."""
    return path[0] == RESULT or plain(str(path[-1])) in names


def _fits(value: Array, place: Place, weights: Weights, source: Mapping[str, Any]) -> bool:
    wanted = at(source, ("shapes", place.path))
    return value.shape == wanted or bool(
        value.ndim == 2 and place.shape and len(place.shape) == 1 and 1 in value.shape and value.size == wanted[0]
    )


def _best(fitting: Sequence[tuple[Path, Array]], place: Place) -> Iterator[Path]:
    """Yields the path with the name of the weight's gradient, then those in the result, then those called gradients."""
    own = plain(place.path.rpartition(".")[2])
    wanted = {f"d{own}", f"grad{own}", f"{own}grad", f"dl{own}", f"d{own}s", f"delta{own}", f"dld{own}"}
    wanted |= {f"d{plain(place.path)}"}
    for path, _ in fitting:
        if plain(str(path[-1])) in wanted:
            yield path
    for path, _ in fitting:
        if any("grad" in plain(str(key)) for key in path[1:-1]) and _same_key(path[-1], place.path):
            yield path
    for path, _ in fitting:
        if path[0] == RESULT:
            yield path


def _same_key(key: Any, path: str) -> bool:
    """True if a key of gradients is that of the weight: ``grads[0]`` for ``params[0]``."""
    return path.endswith(f"[{key!r}]") or plain(str(key)).removeprefix("d") == plain(path.rpartition(".")[2])

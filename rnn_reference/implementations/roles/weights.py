"""Which array of an object is which weight, in which form: found by shapes at sizes that all differ, then by names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.names import WEIGHTS, place, plain, role_named
from rnn_reference.implementations.roles.slots import Slot

Parameters = Mapping[str, Array]
Sizes = Mapping[str, int]

TOGETHER = {"[h, x]": ("Waa", "Wax"), "[x, h]": ("Wax", "Waa")}
"""One weight for the state and the input together, by the order of its operands."""

ROLES = (*WEIGHTS, *TOGETHER)


@dataclass(frozen=True)
class Place:
    """A weight's name, its role, and its form: ``transposed`` against the document's, and its number of axes."""

    path: str
    role: str
    transposed: bool = False
    shape: tuple[int | str, ...] = ()

    def theirs(self, parameters: Parameters) -> Array:
        """Returns the array for this place, from the document's parameters."""
        if self.role == "ba2":
            own = np.zeros_like(parameters["ba"])
        elif self.role in TOGETHER:
            own = np.hstack([parameters[name] for name in TOGETHER[self.role]])
        else:
            own = parameters[self.role]
        own = own.T if self.transposed else own
        return own.reshape(-1) if len(self.shape) == 1 else own

    def ours(self, gradient: Array, n_a: int) -> dict[str, Array]:
        """Returns the document's gradients, from one of the form of this place. ``n_a`` is the size of the state."""
        if self.role in ("ba", "by", "ba2"):
            return {f"d{self.role}": np.asarray(gradient).reshape(-1, 1)}
        own = gradient.T if self.transposed else np.asarray(gradient)
        if self.role not in TOGETHER:
            return {f"d{self.role}": own}
        first, second = TOGETHER[self.role]
        end = n_a if first == "Waa" else own.shape[1] - n_a
        return {f"d{first}": own[:, :end], f"d{second}": own[:, end:]}

    def __str__(self) -> str:
        meant = {"ba2": "second bias"}.get(self.role, self.role)
        return f"{self.path} is {meant}{', transposed' if self.transposed and self.role not in ('ba', 'by') else ''}"


@dataclass(frozen=True)
class Weights:
    """The places of all weights of an object."""

    places: tuple[Place, ...]

    @property
    def roles(self) -> set[str]:
        """The roles that have a place; ``Wax`` and ``Waa`` for one weight that holds both."""
        return {role for one in self.places for role in TOGETHER.get(one.role, (one.role,))}

    @property
    def lacks(self) -> tuple[str, ...]:
        """The biases without a place. A network that makes no predictions has no use for theirs."""
        wanted = ("ba", "by") if "Wya" in self.roles else ("ba",)
        return tuple(name for name in wanted if name not in self.roles)

    def put(self, slots: Iterable[Slot], parameters: Parameters) -> None:
        """Put the parameters into an object with these slots."""
        by_path = {slot.path: slot for slot in slots}
        for one in self.places:
            slot = by_path[one.path]
            old = slot.value
            slot.put(one.theirs(parameters))
            for other in by_path.values():
                if other is not slot and other.value is old:
                    other.hold(slot.value)  # two places of one array stay one array

    def __str__(self) -> str:
        return "; ".join(map(str, self.places))


def weights_in(shapes: Mapping[str, tuple[int, ...]], sizes: Sizes) -> Iterator[Weights]:
    """Yields what arrays of these shapes, by name, may be. First comes what their names say.

    A state's weight is square: both its forms are tried, the form of its neighbour first.
    """
    forms = {path: list(_forms(path, shape, sizes)) for path, shape in shapes.items()}
    chosen = list(_chosen(forms))
    if not {"Wax", "Waa"} <= Weights(tuple(chosen)).roles:
        return
    rowwise = [one.transposed for one in chosen if one.role in ("Wax", *TOGETHER)]
    options: list[Sequence[Place]] = []
    for one in chosen:
        if one.role == "Waa":
            first = replace(one, transposed=rowwise[0])
            options.append([first, replace(first, transposed=not first.transposed)])
        elif one.role in TOGETHER:
            options.append([replace(one, role=role) for role in TOGETHER])
        elif one.role == "Wya" and sizes["n_y"] == sizes["n_a"]:
            options.append([replace(one, transposed=rowwise[0]), replace(one, transposed=not rowwise[0])])
        else:
            options.append([one])
    for places in product(*options):
        yield Weights(places)


def _forms(path: str, shape: tuple[int, ...], sizes: Sizes) -> Iterator[Place]:
    """Yields what an array may be by its shape."""
    n_x, n_a, n_y = sizes["n_x"], sizes["n_a"], sizes["n_y"]
    matrices = {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a), "[h, x]": (n_a, n_a + n_x)}
    for role, own in matrices.items():
        if shape == own:
            yield Place(path, role, False, shape)
        elif shape == own[::-1]:
            yield Place(path, role, True, shape)
    for role, n in {"ba": n_a, "ba2": n_a, "by": n_y}.items():
        if shape in ((n,), (n, 1), (1, n)):
            yield Place(path, role, shape == (1, n), shape)


def _chosen(forms: Mapping[str, Sequence[Place]]) -> Iterator[Place]:
    """Yields one place for each role: by its name if one has a name of the field, otherwise the only one of its shape.

    An array without a name that fits, beside one with such a name, is something else, such as the sum of squares of an
    optimizer.
    """
    taken: set[str] = set()
    for role in ROLES:
        candidates = [
            one for path, options in forms.items() if path not in taken for one in options if one.role == role
        ]
        names = {"ba", "ba2"} if role == "ba2" else {role}
        named = [one for one in candidates if names & set(role_named(one.path))]
        others = [one for one in candidates if not _is_else(one.path)] if role != "ba2" else []
        nameless = [one for one in others if not role_named(one.path)]
        found = sorted(named, key=lambda one: _rank(one, role)) or nameless or others
        if found:
            taken.add(found[0].path)
            yield found[0]


def _rank(one: Place, role: str) -> int:
    last = one.path.rpartition(".")[2]
    return min(place(word, WEIGHTS.get(role, ())) for word in (last, *one.path.split(".")))


def _is_else(path: str) -> bool:
    """True for arrays that are no weights, by their names: states, gradients and the memory of optimizers."""
    last = plain(path.rpartition(".")[2])
    return last in ELSE or (last[:1] in "dmv" and last[1:] in {n for names in WEIGHTS.values() for n in names})


ELSE = ("h", "s", "a", "hprev", "state", "states", "hidden", "x", "y", "grads", "grad", "lasth", "hs", "xs")

"""The description of a recurrent cell for the rest of the package: its arrays, its functions and its equations.

Everything else follows from the name, the states, the parameters and the affine maps of a cell: the names, arguments,
results and shapes of its functions; the problems; the arrays to move for a derivative; the tolerances; and the mistakes
that people can make in it. Only the folder of a cell uses its symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.arrays import Array, Shape
from rnn_reference.numerics.affine import Affine, Map

States: TypeAlias = tuple[Any, ...]
Kept: TypeAlias = Mapping[str, Any]
Step: TypeAlias = Callable[..., tuple[States, Kept]]
"""``step(affine, x, states) -> states, kept``: one step of the equations. ``kept`` has values for ``back``, by name."""
Back: TypeAlias = Callable[..., tuple[Any, States]]
"""``back(affine, dstates, states, states_before, kept) -> dx, dstates_before``."""

ACTIVATION, CELL_FORWARD, FORWARD, CELL_BACKWARD, BACKWARD = (
    "activation", "cell_forward", "forward", "cell_backward", "backward",
)  # fmt: skip
ROLES = (ACTIVATION, CELL_FORWARD, FORWARD, CELL_BACKWARD, BACKWARD)
"""The roles of functions in a cell."""

CACHES = ("cache", "caches")
"""The names of caches. A forward function returns one for its backward function; its form is free."""


@dataclass(frozen=True)
class Function:
    """One function of a cell: the names of its arguments and of its results, in order.

    ``optional`` are more arguments after these. An implementation need not take them; then their values are zero.
    """

    name: str
    role: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    cell: Cell = field(repr=False, compare=False)
    optional: tuple[str, ...] = ()

    @property
    def tensors(self) -> tuple[str, ...]:
        """The names of the arrays that it returns: all results except a cache."""
        return tuple(name for name in self.returns if name not in CACHES)

    @property
    def returns_cache(self) -> bool:
        """True for a forward function: its last result is a cache."""
        return self.returns[-1] in CACHES

    @property
    def takes_cache(self) -> bool:
        """True for a backward function: one of its arguments is a cache, and it returns a dict of gradients."""
        return self.role in (CELL_BACKWARD, BACKWARD)

    @property
    def partner(self) -> Function:
        """The backward function of a forward function, or the forward function of a backward function."""
        pairs = {CELL_FORWARD: CELL_BACKWARD, FORWARD: BACKWARD, CELL_BACKWARD: CELL_FORWARD, BACKWARD: FORWARD}
        return self.cell.function(pairs[self.role])

    def named(self, arguments: Sequence[Any]) -> dict[str, Any]:
        """Returns the arguments of a call by name."""
        return dict(zip((*self.arguments, *self.optional), arguments, strict=False))

    def ordered(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """Returns the arguments of a call in order. ``given`` may hold more, and may lack optional arguments."""
        return tuple(given[name] for name in self.arguments) + tuple(given[n] for n in self.optional if n in given)

    def results(self, returned: Any) -> dict[str, Any]:
        """Returns the results of a right function by name."""
        if self.role == ACTIVATION:
            return {self.returns[0]: returned}
        return dict(returned) if self.takes_cache else dict(zip(self.returns, returned, strict=True))

    def returned(self, results: Mapping[str, Any]) -> Any:
        """Returns results by name in the form that the function returns: an array, a tuple, or a dict of gradients."""
        if self.role == ACTIVATION:
            return results[self.returns[0]]
        return dict(results) if self.takes_cache else tuple(results[name] for name in self.returns)


@dataclass(frozen=True)
class Head:
    """The predictions of a cell, ``softmax(W a + b)`` of its first state, and their names in a step and a sequence."""

    weight: str
    bias: str
    of_step: str = "yt_pred"
    of_sequence: str = "y_pred"


@dataclass(frozen=True)
class Activation:
    """A function of one array that is judged separately. ``tolerance(x, u)`` is the tolerance of ``function(x)``."""

    function: Callable[[Any], Array]
    tolerance: Callable[[Array, float], Array]


@dataclass(frozen=True)
class Cell:
    """A recurrent cell.

    ``states`` are the names of the arrays that pass from step to step, ``("a",)`` or ``("a", "c")``. For a state ``a``,
    ``a0`` is the initial state, a step reads ``a_prev`` and returns ``a_next``, and ``da`` is a gradient.
    ``parameters`` maps names to axes. ``maps`` has the operands of each weight; the name of the input is ``x``.
    ``step`` are the equations, over those maps. ``back`` is their gradient, if somebody has derived it. ``cache`` has
    the names of the parts of the document's cache of a step. ``kept`` has the names of the arrays that a step keeps for
    ``back``, each with the shape of a state. ``activations`` are functions of one array that are judged separately:
    ``softmax_forward`` makes the predictions, and ``step`` takes each other one by keyword, ``tanh=`` for
    ``tanh_forward``. ``equations`` is the text of the state's equations. ``two_biases`` has the usual names of two
    biases in place of one. ``home`` is the module with the reference functions; if empty, they are made from the
    equations.
    """

    name: str
    states: tuple[str, ...]
    parameters: Mapping[str, Shape]
    maps: Mapping[str, Map]
    head: Head
    step: Step
    back: Back | None = None
    cache: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    activations: Mapping[str, Activation] = field(default_factory=dict)
    equations: str = ""
    two_biases: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    home: str = ""

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The functions by name, each before the functions that depend on it."""
        n, (first, *others) = self.name, self.states
        cell_forward = ("xt", *(f"{s}_prev" for s in self.states), "parameters")
        stepped = (*(f"{s}_next" for s in self.states), self.head.of_step, "cache")
        before = tuple(f"d{s}_prev" for s in self.states)
        initial = tuple(f"d{s}0" for s in self.states)
        made = [
            *(Function(name, ACTIVATION, ("z",), ("out",), self) for name in self.activations),
            Function(f"{n}_cell_forward", CELL_FORWARD, cell_forward, stepped, self),
            Function(f"{n}_forward", FORWARD, ("x", f"{first}0", "parameters"),
                     (first, self.head.of_sequence, *others, "caches"), self, tuple(f"{s}0" for s in others)),
            Function(f"{n}_cell_backward", CELL_BACKWARD, (*(f"d{s}_next" for s in self.states), "cache"),
                     ("dxt", *before, *self.weight_gradients), self),
            Function(f"{n}_backward", BACKWARD, (f"d{first}", "caches"),
                     ("dx", *initial, *self.weight_gradients), self, tuple(f"d{s}" for s in others)),
        ]  # fmt: skip
        return {function.name: function for function in made}

    def function(self, role: str) -> Function:
        """Returns the function with this role, such as ``backward``."""
        return next(function for function in self.functions.values() if function.role == role)

    @cached_property
    def cell_forward(self) -> Function:
        """One step forward, such as ``rnn_cell_forward``."""
        return self.function(CELL_FORWARD)

    @cached_property
    def forward(self) -> Function:
        """The whole sequence forward, such as ``rnn_forward``."""
        return self.function(FORWARD)

    @cached_property
    def cell_backward(self) -> Function:
        """One step backward, such as ``rnn_cell_backward``."""
        return self.function(CELL_BACKWARD)

    @cached_property
    def backward(self) -> Function:
        """The whole sequence backward, such as ``rnn_backward``."""
        return self.function(BACKWARD)

    @cached_property
    def trained(self) -> tuple[str, ...]:
        """The parameters with a gradient in the backward pass: all except those of the predictions."""
        return tuple(name for name in self.parameters if name not in (self.head.weight, self.head.bias))

    @cached_property
    def weight_gradients(self) -> tuple[str, ...]:
        """The names of the gradients of these parameters."""
        return tuple(f"d{name}" for name in self.trained)

    @cached_property
    def axes(self) -> Mapping[str, Shape]:
        """The axes of every argument and result of the functions, by name."""
        column, state, prediction = ("n_x", "m"), ("n_a", "m"), ("n_y", "m")
        axes: dict[str, Shape] = {"xt": column, "x": (*column, "T_x"), **self.parameters}
        for s in self.states:
            axes |= {f"{s}0": state, f"{s}_prev": state, f"{s}_next": state, s: (*state, "T_x")}
        axes |= dict.fromkeys(self.kept, state)
        axes |= {self.head.of_step: prediction, self.head.of_sequence: (*prediction, "T_x")}
        return axes | {f"d{name}": shape for name, shape in axes.items()}

    @cached_property
    def of_sequence(self) -> Mapping[str, str]:
        """For each tensor of a step, its name in a sequence: ``a`` for ``a_next``, ``dx`` for ``dxt``."""
        names = {"xt": "x", "dxt": "dx", self.head.of_step: self.head.of_sequence}
        for s in self.states:
            names |= {f"{s}_next": s, f"{s}_prev": f"{s}0", f"d{s}_next": f"d{s}", f"d{s}_prev": f"d{s}0"}
        return names

    @cached_property
    def of_step(self) -> Mapping[str, str]:
        """For each tensor of a sequence, its name in a step."""
        return {sequence: step for step, sequence in self.of_sequence.items()}

    def shape(self, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Returns the shape of an array, from the length of each axis."""
        return tuple(
            fixed + sizes[parts[0]] if len(parts) == 1 else fixed + sum(sizes[part] for part in parts)
            for fixed, parts in self._lengths[name]
        )

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]:
        """Each axis of each array as a number and the names of sizes to add to it."""
        return {
            name: tuple((axis, ()) if isinstance(axis, int) else (0, tuple(axis.split("+"))) for axis in axes)
            for name, axes in self.axes.items()
        }

    @cached_property
    def reads_states_by_maps(self) -> bool:
        """True if states enter a step only as operands of maps: with zero weights, a step does not depend on them."""
        sizes = {"n_x": 2, "n_a": 3, "n_y": 2, "m": 2}
        rng = np.random.default_rng(0)
        parameters = {name: rng.standard_normal(self.shape(name, sizes)) for name in self.parameters}
        for of in self.maps.values():
            for weight, operands in of.weights.items():
                rows = [sizes["n_x"] if operand == "x" else sizes["n_a"] for operand in operands]
                parameters[weight] = parameters[weight] * np.repeat([operand == "x" for operand in operands], rows)
        x = rng.standard_normal((2, 2))
        one, other = (
            self.step(Affine(self.maps, parameters), x, tuple(rng.standard_normal((3, 2)) for _ in self.states))[0]
            for _ in range(2)
        )
        return all(map(np.array_equal, one, other))

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy of a cell, also from another process, is the cell with the same name."""
        return cell_named, (self.name,)


BUILT_IN = ("rnn",)
"""The folders of the package's own cells, in the order of reports."""

_added: list[Cell] = []


@contextmanager
def added(cell: Cell) -> Iterator[None]:
    """Inside this block, ``cell`` is one of the known cells."""
    _added.append(cell)
    functions.cache_clear()
    try:
        yield
    finally:
        _added.remove(cell)
        functions.cache_clear()


@cache
def _built_in(name: str) -> Cell:
    cell: Cell = import_module(f"rnn_reference.cells.{name}.signature").CELL
    return cell


def cells() -> tuple[Cell, ...]:
    """Returns all known cells."""
    return (*map(_built_in, BUILT_IN), *_added)


def cell_named(name: str) -> Cell:
    """Returns the cell with this name. Raises KeyError, with the known names."""
    found = {cell.name: cell for cell in cells()}
    if name not in found:
        raise KeyError(f"there is no cell {name}; there are {', '.join(found)}")
    return found[name]


def function_named(name: str) -> Function:
    """Returns the function with this name, of any cell. Raises KeyError."""
    return functions()[name]


@cache
def functions() -> Mapping[str, Function]:
    """Returns the functions of all cells, by name."""
    return {name: function for cell in cells() for name, function in cell.functions.items()}

"""The description of a recurrent cell for the rest of the package: its arrays, its functions and its equations.

Everything else follows from the name, the states, the parameters and the affine maps of a cell: the names, arguments,
results and shapes of its functions; the problems; the arrays to move for a derivative; the tolerances; and the mistakes
that people can make in it. Only the folder of a cell uses its symbols.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rnn_reference.cells.description import Description

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
    ``may_lack`` are results that an implementation need not return.
    """

    name: str
    role: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    cell: Cell = field(repr=False, compare=False)
    optional: tuple[str, ...] = ()
    may_lack: tuple[str, ...] = ()

    @property
    def tensors(self) -> tuple[str, ...]:
        """The names of the arrays that it returns: all results except a cache."""
        return tuple(name for name in self.returns if name not in CACHES)

    @property
    def of_inputs(self) -> tuple[str, ...]:
        """The gradients of the input and of the states before, among the results of a backward function."""
        return tuple(name for name in self.tensors if self.takes_cache and name not in self.cell.weight_gradients)

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
class Cell(Description):
    """A recurrent cell: its description, and the functions that follow from it."""

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
                     ("dx", *initial, *self.weight_gradients), self, tuple(f"d{s}" for s in others), initial[1:]),
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

    def __hash__(self) -> int:
        return hash(self.name)

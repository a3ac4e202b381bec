"""What a recurrent cell is to the rest of the house: its arrays, its functions and its equations.

A cell's name, states, parameters and affine maps say everything else: what its functions are called, what they take
and return and in which shapes, how problems are drawn, what is moved to differentiate it, how far rounding may move
it, and which mistakes can be made in it. Nothing outside a cell's own folder knows a symbol of it.
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
"""What a function is to its cell."""

CACHES = ("cache", "caches")
"""Names of what a forward function hands to its backward function: the implementation's own business."""


@dataclass(frozen=True)
class Function:
    """One function of a cell: its arguments and what it returns, by name and in order.

    ``optional`` are arguments behind the others that an implementation may lack; their values are zero then.
    """

    name: str
    role: str
    arguments: tuple[str, ...]
    returns: tuple[str, ...]
    cell: Cell = field(repr=False, compare=False)
    optional: tuple[str, ...] = ()

    @property
    def tensors(self) -> tuple[str, ...]:
        """The arrays that it returns: everything but a cache."""
        return tuple(name for name in self.returns if name not in CACHES)

    @property
    def returns_cache(self) -> bool:
        """True for a forward function: the last of what it returns is a cache."""
        return self.returns[-1] in CACHES

    @property
    def takes_cache(self) -> bool:
        """True for a backward function: one of its arguments is a cache, and it returns a dict of gradients."""
        return self.role in (CELL_BACKWARD, BACKWARD)

    @property
    def partner(self) -> Function:
        """The backward function of a forward function, and the other way round."""
        pairs = {CELL_FORWARD: CELL_BACKWARD, FORWARD: BACKWARD, CELL_BACKWARD: CELL_FORWARD, BACKWARD: FORWARD}
        return self.cell.function(pairs[self.role])

    def named(self, arguments: Sequence[Any]) -> dict[str, Any]:
        """The arguments of a call by name."""
        return dict(zip((*self.arguments, *self.optional), arguments, strict=False))

    def ordered(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The arguments of a call in order, from a table that may hold more; optional ones as far as it has them."""
        return tuple(given[name] for name in self.arguments) + tuple(given[n] for n in self.optional if n in given)

    def results(self, returned: Any) -> dict[str, Any]:
        """What a right function returned, by name."""
        if self.role == ACTIVATION:
            return {self.returns[0]: returned}
        return dict(returned) if self.takes_cache else dict(zip(self.returns, returned, strict=True))

    def returned(self, results: Mapping[str, Any]) -> Any:
        """Results by name as the function returns them: an array, a tuple, or a dict of gradients."""
        if self.role == ACTIVATION:
            return results[self.returns[0]]
        return dict(results) if self.takes_cache else tuple(results[name] for name in self.returns)


@dataclass(frozen=True)
class Cell(Description):
    """A recurrent cell: its description, and the functions that follow from it."""

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Its functions by name, each before those that stand on it."""
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
        """The function of a role, such as ``backward``."""
        return next(function for function in self.functions.values() if function.role == role)

    @cached_property
    def cell_forward(self) -> Function:
        """``rnn_cell_forward`` and the like: one step forward."""
        return self.function(CELL_FORWARD)

    @cached_property
    def forward(self) -> Function:
        """``rnn_forward`` and the like: the whole sequence forward."""
        return self.function(FORWARD)

    @cached_property
    def cell_backward(self) -> Function:
        """``rnn_cell_backward`` and the like: one step backward."""
        return self.function(CELL_BACKWARD)

    @cached_property
    def backward(self) -> Function:
        """``rnn_backward`` and the like: the whole sequence backward."""
        return self.function(BACKWARD)

    def __hash__(self) -> int:
        return hash(self.name)

"""The inputs of a cell's functions, and other inputs that are made from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell


@dataclass(frozen=True)
class Inputs:
    """The inputs of a forward function of a cell.

    ``x`` is ``(n_x, m, T_x)``. ``initial`` has each initial state, ``(n_a, m)``, by the name of the state; a state that
    is not there is zero, and is not passed if it is an optional argument. ``parameters`` are those of the cell.
    """

    cell: Cell
    x: Array
    initial: Mapping[str, Array]
    parameters: Mapping[str, Array]

    @property
    def start(self) -> dict[str, Array]:
        """Every initial state, by name: those in ``initial``, and zeros."""
        zeros = np.zeros((self.n_a, self.x.shape[1]))
        return {s: self.initial.get(s, zeros) for s in self.cell.states}

    @property
    def n_a(self) -> int:
        """The number of units."""
        return int(self.parameters[self.cell.head.weight].shape[1])

    @property
    def restarts(self) -> bool:
        """True if a run can start from any states: none of them is always zero."""
        return len(self.initial) == len(self.cell.states)

    @property
    def forward(self) -> tuple[Any, ...]:
        """The arguments of the forward function of the sequence, in order."""
        taken = {*self.initial, self.cell.states[0]}
        named = {f"{s}0": value for s, value in self.start.items() if s in taken}
        return self.cell.forward.ordered({"x": self.x, "parameters": self.parameters, **named})

    @property
    def step(self) -> tuple[Any, ...]:
        """The arguments of the forward function of a step, at the first step."""
        named = {f"{s}_prev": value for s, value in self.start.items()}
        return self.cell.cell_forward.ordered({"xt": self.x[:, :, 0], "parameters": self.parameters, **named})

    def at(self, **changes: Any) -> "Inputs":
        """Returns the inputs with another ``x``, other initial states or other parameters."""
        return replace(self, **changes)

    def columns(self, which: Any) -> "Inputs":
        """Returns the inputs with some columns of the batch, in the given order."""
        initial = {name: state[:, which] for name, state in self.initial.items()}
        return replace(self, x=self.x[:, which], initial=initial)

    def steps(self, which: Any) -> "Inputs":
        """Returns the inputs with some steps of the sequence, from the same initial states."""
        return replace(self, x=self.x[:, :, which])

    def without_recurrence(self) -> "Inputs":
        """Returns the inputs with all weights of states in the cell's maps zero: a step depends on its input only."""
        return replace(self, parameters=self.cell.without_recurrence(self.parameters, len(self.x), self.n_a))

    def each_step(self, states: Mapping[str, Array]) -> list["Inputs"]:
        """Returns the inputs of each single step, which starts from the step before in ``states (n_a, m, T_x)``."""
        before = {s: np.concatenate([one[:, :, None], states[s][:, :, :-1]], axis=2) for s, one in self.start.items()}
        return [
            replace(self, x=self.x[:, :, t : t + 1], initial={s: value[:, :, t] for s, value in before.items()})
            for t in range(self.x.shape[2])
        ]


def of_sequence(cotangents: Mapping[str, Array]) -> dict[str, Array]:
    """Returns cotangents by the names of the backward function of the sequence: ``da`` for the state ``a``."""
    return {f"d{s}": value for s, value in cotangents.items()}


def of_step(cotangents: Mapping[str, Array], t: int = 0) -> dict[str, Array]:
    """Returns the cotangents of one step by the names of the backward function of a step: ``da_next``."""
    return {f"d{s}_next": value[:, :, t] for s, value in cotangents.items()}

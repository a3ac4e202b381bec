"""What the functions of a cell are called with, and what other inputs are made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell


@dataclass(frozen=True)
class Inputs:
    """What a forward function of a cell starts from.

    ``x`` is ``(n_x, m, T_x)``, ``initial`` has each initial state, ``(n_a, m)``, by the state's name, and
    ``parameters`` are those of the cell.
    """

    cell: Cell
    x: Array
    initial: Mapping[str, Array]
    parameters: Mapping[str, Array]

    @property
    def forward(self) -> tuple[Any, ...]:
        """The arguments of the sequence's forward function, in its order."""
        named = {f"{s}0": value for s, value in self.initial.items()}
        return self.cell.forward.ordered({"x": self.x, "parameters": self.parameters, **named})

    @property
    def step(self) -> tuple[Any, ...]:
        """The arguments of the step's forward function at the first step."""
        named = {f"{s}_prev": value for s, value in self.initial.items()}
        return self.cell.cell_forward.ordered({"xt": self.x[:, :, 0], "parameters": self.parameters, **named})

    def at(self, **changes: Any) -> "Inputs":
        """The inputs with another ``x``, other initial states or other parameters."""
        return replace(self, **changes)

    def columns(self, which: Any) -> "Inputs":
        """Some columns of the batch, in the order given."""
        initial = {name: state[:, which] for name, state in self.initial.items()}
        return replace(self, x=self.x[:, which], initial=initial)

    def steps(self, which: Any) -> "Inputs":
        """Some steps of the sequence, from the same initial states."""
        return replace(self, x=self.x[:, :, which])

    def without_recurrence(self) -> "Inputs":
        """The inputs with zero for every weight of a state in the cell's maps: a step depends on its input alone."""
        parameters = dict(self.parameters)
        for of in self.cell.maps.values():
            for weight, operands in of.weights.items():
                rows = [
                    len(self.x) if operand == "x" else len(self.initial[self.cell.states[0]]) for operand in operands
                ]
                kept = np.repeat([operand == "x" for operand in operands], rows)
                parameters[weight] = self.parameters[weight] * kept
        return replace(self, parameters=parameters)

    def each_step(self, states: Mapping[str, Array]) -> list["Inputs"]:
        """Every step by itself, from the states before it: the initial ones, then those given, ``(n_a, m, T_x)``."""
        before = {s: np.concatenate([self.initial[s][:, :, None], states[s][:, :, :-1]], axis=2) for s in self.initial}
        return [
            replace(self, x=self.x[:, :, t : t + 1], initial={s: value[:, :, t] for s, value in before.items()})
            for t in range(self.x.shape[2])
        ]


def of_sequence(cotangents: Mapping[str, Array]) -> dict[str, Array]:
    """Cotangents of states as the sequence's backward function takes them: ``da`` for the state ``a``."""
    return {f"d{s}": value for s, value in cotangents.items()}


def of_step(cotangents: Mapping[str, Array], t: int = 0) -> dict[str, Array]:
    """Those of one step as the step's backward function takes them: ``da_next``."""
    return {f"d{s}_next": value[:, :, t] for s, value in cotangents.items()}

"""Makes the inputs of a recurrent network from sizes and a seed. Mistakes cannot hide in these inputs.

Published conformance cases miss mistakes because their weights are constant, their states are zero and their sequences
have one step. Every problem here, unless its name says otherwise, has five different sizes and at least four steps; no
zero, constant or symmetric array; non-zero initial states and biases; states mostly below 0.9; and a random cotangent
of each state at every step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import ACTIVATION, CELL_BACKWARD, CELL_FORWARD, Cell, Function
from rnn_reference.cells.registry import cell_named
from rnn_reference.problems.inputs import Inputs, of_sequence, of_step


@dataclass(frozen=True)
class Problem:
    """The inputs of one forward and backward run of a cell, made from sizes and a seed only.

    The arrays are float64, but ``dtype`` can hold each element: an implementation in float32 and the float64 reference
    start from the same numbers. ``gain`` multiplies the weights of the state (above 1: saturated), ``push`` the
    cotangents. With ``blank``, initial states, biases, and x at step 2 are zero. ``without`` has the names of inputs
    that the functions do not have, and that are zero there: initial states of a sequence, and biases.
    """

    n_x: int = 3
    n_a: int = 5
    n_y: int = 2
    m: int = 8
    T_x: int = 6
    seed: int = 0
    gain: float = 1.0
    push: float = 1.0
    blank: bool = False
    dtype: str = "float64"
    cell_name: str = "rnn"
    without: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The text from which the problem can be made again: ``n_x=3 n_a=5 n_y=2 m=8 T_x=6 seed=0``."""
        unusual = ("gain", "push", "blank", "dtype", "cell_name", "without")
        shown = (f for f in fields(self) if f.name not in unusual)
        changed = (f for f in fields(self) if f.name in unusual and getattr(self, f.name) != f.default)
        words = {f.name.removesuffix("_name"): getattr(self, f.name) for f in (*shown, *changed)}
        return " ".join(f"{n}={','.join(value) if isinstance(value, tuple) else value}" for n, value in words.items())

    def as_data(self) -> dict[str, Any]:
        """Returns the problem as plain data for a report: its fields, and its text."""
        inner = ("cell_name", "without")
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in inner} | {"text": str(self)}

    def at(self, **changes: Any) -> "Problem":
        """Returns the problem with other sizes, seed, dtype or cell."""
        return replace(self, **changes)

    def of(self, cell: Cell) -> "Problem":
        """Returns the problem for another cell."""
        return self if cell.name == self.cell_name else replace(self, cell_name=cell.name)

    @property
    def cell(self) -> Cell:
        """The cell of the problem."""
        return cell_named(self.cell_name)

    @property
    def sizes(self) -> dict[str, int]:
        """The length of each axis, by name."""
        return {name: getattr(self, name) for name in ("n_x", "n_a", "n_y", "m", "T_x")}

    @cached_property
    def arrays(self) -> Mapping[str, Array]:
        """Every array by name: the input, initial states, parameters and cotangents."""
        return _drawn(self)

    def __getattr__(self, name: str) -> Array:
        """One of the arrays, such as ``x``, ``a0`` or ``da``."""
        if name.startswith("_") or name not in self.cell.axes:
            raise AttributeError(f"a problem has no {name}")
        return self.arrays[name]

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters by name."""
        return {name: self.arrays[name] for name in self.cell.parameters}

    @property
    def given(self) -> Inputs:
        """The inputs of the forward function of the sequence."""
        initial = {s: self.arrays[f"{s}0"] for s in self.cell.states if f"{s}0" not in self.without}
        return Inputs(self.cell, self.arrays["x"], initial, self.parameters)

    @property
    def first_step(self) -> Inputs:
        """The inputs of the forward function of a step, as a sequence of one step, with every state."""
        initial = {s: self.arrays[f"{s}0"] for s in self.cell.states}
        return Inputs(self.cell, self.arrays["x"][:, :, :1], initial, self.parameters)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """The arguments of the forward function of the sequence: ``x, a0, parameters``."""
        return self.given.forward

    @property
    def step(self) -> tuple[Any, ...]:
        """The arguments of the forward function of a step, at the first step: ``xt, a_prev, parameters``."""
        return self.first_step.step

    @property
    def cotangents(self) -> dict[str, Array]:
        """The gradient of a loss with respect to each state at every step, ``(n_a, m, T_x)``, by the state's name."""
        return {s: self.arrays[f"d{s}"] for s in self.cell.states if f"d{s}" not in self.without}

    @property
    def step_cotangents(self) -> dict[str, Array]:
        """The gradient of a loss with respect to each state after the first step, ``(n_a, m, 1)``."""
        return {s: self.arrays[f"d{s}"][:, :, :1] for s in self.cell.states}

    def arguments(self, function: Function) -> tuple[Any, ...]:
        """The arguments of a forward function or an activation. Those of a step are at the first step."""
        if function.role == ACTIVATION:
            return (self.arrays["x"][:, :, 0],)
        return self.step if function.role == CELL_FORWARD else self.inputs

    def cotangents_of(self, backward: Function) -> dict[str, Array]:
        """The cotangents of a backward function, by its names. Those of a step are at the first step."""
        return of_step(self.step_cotangents) if backward.role == CELL_BACKWARD else of_sequence(self.cotangents)


@lru_cache(maxsize=256)
def _drawn(problem: Problem) -> dict[str, Array]:
    """Returns the arrays of a problem. They are drawn once and read-only, because equal problems share them."""
    cell, head = problem.cell, problem.cell.head
    rng = np.random.default_rng([problem.seed, *problem.sizes.values()])
    sizes = problem.sizes

    def away_from_zero(low: float, high: float, name: str) -> Array:
        shape = cell.shape(name, sizes)
        return np.asarray(rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape))

    def normal(name: str) -> Array:
        return rng.standard_normal(cell.shape(name, sizes))

    arrays = {"x": normal("x")}
    arrays |= {f"{s}0": away_from_zero(0.1, 0.8, f"{s}0") for s in cell.states}
    for of in cell.maps.values():
        for weight, operands in of.weights.items():
            scale = np.concatenate([_scale(problem, operand) for operand in operands])
            arrays[weight] = scale * normal(weight)
    arrays[head.weight] = 1.5 / np.sqrt(problem.n_a) * normal(head.weight)
    arrays |= {of.bias: problem.gain * away_from_zero(0.2, 0.6, of.bias) for of in cell.maps.values()}
    arrays[head.bias] = away_from_zero(0.2, 0.8, head.bias)
    arrays |= {f"d{s}": problem.push * normal(s) for s in cell.states}
    if problem.blank:
        zero = [*(f"{s}0" for s in cell.states), *(of.bias for of in cell.maps.values()), head.bias]
        arrays |= {name: 0 * arrays[name] for name in zero}
        arrays["x"][:, :, 2] = 0
    arrays |= {name: 0 * arrays[name] for name in problem.without if name in cell.parameters}
    drawn = {name: array.astype(problem.dtype).astype(np.float64) for name, array in arrays.items()}
    for array in drawn.values():
        array.flags.writeable = False
    return drawn


def _scale(problem: Problem, operand: str) -> Array:
    """Returns the size of the weights of an operand, for each of its rows."""
    n, size = (problem.n_x, 0.5) if operand == "x" else (problem.n_a, 0.9)
    near_half = GATES_NEAR_HALF if problem.blank and len(problem.cell.maps) > 1 else 1.0
    return np.full(n, near_half * problem.gain * size / np.sqrt(n))


GATES_NEAR_HALF = 0.25
"""The factor of the weights of a cell with gates in a blank problem: without biases, its gates are then near 1/2."""


ORDINARY = {
    "T_x=6": Problem(),
    "T_x=5": Problem(n_x=7, n_a=4, n_y=3, m=2, T_x=5),
}

EDGES = {
    "T_x=1": Problem(T_x=1),
    "T_x=2": Problem(n_x=4, n_a=3, n_y=5, m=6, T_x=2),
    "T_x=3": Problem(n_x=5, n_a=4, n_y=2, m=6, T_x=3),
    "m=1": Problem(n_x=4, n_a=3, n_y=2, m=1, T_x=5),
    "n=1": Problem(n_x=1, n_a=1, n_y=1, m=4, T_x=5),
    "square": Problem(n_x=3, n_a=4, n_y=2, m=4, T_x=5),
    "cube": Problem(n_x=4, n_a=4, n_y=4, m=4, T_x=4),
    "zeros": Problem(n_x=2, n_a=4, n_y=3, m=6, T_x=5, blank=True),
    "wide": Problem(n_x=33, n_a=37, n_y=35, m=70, T_x=7),
    "saturated": Problem(n_x=4, n_a=6, n_y=3, m=7, T_x=5, gain=4.0),
    "large-cotangent": Problem(n_x=2, n_a=6, n_y=3, m=4, T_x=5, push=50.0),
    "long": Problem(n_x=3, n_a=5, n_y=2, m=4, T_x=100),
}

NAMED = ORDINARY | EDGES

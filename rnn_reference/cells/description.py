"""What a cell's author says of it, and the names and shapes that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
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
class Description:
    """What a recurrent cell is.

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
    def trained(self) -> tuple[str, ...]:
        """The parameters with a gradient in the backward pass: all except those of the predictions."""
        return tuple(name for name in self.parameters if name not in (self.head.weight, self.head.bias))

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The names of the inputs that an implementation may lack: initial states and biases."""
        biases = {*(of.bias for of in self.maps.values()), self.head.bias}
        return frozenset(biases | {f"{s}0" for s in self.states})

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
        (parameters, x, states), (_, _, others) = self._random_step(0), self._random_step(1)
        affine = Affine(self.maps, self.without_recurrence(parameters, len(x), len(states[0])))
        return all(map(np.array_equal, self.step(affine, x, states)[0], self.step(affine, x, others)[0]))

    def without_recurrence(self, parameters: Mapping[str, Array], n_x: int, n_a: int) -> dict[str, Array]:
        """Returns the parameters with all weights of states in the maps zero."""
        changed = dict(parameters)
        for of in self.maps.values():
            for weight, operands in of.weights.items():
                rows = [n_x if operand == "x" else n_a for operand in operands]
                changed[weight] = parameters[weight] * np.repeat([operand == "x" for operand in operands], rows)
        return changed

    @cached_property
    def multiplies_only_inputs(self) -> bool:
        """True if each operand of a map is ``x`` or a state before the step, and not a value made from them."""
        parameters, x, states = self._random_step(0)
        affine = Affine(self.maps, parameters)
        self.step(affine, x, states)
        right = {"x": x, **dict(zip(self.states, states, strict=True))}
        operands = [given for steps in affine.operands.values() for step in steps for given in step.items()]
        return all(name in right and np.array_equal(value, right[name]) for name, value in operands)

    def _random_step(self, seed: int) -> tuple[dict[str, Array], Array, States]:
        """Returns parameters, an input and states of a small random step."""
        rng, sizes = np.random.default_rng(seed), {"n_x": 2, "n_a": 3, "n_y": 2, "m": 2}
        parameters = {name: rng.standard_normal(self.shape(name, sizes)) for name in self.parameters}
        return parameters, rng.standard_normal((2, 2)), tuple(rng.standard_normal((3, 2)) for _ in self.states)

"""The network of the document's section 2.2, and fresh ones of the same sizes, for gradient checkers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.cells.registry import cell_named
from rnn_reference.cells.trace import at_states
from rnn_reference.numerics.affine import Affine
from rnn_reference.numerics.moved import ForwardCall, Point
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.problems.answers import tolerances_of
from rnn_reference.problems.inputs import Inputs

INPUTS = ("x", "a0", "Wax", "Waa", "ba")


@dataclass(frozen=True)
class Instance:
    """n_x=3, n_a=5, n_y=2, m=10, T_x=4, drawn as the document's section 2.2 draws it; seed 1 is the document's."""

    seed: int
    dtype: str = "float64"

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """All inputs, rounded to the dtype."""
        draw = np.random.RandomState(self.seed).randn
        shapes = {"x": (3, 10, 4), "a0": (5, 10), "Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1)}
        shapes |= {"by": (2, 1), "da": (5, 10, 4)}
        return {name: draw(*shape).astype(self.dtype) for name, shape in shapes.items()}

    @property
    def args(self) -> list[Any]:
        """The differentiable inputs, in the order of ``INPUTS``."""
        return [self.arrays[name] for name in INPUTS]

    def f(self, *args: Any) -> Any:
        """Return the states for given values of the differentiable inputs, of any number type."""
        given = dict(zip(INPUTS, args, strict=True))
        parameters = {name: given.get(name, self.arrays[name]) for name in ("Wax", "Waa", "Wya", "ba", "by")}
        return rnn_forward(given["x"], given["a0"], parameters)[0]

    def gradients(self) -> list[Any]:
        """Return the right gradients of ``sum(da * f)`` in the instance's dtype."""
        return self.vjp(self.arrays["da"], *self.args)

    def vjp(self, cotangent: Any, *args: Any) -> list[Any]:
        """Return the right vector-Jacobian product of ``f``."""
        given = dict(zip(INPUTS, args, strict=True))
        parameters = {name: given.get(name, self.arrays[name]) for name in ("Wax", "Waa", "Wya", "ba", "by")}
        found = rnn_backward(cotangent, rnn_forward(given["x"], given["a0"], parameters)[2])
        return [found[f"d{name}"] for name in INPUTS]

    @cached_property
    def wide(self) -> dict[str, Any]:
        """All inputs in float64."""
        return {name: array.astype(float) for name, array in self.arrays.items()}

    @property
    def given(self) -> Inputs:
        """The inputs of the forward function in float64."""
        parameters = {name: self.wide[name] for name in ("Wax", "Waa", "Wya", "ba", "by")}
        return Inputs(cell_named("rnn"), self.wide["x"], {"a": self.wide["a0"]}, parameters)

    @cached_property
    def tolerance(self) -> dict[str, Any]:
        """The tolerance of each result in the instance's dtype."""
        return tolerances_of(self.given, self.dtype, {"a": self.wide["da"]})

    @property
    def rounding(self) -> dict[str, Any]:
        """The rounding error of each element of the states (rms)."""
        return {"a": self.tolerance["a"] / SAFETY}


def point_at(given: Inputs, da: Any) -> Point:
    """Return the point at which the numerical derivatives differentiate: the reference's states for these inputs."""
    a = rnn_forward(*given.forward)[0]
    affine = Affine(given.cell.maps, given.parameters)
    at_states(given.cell, affine, given.x, [given.initial["a"]], [a])
    return Point(ForwardCall(given.x, given.initial, given.parameters), affine, {"a": a}, {"a": da})


def with_error(gradients: list[Any], index: tuple[int, int], eps: float) -> list[Any]:
    """Return the gradients, with one element of dWaa multiplied by ``1 + eps``."""
    changed = [gradient.copy() for gradient in gradients]
    changed[INPUTS.index("Waa")][index] *= 1 + eps
    return changed

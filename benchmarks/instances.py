"""The network on which gradient checkers are compared: the document's own, and fresh ones of its kind."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnn_reference import rnn_backward, rnn_forward
from rnn_reference.numerics.rounding import SAFETY, tolerances, unit_roundoff

INPUTS = ("x", "a0", "Wax", "Waa", "ba")


@dataclass(frozen=True)
class Instance:
    """n_x=3, n_a=5, n_y=2, m=10, T_x=4, drawn as the document's section 2.2 draws it; seed 1 is the document's."""

    seed: int
    dtype: str = "float64"

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """All inputs, each value one that the dtype can hold."""
        draw = np.random.RandomState(self.seed).randn
        shapes = {"x": (3, 10, 4), "a0": (5, 10), "Wax": (5, 3), "Waa": (5, 5), "Wya": (2, 5), "ba": (5, 1)}
        shapes |= {"by": (2, 1), "da": (5, 10, 4)}
        return {name: draw(*shape).astype(self.dtype) for name, shape in shapes.items()}

    @property
    def args(self) -> list[Any]:
        """The differentiable inputs, in the order of ``INPUTS``."""
        return [self.arrays[name] for name in INPUTS]

    def f(self, *args: Any) -> Any:
        """The states, for given values of the differentiable inputs, in whatever number type they come."""
        given = dict(zip(INPUTS, args, strict=True))
        parameters = {name: given.get(name, self.arrays[name]) for name in ("Wax", "Waa", "Wya", "ba", "by")}
        return rnn_forward(given["x"], given["a0"], parameters)[0]

    def gradients(self) -> list[Any]:
        """The right gradients of ``sum(da * f)`` in the instance's dtype."""
        given = {name: self.arrays[name] for name in ("Wax", "Waa", "Wya", "ba", "by")}
        caches = rnn_forward(self.arrays["x"], self.arrays["a0"], given)[2]
        found = rnn_backward(self.arrays["da"], caches)
        return [found[f"d{name}"] for name in INPUTS]

    @cached_property
    def tolerance(self) -> dict[str, Any]:
        """How far each result may be off in the instance's dtype."""
        wide = {name: array.astype(float) for name, array in self.arrays.items()}
        return tolerances(wide["x"], wide["a0"], wide, wide["da"], unit_roundoff(self.dtype))

    @property
    def rounding(self) -> Any:
        """By how much rounding moves each element of the states (rms)."""
        return self.tolerance["a"] / SAFETY


def with_error(gradients: list[Any], index: tuple[int, int], eps: float) -> list[Any]:
    """The gradients with one element of dWaa off by ``eps`` of itself."""
    changed = [gradient.copy() for gradient in gradients]
    changed[INPUTS.index("Waa")][index] *= 1 + eps
    return changed

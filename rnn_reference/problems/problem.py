"""Sizes and a seed -> the inputs of a recurrent network, such that a mistake cannot hide in them.

Published conformance cases let mistakes through because their weights are constant, their states zero and
their sequences one step long. Every problem here has, unless its name says otherwise, sizes that differ
pairwise and at least four steps; no zero, constant or symmetric array; a non-zero initial state and biases;
states mostly below 0.9; and a random cotangent ``da`` at every step.
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from rnn_reference.arrays import Array


@dataclass(frozen=True)
class Problem:
    """The inputs of one run forward and backward, made from sizes, a seed and nothing else.

    The arrays are float64, each element a value that ``dtype`` can hold: an implementation in float32 and
    the float64 reference start from the same numbers. ``gain`` multiplies the weights of the state (above
    1: saturated), ``push`` the cotangent; ``blank``: a0 and the biases are zero, and so is x at step 2.
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

    def __str__(self) -> str:
        """What it takes to make the same problem again: ``n_x=3 n_a=5 n_y=2 m=8 T_x=6 seed=0``."""
        unusual = ("gain", "push", "blank", "dtype")
        shown = (f for f in fields(self) if f.name not in unusual)
        changed = (f for f in fields(self) if f.name in unusual and getattr(self, f.name) != f.default)
        return " ".join(f"{f.name}={getattr(self, f.name)}" for f in (*shown, *changed))

    def at(self, **changes: Any) -> "Problem":
        """The problem with other sizes, seed or dtype."""
        return replace(self, **changes)

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        rng = np.random.default_rng([self.seed, self.n_x, self.n_a, self.n_y, self.m, self.T_x])

        def away_from_zero(low: float, high: float, *shape: int) -> Array:
            return np.asarray(rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape))

        arrays = {
            "x": rng.standard_normal((self.n_x, self.m, self.T_x)),
            "a0": away_from_zero(0.1, 0.8, self.n_a, self.m),
            "Wax": self.gain * 0.5 / np.sqrt(self.n_x) * rng.standard_normal((self.n_a, self.n_x)),
            "Waa": self.gain * 0.9 / np.sqrt(self.n_a) * rng.standard_normal((self.n_a, self.n_a)),
            "Wya": 1.5 / np.sqrt(self.n_a) * rng.standard_normal((self.n_y, self.n_a)),
            "ba": self.gain * away_from_zero(0.2, 0.6, self.n_a, 1),
            "by": away_from_zero(0.2, 0.8, self.n_y, 1),
            "da": self.push * rng.standard_normal((self.n_a, self.m, self.T_x)),
        }
        if self.blank:
            arrays |= {name: 0 * arrays[name] for name in ("a0", "ba", "by")}
            arrays["x"][:, :, 2] = 0
        return {name: array.astype(self.dtype).astype(np.float64) for name, array in arrays.items()}

    @property
    def x(self) -> Array:
        """The input, ``(n_x, m, T_x)``."""
        return self._arrays["x"]

    @property
    def a0(self) -> Array:
        """The state before the first step, ``(n_a, m)``."""
        return self._arrays["a0"]

    @property
    def da(self) -> Array:
        """The gradient of a loss with respect to the states, ``(n_a, m, T_x)``."""
        return self._arrays["da"]

    @property
    def parameters(self) -> dict[str, Array]:
        """``Wax (n_a, n_x)``, ``Waa (n_a, n_a)``, ``Wya (n_y, n_a)``, ``ba (n_a, 1)``, ``by (n_y, 1)``."""
        return {name: self._arrays[name] for name in ("Wax", "Waa", "Wya", "ba", "by")}

    @property
    def inputs(self) -> tuple[Array, Array, dict[str, Array]]:
        """What ``rnn_forward`` is called with: ``x, a0, parameters``."""
        return self.x, self.a0, self.parameters

    @property
    def step(self) -> tuple[Array, Array, dict[str, Array]]:
        """What ``rnn_cell_forward`` is called with at the first step: ``xt, a_prev, parameters``."""
        return self.x[:, :, 0], self.a0, self.parameters


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

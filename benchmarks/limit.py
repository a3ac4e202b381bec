"""The limit: the loop's matrix products, tanh and exp, and nothing else.

There is no bias, no sum over the batch, no copy and no check, and every array is allocated beforehand. The results are
meaningless. No loop that calls numpy's products and functions step by step can be faster.
"""

from typing import Any

import numpy as np

from benchmarks.loops import Loop, inputs_of
from rnn_reference.arrays import Array
from rnn_reference.problems.problem import Problem


class Limit(Loop):
    """The same products of the same sizes, into allocated arrays."""

    def __init__(self, problem: Problem) -> None:
        x, self.a0, p, da = inputs_of(problem)
        self.Wax, self.Waa, self.Wya = p["Wax"], p["Waa"], p["Wya"]
        T_x, n_a, m = problem.T_x, problem.n_a, problem.m
        self.x, self.dz = (np.ascontiguousarray(array.transpose(2, 0, 1)) for array in (x, da))
        self.a, self.dx = np.empty_like(self.dz), np.empty_like(self.x)
        self.y = np.empty((T_x, problem.n_y, m), x.dtype)
        self.recurrent = np.empty_like(self.a0)
        # the products over all steps at once have the steps side by side
        self.x_flat, self.dz_flat = x.reshape(-1, m * T_x), da.reshape(-1, m * T_x)
        self.a_flat = self.dz_flat.copy()
        self.dWax, self.dWaa = np.empty((n_a, problem.n_x), x.dtype), np.empty((n_a, n_a), x.dtype)

    def forward(self) -> Array:
        """Compute three products and two functions a step."""
        np.matmul(self.Wax, self.x, out=self.a)
        a_prev = self.a0
        for a_next in self.a:
            np.matmul(self.Waa, a_prev, out=self.recurrent)
            np.tanh(a_next, out=a_next)
            a_prev = a_next
        np.matmul(self.Wya, self.a, out=self.y)
        return np.exp(self.y, out=self.y)

    def forward_backward(self) -> None:
        """Compute the same, and four products more."""
        self.forward()
        for dz in self.dz[::-1]:
            np.matmul(self.Waa.T, dz, out=self.recurrent)
        np.matmul(self.Wax.T, self.dz, out=self.dx)
        np.matmul(self.dz_flat, self.x_flat.T, out=self.dWax)
        np.matmul(self.dz_flat, self.a_flat.T, out=self.dWaa)

    def named(self, result: Any) -> dict[str, Array]:
        """Return nothing: there is no result to compare."""
        return {}

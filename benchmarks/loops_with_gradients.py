"""The loops of torch and jax, forward and backward, in their layout ``(T_x, m, n)``."""

from typing import Any

import numpy as np

from benchmarks.loops import Loop, inputs_of
from rnn_reference.arrays import Array
from rnn_reference.problems.problem import Problem


def time_first(array: Array) -> Array:
    """Copy ``(n, m, T_x)`` to ``(T_x, m, n)``."""
    return np.ascontiguousarray(array.transpose(2, 1, 0))


def time_last(array: Any) -> Array:
    """View ``(T_x, m, n)`` as ``(n, m, T_x)``."""
    return np.asarray(array).transpose(2, 1, 0)


class Torch(Loop):
    """``torch.nn.RNN`` with a softmax over a linear layer; backward by autograd."""

    needs = ("torch",)
    in_numpy = False

    def __init__(self, problem: Problem) -> None:
        import torch

        x, a0, p, da = inputs_of(problem)
        dtype = torch.from_numpy(x).dtype
        self.no_grad, self.softmax, self.grad = torch.no_grad, torch.softmax, torch.autograd.grad
        self.layer = torch.nn.RNN(problem.n_x, problem.n_a, dtype=dtype)
        self.head = torch.nn.Linear(problem.n_a, problem.n_y, dtype=dtype)
        own = (*self.layer.parameters(), *self.head.parameters())
        values = (p["Wax"], p["Waa"], p["ba"][:, 0], 0 * p["ba"][:, 0], p["Wya"], p["by"][:, 0])
        for parameter, value in zip(own, values, strict=True):
            parameter.data.copy_(torch.from_numpy(value))
            parameter.requires_grad_(False)
        self.x, self.da = (torch.from_numpy(time_first(array)) for array in (x, da))
        self.a0 = torch.from_numpy(np.ascontiguousarray(a0.T[None]))
        self.weights = own[:3]  # the second bias is zero, and its gradient is not computed

    def forward(self) -> Any:
        """Run without a graph."""
        with self.no_grad():
            a, _ = self.layer(self.x, self.a0)
            return a, self.softmax(self.head(a), dim=-1)

    def forward_backward(self) -> Any:
        """Differentiate the states; no gradient comes from the predictions."""
        leaves = [leaf.requires_grad_() for leaf in (self.x, self.a0, *self.weights)]
        a, _ = self.layer(self.x, self.a0)
        with self.no_grad():
            y = self.softmax(self.head(a), dim=-1)
        return a, y, self.grad(a, leaves, grad_outputs=self.da)

    def named(self, result: Any) -> dict[str, Array]:
        """Move time to the last axis; biases become columns."""
        a, y, *gradients = result
        found = {"a": time_last(a.detach()), "y_pred": time_last(y)}
        for dx, da0, dWax, dWaa, dba in gradients:
            found |= {"dx": time_last(dx), "da0": da0[0].numpy().T}
            found |= {"dWax": dWax.numpy(), "dWaa": dWaa.numpy(), "dba": dba.numpy()[:, None]}
        return found


class Jax(Loop):
    """``jax.jit`` of a ``lax.scan``, inputs projected before the scan, as in the reference; backward by ``jax.vjp``."""

    needs = ("jax",)
    in_numpy = False

    def __init__(self, problem: Problem) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)  # cpu_pinning.one_thread restores it
        x, a0, p, da = inputs_of(problem)
        arrays = (time_first(x), np.ascontiguousarray(a0.T), p["Wax"], p["Waa"], p["ba"][:, 0])
        self.leaves = tuple(map(jax.numpy.asarray, arrays))
        self.da, self.Wya, self.by = map(jax.numpy.asarray, (time_first(da), p["Wya"], p["by"][:, 0]))
        self.run_forward, self.run_both = _jitted()
        self.wait = jax.block_until_ready

    def forward(self) -> Any:
        """Run, and wait for the results."""
        return self.wait(self.run_forward(self.leaves, self.Wya, self.by))

    def forward_backward(self) -> Any:
        """Run one compiled function for results and gradients."""
        return self.wait(self.run_both(self.leaves, self.Wya, self.by, self.da))

    def named(self, result: Any) -> dict[str, Array]:
        """Move time to the last axis; the bias becomes a column."""
        a, y, *gradients = result
        found = {"a": time_last(a), "y_pred": time_last(y)}
        for dx, da0, dWax, dWaa, dba in gradients:
            found |= {"dx": time_last(dx), "da0": np.asarray(da0).T}
            found |= {"dWax": np.asarray(dWax), "dWaa": np.asarray(dWaa), "dba": np.asarray(dba)[:, None]}
        return found


def _jitted() -> tuple[Any, Any]:
    import jax

    def states(x: Any, a0: Any, Wax: Any, Waa: Any, ba: Any) -> Any:
        def step(a_prev: Any, projected: Any) -> Any:
            a_next = jax.numpy.tanh(projected + a_prev @ Waa.T)
            return a_next, a_next

        return jax.lax.scan(step, a0, x @ Wax.T + ba)[1]

    def forward(leaves: Any, Wya: Any, by: Any) -> Any:
        a = states(*leaves)
        return a, jax.nn.softmax(a @ Wya.T + by)

    def forward_backward(leaves: Any, Wya: Any, by: Any, da: Any) -> Any:
        a, back = jax.vjp(states, *leaves)
        return a, jax.nn.softmax(a @ Wya.T + by), back(da)

    return jax.jit(forward), jax.jit(forward_backward)

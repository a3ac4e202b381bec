"""Gradient checkers with their default settings, for any function of one array: each raises what it raises."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference import check_vjp

LIMIT = 1e-5
"""The largest norm of the difference that is accepted of scipy's check_grad: its documentation names no limit."""


def ours(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    """Ours."""
    check_vjp(f, vjp, x)


def torch_gradcheck(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    """torch.autograd.gradcheck."""
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return torch.tensor(f(x.detach().numpy()))

        @staticmethod
        def backward(ctx: Any, cotangent: Any) -> Any:
            return torch.tensor(vjp(cotangent.numpy(), ctx.saved_tensors[0].detach().numpy()))

    torch.autograd.gradcheck(Function.apply, [torch.tensor(x, requires_grad=True)])


def jax_check_grads(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    """jax.test_util.check_grads, reverse mode, order 1."""
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    function = jax.custom_vjp(lambda x: jnp.asarray(f(np.array(x))))
    function.defvjp(lambda x: (function(x), x), lambda x, c: (jnp.asarray(vjp(np.array(c), np.array(x))),))
    check_grads(function, [jnp.asarray(x)], order=1, modes=["rev"])


def autograd_check_grads(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    """autograd.test_util.check_grads, reverse mode, order 1, with seeded random directions."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    function = primitive(f)
    defvjp(function, lambda _, x: lambda c: vjp(np.asarray(c), x))
    np.random.seed(0)
    check_grads(function, modes=["rev"], order=1)(x)


def _as_loss(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> tuple[Any, Any, Any]:
    """Return the sum of the function with random weights, its claimed gradient, and the array: all flat."""
    weights = np.random.default_rng(0).standard_normal(np.shape(f(x.copy())))

    def loss(v: Any) -> Any:
        return np.sum(weights * f(v.reshape(x.shape).astype(x.dtype)))

    def gradient(v: Any) -> Any:
        return np.ravel(vjp(weights, v.reshape(x.shape).astype(x.dtype)))

    return loss, gradient, x.ravel()


def scipy_check_grad(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    """scipy.optimize.check_grad, with ``LIMIT``."""
    from scipy.optimize import check_grad

    if not check_grad(*_as_loss(f, vjp, x)) <= LIMIT:
        raise AssertionError


def numdifftools_gradient(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    """numdifftools.Gradient, with ten times its own error estimate."""
    import numdifftools

    loss, gradient, start = _as_loss(f, vjp, x)
    found = numdifftools.Gradient(loss, full_output=True)(start)
    if not np.all(abs(gradient(start) - np.ravel(found[0])) <= 10 * np.ravel(found[1])):
        raise AssertionError


CHECKERS = {
    "check_vjp": ours,
    "torch gradcheck": torch_gradcheck,
    "jax check_grads": jax_check_grads,
    "autograd check_grads": autograd_check_grads,
    "scipy check_grad": scipy_check_grad,
    "numdifftools": numdifftools_gradient,
}

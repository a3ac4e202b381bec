"""Other people's gradient checkers, each for one instance."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.studies.checkers import Checker, against
from benchmarks.studies.instances import INPUTS, Instance


def central_difference(instance: Instance, f: Callable[..., Any]) -> Checker:
    """The notebook's: a step of 1e-5 on the loss, a relative tolerance of 1e-7."""
    value = [_loop(instance, f, i, 1e-5) for i in range(len(INPUTS))]
    return against(value, [1e-7 * abs(v) for v in value], instance.gradients())


def _loop(instance: Instance, f: Callable[..., Any], which: int, step: float) -> Any:
    gradient = np.empty_like(instance.args[which])
    for index in np.ndindex(gradient.shape):
        losses = []
        for sign in (1, -1):
            args = [array.copy() for array in instance.args]
            args[which][index] += sign * step
            losses.append(np.sum(instance.arrays["da"] * f(*args)))
        gradient[index] = (losses[0] - losses[1]) / (2 * step)
    return gradient


def _torch(fast: bool) -> Callable[[Instance, Callable[..., Any]], Checker]:
    def make(instance: Instance, f: Callable[..., Any]) -> Checker:
        import torch

        def accepts(claimed: list[Any]) -> bool:
            class Network(torch.autograd.Function):
                @staticmethod
                def forward(ctx: Any, *args: Any) -> Any:
                    return torch.tensor(f(*(a.detach().numpy() for a in args)).copy())

                @staticmethod
                def backward(ctx: Any, cotangent: Any) -> Any:
                    # gradcheck draws cotangents of its own: the right answer, with the claimed error
                    found = instance.vjp(cotangent.numpy(), *instance.args)
                    right = instance.gradients()
                    return tuple(torch.tensor(v * _ratio(c, r)) for v, c, r in zip(found, claimed, right, strict=True))

            leaves = [torch.tensor(array, requires_grad=True) for array in instance.args]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return bool(torch.autograd.gradcheck(Network.apply, leaves, fast_mode=fast, raise_exception=False))

        return Checker(accepts)

    return make


def _ratio(claimed: Any, right: Any) -> Any:
    return np.divide(claimed, right, out=np.ones_like(right), where=right != 0)


def jax_check_grads(instance: Instance, f: Callable[..., Any]) -> Checker:
    """jax.test_util.check_grads, reverse mode, order 1."""
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)

    def accepts(claimed: list[Any]) -> bool:
        ratios = [_ratio(c, r) for c, r in zip(claimed, instance.gradients(), strict=True)]

        @jax.custom_vjp
        def network(*args: Any) -> Any:
            return jnp.asarray(f(*(np.asarray(a) for a in args)))

        def forward(*args: Any) -> Any:
            return network(*args), args

        def backward(args: Any, cotangent: Any) -> Any:
            found = instance.vjp(np.asarray(cotangent), *instance.args)
            return tuple(jnp.asarray(v * ratio) for v, ratio in zip(found, ratios, strict=True))

        network.defvjp(forward, backward)
        try:
            check_grads(network, [jnp.asarray(a) for a in instance.args], order=1, modes=["rev"])
        except AssertionError:
            return False
        return True

    return Checker(accepts)


def autograd_check_grads(instance: Instance, f: Callable[..., Any]) -> Checker:
    """autograd.test_util.check_grads, reverse mode, order 1; with seeded random directions."""
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    def accepts(claimed: list[Any]) -> bool:
        ratios = [_ratio(c, r) for c, r in zip(claimed, instance.gradients(), strict=True)]
        network = primitive(lambda *args: np.array(f(*args)))
        defvjp(network, *(
            lambda ans, *args, i=i: lambda ct: instance.vjp(np.asarray(ct), *instance.args)[i] * ratios[i]
            for i in range(len(INPUTS))
        ))  # fmt: skip
        np.random.seed(instance.seed)
        try:
            check_grads(network, modes=["rev"], order=1)(*instance.args)
        except AssertionError:
            return False
        return True

    return Checker(accepts)


def _flat(instance: Instance, f: Callable[..., Any]) -> tuple[Any, Callable[[Any], Any], Callable[[Any], list[Any]]]:
    sizes = np.cumsum([array.size for array in instance.args])[:-1]

    def parted(v: Any) -> list[Any]:
        return [part.reshape(a.shape) for part, a in zip(np.split(np.asarray(v), sizes), instance.args, strict=True)]

    start = np.concatenate([array.ravel() for array in instance.args])
    return start, lambda v: float(np.sum(instance.arrays["da"] * f(*parted(v)))), parted


def scipy_check_grad(instance: Instance, f: Callable[..., Any]) -> Checker:
    """scipy.optimize.check_grad: the norm of the difference, at most 1e-5 (its documentation names no limit)."""
    from scipy.optimize import approx_fprime

    start, loss, _ = _flat(instance, f)
    value = approx_fprime(start, loss)

    def accepts(claimed: list[Any]) -> bool:
        return bool(np.linalg.norm(np.concatenate([c.ravel() for c in claimed]) - value) <= 1e-5)

    right = np.concatenate([g.ravel() for g in instance.gradients()])
    return Checker(accepts, float(abs(value - right).max()))


def scipy_differentiate(instance: Instance, f: Callable[..., Any]) -> Checker:
    """scipy.differentiate.jacobian, its own error estimate plus 1.5e-8 relative."""
    from scipy.differentiate import jacobian

    start, loss, parted = _flat(instance, f)
    found = jacobian(lambda v: np.apply_along_axis(loss, 0, v), start)
    value, bound = parted(found.df.ravel()), parted(found.error.ravel() + 1.5e-8 * abs(found.df.ravel()))
    return against(value, bound, instance.gradients())


def numdifftools_gradient(instance: Instance, f: Callable[..., Any]) -> Checker:
    """numdifftools.Gradient, ten times its own error estimate."""
    import numdifftools

    start, loss, parted = _flat(instance, f)
    found = numdifftools.Gradient(loss, full_output=True)(start)
    value, error = found[0].ravel(), found[1].ravel()
    return against(parted(value), parted(10 * error), instance.gradients())


OTHERS = {
    "torch gradcheck, slow": _torch(fast=False),
    "torch gradcheck, fast": _torch(fast=True),
    "jax check_grads": jax_check_grads,
    "autograd check_grads": autograd_check_grads,
    "scipy.optimize.check_grad": scipy_check_grad,
    "scipy.differentiate": scipy_differentiate,
    "numdifftools": numdifftools_gradient,
    "central difference, relative 1e-7": central_difference,
}

"""Gradient checkers, each with its default settings, behind one interface: does it accept these gradients?

A checker is made for an instance of the network. It computes once whatever does not depend on the claimed gradients.
``error`` is the largest error of its own derivative, if it returns one.
"""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.studies.instances import INPUTS, Instance, point_at
from rnn_reference import check_vjp, rnn_backward, rnn_forward
from rnn_reference.numerics import injection as derivatives
from rnn_reference.numerics.injection import Forward, ForwardCall

Accepts = Callable[[list[Any]], bool]


class Checker(NamedTuple):
    """A checker for one instance."""

    accepts: Accepts
    error: float | None = None


def _against(value: list[Any], bound: list[Any], right: list[Any]) -> Checker:
    """Return a checker that compares with a derivative of its own, element by element."""

    def accepts(claimed: list[Any]) -> bool:
        return all(bool(np.all(abs(c - v) <= b)) for c, v, b in zip(claimed, value, bound, strict=True))

    return Checker(accepts, max(float(abs(v - r).max()) for v, r in zip(value, right, strict=True)))


def _states(f: Callable[..., Any]) -> Forward:
    """Return the reference's forward pass of several calls; ``f`` counts them."""

    def forward(several: list[ForwardCall]) -> list[dict[str, Any]]:
        f.calls += len(several)  # type: ignore[attr-defined]
        return [{"a": rnn_forward(run.x, run.initial["a"], run.parameters)[0]} for run in several]

    return forward


def by_injection(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours for real arithmetic: differences of injected pre-activations."""
    found = derivatives.by_injection(_states(f), point_at(instance.given, instance.wide["da"]), instance.rounding)
    bound = [found.error[f"d{n}"] + instance.tolerance[f"d{n}"] for n in INPUTS]
    return _against([found.value[f"d{n}"] for n in INPUTS], bound, instance.gradients())


def by_complex_step(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours for implementations that accept complex numbers."""
    found = derivatives.by_complex_step(_states(f), point_at(instance.given, instance.wide["da"]))
    bound = [2 * instance.tolerance[f"d{n}"] for n in INPUTS]
    return _against([found[f"d{n}"] for n in INPUTS], bound, instance.gradients())


def with_reference(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours once the forward pass conforms: the reference's gradient, always in float64."""
    right = rnn_backward(instance.wide["da"], rnn_forward(*instance.given.forward)[2])
    bound = [instance.tolerance[f"d{n}"] for n in INPUTS]
    return _against([right[f"d{n}"] for n in INPUTS], bound, instance.gradients())


def our_check_vjp(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours for any function."""
    found = check_vjp(f, lambda *_: instance.gradients(), *instance.args, cotangent=instance.arrays["da"])
    # a gradient given as numbers shows no rounding; its rounding is that of the right gradient
    own = [instance.tolerance[f"d{n}"] for n in INPUTS]
    bound = [error + o for error, o in zip(found.error, own, strict=True)]
    return _against(list(found.derivative), bound, instance.gradients())


def central_difference(instance: Instance, f: Callable[..., Any]) -> Checker:
    """The notebook's: a step of 1e-5 on the loss, a relative tolerance of 1e-7."""
    value = [_loop(instance, f, i, 1e-5) for i in range(len(INPUTS))]
    return _against(value, [1e-7 * abs(v) for v in value], instance.gradients())


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
                    found = _vjp(instance, cotangent.numpy())
                    right = instance.gradients()
                    return tuple(torch.tensor(v * _ratio(c, r)) for v, c, r in zip(found, claimed, right, strict=True))

            leaves = [torch.tensor(array, requires_grad=True) for array in instance.args]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return bool(torch.autograd.gradcheck(Network.apply, leaves, fast_mode=fast, raise_exception=False))

        return Checker(accepts)

    return make


def _vjp(instance: Instance, cotangent: Any) -> list[Any]:
    parameters = {name: instance.arrays[name] for name in ("Wax", "Waa", "Wya", "ba", "by")}
    found = rnn_backward(cotangent, rnn_forward(instance.arrays["x"], instance.arrays["a0"], parameters)[2])
    return [found[f"d{name}"] for name in INPUTS]


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
            found = _vjp(instance, np.asarray(cotangent))
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
            lambda ans, *args, i=i: lambda ct: _vjp(instance, np.asarray(ct))[i] * ratios[i] for i in range(len(INPUTS))
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
    return _against(value, bound, instance.gradients())


def numdifftools_gradient(instance: Instance, f: Callable[..., Any]) -> Checker:
    """numdifftools.Gradient, ten times its own error estimate."""
    import numdifftools

    start, loss, parted = _flat(instance, f)
    found = numdifftools.Gradient(loss, full_output=True)(start)
    value, error = found[0].ravel(), found[1].ravel()
    return _against(parted(value), parted(10 * error), instance.gradients())


OURS = {
    "this project: comparison with the reference": with_reference,
    "this project: complex step": by_complex_step,
    "this project: differences by injection": by_injection,
    "this project: check_vjp, any function": our_check_vjp,
}
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
FAST = tuple(OURS)[:3]
FLOAT32 = ("this project: comparison with the reference",)
"""Those of ours that judge float32. There, no differences are taken."""

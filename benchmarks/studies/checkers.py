"""Gradient checkers, each with its default settings, behind one interface: does it accept these gradients?

A checker is made for an instance of the network. It computes once whatever does not depend on the claimed gradients.
``error`` is the largest error of its own derivative, if it returns one.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.studies.instances import INPUTS, Instance, point_at
from rnn_reference import check_vjp, rnn_backward, rnn_forward
from rnn_reference.numerics import injection as derivatives
from rnn_reference.numerics.moved import Forward, ForwardCall

Accepts = Callable[[list[Any]], bool]


class Checker(NamedTuple):
    """A checker for one instance."""

    accepts: Accepts
    error: float | None = None


def against(value: list[Any], bound: list[Any], right: list[Any]) -> Checker:
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
    return against([found.value[f"d{n}"] for n in INPUTS], bound, instance.gradients())


def by_complex_step(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours for implementations that accept complex numbers."""
    found = derivatives.by_complex_step(_states(f), point_at(instance.given, instance.wide["da"]))
    bound = [2 * instance.tolerance[f"d{n}"] for n in INPUTS]
    return against([found[f"d{n}"] for n in INPUTS], bound, instance.gradients())


def with_reference(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours once the forward pass conforms: the reference's gradient, always in float64."""
    right = rnn_backward(instance.wide["da"], rnn_forward(*instance.given.forward)[2])
    bound = [instance.tolerance[f"d{n}"] for n in INPUTS]
    return against([right[f"d{n}"] for n in INPUTS], bound, instance.gradients())


def our_check_vjp(instance: Instance, f: Callable[..., Any]) -> Checker:
    """Ours for any function."""
    try:
        found = check_vjp(f, instance.vjp, *instance.args, cotangent=instance.arrays["da"])
    except AssertionError:  # a false alarm, or too little seen
        return Checker(lambda claimed: False)
    return against(list(found.derivative), list(found.error), instance.gradients())


OURS = {
    "this project: comparison with the reference": with_reference,
    "this project: complex step": by_complex_step,
    "this project: differences by injection": by_injection,
    "this project: check_vjp, any function": our_check_vjp,
}
FAST = tuple(OURS)[:3]
FLOAT32 = ("this project: comparison with the reference", "this project: check_vjp, any function")
"""Those of ours that judge float32. The suite itself takes no differences there."""

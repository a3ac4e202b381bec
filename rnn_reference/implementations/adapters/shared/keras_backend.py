"""Keras on an installed backend, and the derivatives of this backend for a function ``(x, state, weights)``.

By default keras chooses tensorflow, even if it is not installed.
"""

import functools
import importlib
import importlib.util
import os
from typing import Any

BACKENDS = ("torch", "jax", "tensorflow", "numpy")


def _imported() -> Any:
    """Returns the module keras, with the backend from the environment or the first installed one."""
    named = os.environ.get("KERAS_BACKEND")
    if not named:
        os.environ["KERAS_BACKEND"] = next(name for name in BACKENDS if importlib.util.find_spec(name))
    try:
        return importlib.import_module("keras")  # a keras that is already imported keeps its backend
    finally:
        if not named:
            del os.environ["KERAS_BACKEND"]


keras = _imported()


def gradients_on(backend: str) -> Any:
    """Returns a function of ``function, x, state, weights``, or None if the backend has no derivatives.

    It returns the value of ``function``, and a function that returns the five gradients for a cotangent.
    """
    return {"torch": _torch, "jax": _jax}.get(backend)


def _torch(function: Any, x: Any, state: Any, weights: list[Any]) -> tuple[Any, Any]:
    import torch

    leaves = [tensor.requires_grad_() for tensor in (x, state, *weights)]
    value = function(leaves[0], leaves[1], leaves[2:])
    return value, lambda da: torch.autograd.grad(value, leaves, da, retain_graph=True)


def _jax(function: Any, x: Any, state: Any, weights: list[Any]) -> tuple[Any, Any]:
    value, vjp = _value_and_vjp(function)(x, state, weights)

    def flat(da: Any) -> list[Any]:
        dx, dstate, dweights = _applied()(vjp, da)
        return [dx, dstate, *dweights]

    return value, flat


@functools.lru_cache(maxsize=512)
def _value_and_vjp(function: Any) -> Any:
    """Returns the compiled function. Without it, jax compiles every operation for each shape separately."""
    import jax

    return jax.jit(lambda *inputs: jax.vjp(function, *inputs))


@functools.cache
def _applied() -> Any:
    import jax

    return jax.jit(lambda vjp, da: vjp(da))

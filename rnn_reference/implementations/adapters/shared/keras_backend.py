"""Keras on an installed backend, and the derivatives of this backend.

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
    """Returns a function of ``function, inputs``, or None if the backend has no derivatives.

    It returns the values of ``function(*inputs)``, a list, and a function that returns the gradients of all inputs for
    a cotangent of each value.
    """
    return {"torch": _torch, "jax": _jax}.get(backend)


def _torch(function: Any, inputs: list[Any]) -> tuple[Any, Any]:
    import torch

    leaves = [tensor.requires_grad_() for tensor in inputs]
    values = function(*leaves)
    return values, lambda cotangents: torch.autograd.grad(values, leaves, cotangents, retain_graph=True)


def _jax(function: Any, inputs: list[Any]) -> tuple[Any, Any]:
    values, vjp = _value_and_vjp(function)(*inputs)
    return values, lambda cotangents: _applied()(vjp, list(cotangents))


@functools.lru_cache(maxsize=512)
def _value_and_vjp(function: Any) -> Any:
    """Returns the compiled function. Without it, jax compiles every operation for each shape separately."""
    import jax

    return jax.jit(lambda *inputs: jax.vjp(function, *inputs))


@functools.cache
def _applied() -> Any:
    import jax

    return jax.jit(lambda vjp, cotangents: vjp(cotangents))

"""Gradient checkers, each with its default settings, on claims and functions of one kind each.

    python -m benchmarks.studies.gradient_kinds

writes the last section of docs/generated/gradient-checkers.md. A checker whose package is not installed has a dash.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.markdown import table
from benchmarks.studies import pages
from rnn_reference import check_vjp

METHOD = """\
Each function is given with a claimed vector-Jacobian product, in float64; each checker has its default settings. A \
checker with one answer to a wrong claim and to a missing derivative *refuses* both. Where the claim is right, \
*refuses* is a false alarm."""
PAGE = "gradient-checkers.md"
HEADING = "## By kind of claim"

RANDOM = np.random.default_rng(0)
NEAR_ONE = np.array([1.0, -1.5, 1.7])


def _square(x: Any) -> Any:
    return x * x


def _with_nan(c: Any, x: Any) -> Any:
    found = 2 * c * x
    found[1] = np.nan
    return found


def _noisy(c: Any, x: Any) -> Any:
    return 2 * c * x * (1 + 0.1 * RANDOM.standard_normal(x.shape))


def _ties(c: Any, x: Any) -> Any:
    return c * (x == x.max(0))


KINDS: dict[str, tuple[str, Callable[..., Any], Callable[..., Any], Any]] = {
    "x², NaN in one element": ("wrong", _square, _with_nan, NEAR_ONE),
    "x², each element 10 % off at random": ("wrong", _square, _noisy, NEAR_ONE),
    "x², the factor 2 forgotten, x near 1e10": ("wrong", _square, lambda c, x: c * x, 1e10 * NEAR_ONE),
    "log x, 1 % too large, x near 1e12": ("wrong", np.log, lambda c, x: 1.01 * c / x, np.array([1e12, 2e12])),
    "x², the factor 2 forgotten, x near 1e-20": ("wrong", _square, lambda c, x: c * x, 1e-20 * NEAR_ONE),
    "x², x near 1e-20": ("right", _square, lambda c, x: 2 * c * x, 1e-20 * NEAR_ONE),
    "x², x near 1e10": ("right", _square, lambda c, x: 2 * c * x, 1e10 * NEAR_ONE),
    "relu, one element 0": (
        "no derivative",
        lambda x: np.maximum(x, 0),
        lambda c, x: c * (x > 0),
        np.array([0.0, 1.0]),
    ),
    "max of each column, all equal": ("no derivative", lambda x: x.max(0), _ties, np.ones((2, 2))),
}
"""What the claim is, the function, the claimed product, and its array."""


def _ours(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    check_vjp(f, vjp, x)


def _torch(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
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


def _jax(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    function = jax.custom_vjp(lambda x: jnp.asarray(f(np.asarray(x))))
    function.defvjp(lambda x: (function(x), x), lambda x, c: (jnp.asarray(vjp(np.asarray(c), np.asarray(x))),))
    check_grads(function, [jnp.asarray(x)], order=1, modes=["rev"])


def _autograd(f: Callable[..., Any], vjp: Callable[..., Any], x: Any) -> None:
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    function = primitive(f)
    defvjp(function, lambda _, x: lambda c: vjp(np.asarray(c), x))
    np.random.seed(0)
    check_grads(function, modes=["rev"], order=1)(x)


CHECKERS = {
    "check_vjp": _ours,
    "torch gradcheck": _torch,
    "jax check_grads": _jax,
    "autograd check_grads": _autograd,
}


def outcome(check: Callable[..., None], kind: str) -> str:
    """Return what a checker does: it passes the claim, refuses it, or raises another exception."""
    _, f, vjp, x = KINDS[kind]
    try:
        with np.errstate(all="ignore"):
            check(f, vjp, x)
    except ModuleNotFoundError:
        return "-"
    except Exception as error:
        name = type(error).__name__
        return "refuses" if name in {"VjpError", "AssertionError", "GradcheckError"} else name
    return "passes"


def rows() -> list[list[str]]:
    """Return a row for each kind: what the claim is, and what each checker does."""
    return [[kind, KINDS[kind][0], *(outcome(check, kind) for check in CHECKERS.values())] for kind in KINDS]


def section() -> str:
    """Return the last section of the page."""
    made = pages.made_by("python -m benchmarks.studies.gradient_kinds", "numpy", "torch", "jax", "autograd")
    found = table(["function", "the claim is", *CHECKERS], rows())
    return "\n\n".join([HEADING, made, METHOD, found]) + "\n"


def main() -> None:
    """Write the section again."""
    before = (pages.FOLDER / PAGE).read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
    pages.write(PAGE, f"{before}\n\n{section()}")


if __name__ == "__main__":
    main()

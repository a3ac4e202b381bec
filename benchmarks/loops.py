"""Recurrent networks that are ready to run, each in its preferred layout, and those in numpy.

The constructor does everything that is not timed: layouts, weights, compilation. All loops do the same work. Forward,
they compute states and predictions. Backward, they compute the gradients dx, da0, dWax, dWaa and dba of a loss whose
gradient with respect to the states is ``da``.
"""

from importlib.util import find_spec
from typing import Any

import numpy as np

import rnn_reference
from rnn_reference.arrays import Array
from rnn_reference.implementations.adapters import stepwise
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.problems.problem import Problem

TOLERANCE = {"float64": 1e-10, "float32": 2e-4}
"""As a part of the largest element of the right result: above fifty steps of rounding, below any mistake."""

FORWARD = ("a", "y_pred")
BACKWARD = (*FORWARD, "dx", "da0", "dWax", "dWaa", "dba")


class Loop:
    """A network with its inputs. The class says which packages it needs, and which dtypes and directions it has."""

    needs: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float64", "float32")
    offers_backward = True
    in_numpy = True  # tracemalloc sees numpy's memory only

    def forward(self) -> Any:
        """Return states and predictions, in a form of its own."""
        raise NotImplementedError

    def forward_backward(self) -> Any:
        """Return the same, and the gradients."""
        raise NotImplementedError

    def named(self, result: Any) -> dict[str, Array]:
        """Return the results of either call in the document's layout, by name."""
        raise NotImplementedError


def missing(kind: type[Loop]) -> list[str]:
    """Return the needed packages that are not installed."""
    return [package for package in kind.needs if not find_spec(package)]


def inputs_of(problem: Problem) -> tuple[Array, Array, dict[str, Array], Array]:
    """Return ``x, a0, parameters, da`` in the problem's dtype."""
    x, a0, da = (array.astype(problem.dtype) for array in (problem.x, problem.a0, problem.da))
    return x, a0, {name: value.astype(problem.dtype) for name, value in problem.parameters.items()}, da


def right_answer(problem: Problem) -> dict[str, Array]:
    """Return the reference's results, always in float64."""
    a, y_pred, caches = rnn_reference.rnn_forward(*problem.inputs)
    return {"a": a, "y_pred": y_pred, **rnn_reference.rnn_backward(problem.da, caches)}


def require_agreement(got: dict[str, Array], right: dict[str, Array], dtype: str) -> None:
    """Raise AssertionError, naming the array, if a result differs from the reference by more than rounding."""
    for name, value in got.items():
        allowed = TOLERANCE[dtype] * abs(right[name]).max()
        np.testing.assert_allclose(np.asarray(value), right[name], rtol=0, atol=allowed, err_msg=name)


class Functions(Loop):
    """A network of the document's two functions, called with arrays in the document's layout."""

    def __init__(self, problem: Problem, rnn_forward: Any, rnn_backward: Any) -> None:
        self.x, self.a0, self.parameters, self.da = inputs_of(problem)
        self.rnn_forward, self.rnn_backward = rnn_forward, rnn_backward

    def forward(self) -> Any:
        """Return ``a, y_pred``."""
        return self.rnn_forward(self.x, self.a0, self.parameters)[:2]

    def forward_backward(self) -> Any:
        """Return ``a, y_pred, gradients``."""
        a, y_pred, caches = self.rnn_forward(self.x, self.a0, self.parameters)
        return a, y_pred, self.rnn_backward(self.da, caches)

    def named(self, result: Any) -> dict[str, Array]:
        """Name them: the layout is the document's."""
        a, y_pred, *gradients = result
        return {"a": a, "y_pred": y_pred, **{name: value for g in gradients for name, value in g.items()}}


class Reference(Functions):
    """The reference, given the document's layout. The copies that move time to the first axis are timed too."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, rnn_reference.rnn_forward, rnn_reference.rnn_backward)


class OwnLayout(Reference):
    """The reference, given arrays of the document's shape whose memory order is time first, like its own results."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.x, self.da = (np.ascontiguousarray(v.transpose(2, 0, 1)).transpose(1, 2, 0) for v in (self.x, self.da))


class Stepwise(Functions):
    """The document's structure: one call of the cell a step."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, stepwise.rnn_forward, stepwise.rnn_backward)


def theirs(implementation: Implementation) -> type[Loop]:
    """Return a loop that calls the functions of an implementation directly, without copies of the arguments."""

    class Theirs(Functions):
        offers_backward = implementation.offers("rnn_backward")

        def __init__(self, problem: Problem) -> None:
            def rnn_forward(*inputs: Any) -> Any:
                return implementation.call("rnn_forward", *inputs, copy=False)

            def rnn_backward(da: Array, caches: Any) -> Any:
                return implementation.call("rnn_backward", da, caches, copy=False)

            super().__init__(problem, rnn_forward, rnn_backward)

        def named(self, result: Any) -> dict[str, Array]:
            """Ignore whatever is returned beside the compared arrays."""
            return {name: value for name, value in super().named(result).items() if name in BACKWARD}

    return Theirs

"""What a column of the table is: a recurrent network ready to run, in the layout it likes best.

Everything that is not the run itself (layouts, weights, compiling) happens when it is made. All do the same work:
states and predictions forward; backward the gradients dx, da0, dWax, dWaa and dba of a loss whose gradient with
respect to the states is ``da``.
"""

from importlib.util import find_spec
from typing import Any

import numpy as np

import rnn_reference
from rnn_reference.arrays import Array
from rnn_reference.cells import loop as stepwise
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.problems.problem import Problem

TOLERANCE = {"float64": 1e-10, "float32": 2e-4}
"""Of the largest element of the right result. A mistake errs by more, fifty steps of rounding by less."""

FORWARD = ("a", "y_pred")
BACKWARD = (*FORWARD, "dx", "da0", "dWax", "dWaa", "dba")


class Loop:
    """A network with its inputs. What it lacks (packages, a dtype, a backward pass) the class says of itself."""

    needs: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float64", "float32")
    offers_backward = True
    in_numpy = True  # tracemalloc knows of numpy's memory and of nobody else's

    def forward(self) -> Any:
        """States and predictions, in its own form."""
        raise NotImplementedError

    def there_and_back(self) -> Any:
        """The same, and then the gradients."""
        raise NotImplementedError

    def named(self, result: Any) -> dict[str, Array]:
        """What either of them returned, in the document's layout and names."""
        raise NotImplementedError


def missing(kind: type[Loop]) -> list[str]:
    """The packages that are not installed."""
    return [package for package in kind.needs if not find_spec(package)]


def inputs_of(problem: Problem) -> tuple[Array, Array, dict[str, Array], Array]:
    """``x, a0, parameters, da`` in the problem's dtype."""
    x, a0, da = (array.astype(problem.dtype) for array in (problem.x, problem.a0, problem.da))
    return x, a0, {name: value.astype(problem.dtype) for name, value in problem.parameters.items()}, da


def right_answer(problem: Problem) -> dict[str, Array]:
    """The reference's results in float64, whatever the dtype of the problem."""
    a, y_pred, caches = rnn_reference.rnn_forward(*problem.inputs)
    return {"a": a, "y_pred": y_pred, **rnn_reference.rnn_backward(problem.da, caches)}


def require_agreement(got: dict[str, Array], right: dict[str, Array], dtype: str) -> None:
    """Raise AssertionError, naming the array, where a result is not the reference's to within rounding."""
    for name, value in got.items():
        allowed = TOLERANCE[dtype] * abs(right[name]).max()
        np.testing.assert_allclose(np.asarray(value), right[name], rtol=0, atol=allowed, err_msg=name)


class Functions(Loop):
    """A network of the document's two functions, called with arrays as their callers have them."""

    def __init__(self, problem: Problem, rnn_forward: Any, rnn_backward: Any) -> None:
        self.x, self.a0, self.parameters, self.da = inputs_of(problem)
        self.rnn_forward, self.rnn_backward = rnn_forward, rnn_backward

    def forward(self) -> Any:
        """``a, y_pred``."""
        return self.rnn_forward(self.x, self.a0, self.parameters)[:2]

    def there_and_back(self) -> Any:
        """``a, y_pred, gradients``."""
        a, y_pred, caches = self.rnn_forward(self.x, self.a0, self.parameters)
        return a, y_pred, self.rnn_backward(self.da, caches)

    def named(self, result: Any) -> dict[str, Array]:
        """They are in the document's layout as they come."""
        a, y_pred, *gradients = result
        return {"a": a, "y_pred": y_pred, **{name: value for g in gradients for name, value in g.items()}}


class Reference(Functions):
    """The reference, given the document's layout: what it takes to bring time to the front is in the time."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, rnn_reference.rnn_forward, rnn_reference.rnn_backward)


class OwnLayout(Reference):
    """The reference, given arrays of the document's shape that lie in memory with time first, as its results do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.x, self.da = (np.ascontiguousarray(v.transpose(2, 0, 1)).transpose(1, 2, 0) for v in (self.x, self.da))


class Stepwise(Functions):
    """The document's structure: one call of the cell for each step."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem, stepwise.rnn_forward, stepwise.rnn_backward)


def theirs(implementation: Implementation) -> type[Loop]:
    """A column of somebody's own implementation, whose functions are called as they are."""

    class Theirs(Functions):
        offers_backward = implementation.offers("rnn_backward")

        def __init__(self, problem: Problem) -> None:
            def rnn_forward(*inputs: Any) -> Any:
                return implementation.call("rnn_forward", *inputs, as_they_are=True)

            def rnn_backward(da: Array, caches: Any) -> Any:
                return implementation.call("rnn_backward", da, caches, as_they_are=True)

            super().__init__(problem, rnn_forward, rnn_backward)

        def named(self, result: Any) -> dict[str, Array]:
            """What they return beside the gradients asked for is their own business."""
            return {name: value for name, value in super().named(result).items() if name in BACKWARD}

    return Theirs

"""The judge of a check: it compares results, and keeps the problem and the smallest error that would have been seen."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.registry import cells
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.numerics.compare import require_close, ulps
from rnn_reference.numerics.stochastic import unit_roundoff
from rnn_reference.outcomes import Doubt, NotOffered, Wrong
from rnn_reference.problems.inputs import of_sequence
from rnn_reference.problems.problem import Problem

TOO_WIDE = 64.0
"""A tolerance is too wide above this many square roots of u, relative to its tensor. The check then gives advice."""

OF_INPUTS = {
    name for cell in cells() for function in (cell.backward, cell.cell_backward) for name in function.of_inputs
}
"""The gradients of the input and of the states before. Who only trains returns none of them."""

OPTIONAL = {name for cell in cells() for name in cell.backward.may_lack}
"""Results that an implementation need not return."""


def one_of(results: Mapping[str, Array], name: str) -> Array:
    """Returns one of the results. Raises NotOffered if the implementation does not give it."""
    if name not in results:
        raise NotOffered([("", f"it gives no {name}")])
    return results[name]


class Judge:
    """One check's view of one implementation.

    ``doubts`` are wrong answers that may be consequences of a wrong forward function: the diagnosis decides.
    ``consequences`` are backward functions that are right for the states of a wrong forward function.
    """

    def __init__(self, implementation: Implementation, check: str) -> None:
        self.implementation = implementation
        self.check = check
        self.doubts: list[Doubt] = []
        self.consequences: set[str] = set()
        self.u = unit_roundoff(implementation.dtype)
        self.problem: Problem | None = None
        self.smallest_error_seen: float | None = None
        self.notes: list[str] = []
        self.too_wide: str | None = None
        self.ulps: dict[str, float] = {}
        self.evidence: dict[str, Any] = {}

    def set_problem(self, problem: Problem) -> Problem:
        """Sets the problem of the check, as the implementation takes it, and returns it."""
        self.problem = self.implementation.fitted(problem)
        return self.problem

    @contextlib.contextmanager
    def in_precision(self, dtype: str) -> Iterator[None]:
        """Inside this block the implementation gets arguments in this precision, and is judged by it."""
        kept, self.u = self.u, unit_roundoff(dtype)
        try:
            with self.implementation.in_dtype(dtype):
                yield
        finally:
            self.u = kept

    def draw(self, *shape: int) -> Array:
        """Returns normally distributed numbers, the same in every run, which the dtype can hold exactly."""
        drawn = np.random.default_rng([*shape, 1]).standard_normal(shape)
        return drawn.astype(self.implementation.dtype).astype(np.float64)

    def own_copies(self, given: Problem | Mapping[str, Any]) -> dict[str, Any]:
        """Returns copies of a problem's arrays, or of a dict of arrays, in the implementation's dtype."""
        if isinstance(given, Problem):
            given = given.cell.forward.named(given.inputs) | of_sequence(given.cotangents)
        return {
            name: self.own_copies(value) if isinstance(value, Mapping) else value.astype(self.implementation.dtype)
            for name, value in given.items()
        }

    def close(
        self,
        got: Mapping[str, Array],
        expected: Mapping[str, Array],
        tolerance: Mapping[str, Array | float],
        source: str = "the reference gives",
    ) -> None:
        """Raise ``Wrong`` unless every tensor is within tolerance. ``source`` is the text before the expected value."""
        self.note_error_seen(self.compare(got, expected, tolerance, source))

    def compare(
        self,
        got: Mapping[str, Array],
        expected: Mapping[str, Array],
        tolerance: Mapping[str, Array | float],
        source: str,
    ) -> float:
        """As ``close``, for one of several comparisons. Returns the smallest error that it would have seen."""
        absent = OPTIONAL.union(self.implementation.lacks)
        if not OF_INPUTS & got.keys():
            absent |= OF_INPUTS
        expected = {name: value for name, value in self._its_own(expected).items() if name in got or name not in absent}
        used = self.tolerated(expected, tolerance)
        for name, array in expected.items():
            size = np.sqrt(np.mean(np.abs(array) ** 2)) if array.size else 0.0
            if size and np.max(used[name]) > TOO_WIDE * np.sqrt(self.u) * size:
                self.too_wide = f"{name}: rounding may move it by {np.max(used[name]):.0e}, and it is about {size:.0e}"
        try:
            return require_close(got, expected, used, source)
        except Wrong as wrong:
            came = {str(got[name].dtype) for name in expected} & {"float16", "float32"}
            if came and self.implementation.dtype not in came:
                kind = came.pop()
                hint = f"the results are {kind}: write dtype = {kind!r} beside the functions to judge it as {kind}"
                wrong.lines.append(("dtype", hint))
            raise

    def _its_own(self, expected: Mapping[str, Array]) -> Mapping[str, Array]:
        """Removes predictions if the implementation makes none. Raises NotOffered if nothing is left."""
        if self.implementation.predicts:
            return expected
        predictions = {name for cell in cells() for name in (cell.head.of_step, cell.head.of_sequence)}
        own = {name: value for name, value in expected.items() if name.partition("[")[0] not in predictions}
        if not own:
            raise NotOffered([("", f"{self.implementation.name} makes no predictions")])
        return own

    def certify(self, got: Mapping[str, Array], exact: Mapping[str, Array], tolerance: Mapping[str, Array]) -> None:
        """As ``close``, for values that are exact to the last bit. Also notes the largest error in ulp."""
        self.close(got, exact, tolerance, "to the last bit it is")
        exact = self._its_own(exact)
        self.ulps |= {name: float(ulps(got[name], exact[name]).max(initial=0.0)) for name in exact if name in got}

    def note_error_seen(self, error: float) -> None:
        """Note the smallest error that would have been seen. Of several problems, the largest value counts."""
        self.smallest_error_seen = max(error, self.smallest_error_seen or 0.0)

    def tolerated(
        self, expected: Mapping[str, Array], tolerance: Mapping[str, Array | float]
    ) -> dict[str, Array | float]:
        """Returns the tolerances, widened if the implementation declares a tolerance for this check."""
        granted = self.implementation.tolerance.get(self.check, 0.0)
        return {name: np.maximum(tolerance[name], granted) for name in expected}

"""What a check has at hand: it compares, and remembers the problem and how small an error it would have seen."""

from collections.abc import Mapping
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
"""A tolerance beyond this many square roots of u, against the tensor it is for, is too too_wide to pass in silence."""


class Judge:
    """One check's view of one implementation.

    ``doubts`` are answers that are wrong unless the diagnosis finds that they follow from a wrong forward function,
    ``consequences`` the backward functions that were right for what such a forward function gave.
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
        """The problem in the implementation's dtype; from here on the check stands on it."""
        self.problem = problem.at(dtype=self.implementation.dtype)
        return self.problem

    def draw(self, *shape: int) -> Array:
        """Normal numbers of a shape, the same in every run, each a value that the dtype can hold."""
        drawn = np.random.default_rng([*shape, 1]).standard_normal(shape)
        return drawn.astype(self.implementation.dtype).astype(np.float64)

    def own_copies(self, given: Problem | Mapping[str, Any]) -> dict[str, Any]:
        """Copies of a problem's arrays, or of a dict of arrays, in the implementation's dtype."""
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
        """Raise ``Wrong`` unless every tensor is within tolerance; ``source`` words where ``expected`` is from."""
        self.note_error_seen(self.compare(got, expected, tolerance, source))

    def compare(
        self,
        got: Mapping[str, Array],
        expected: Mapping[str, Array],
        tolerance: Mapping[str, Array | float],
        source: str,
    ) -> float:
        """As ``close``, for one look of several at the same tensors: the smallest error that this one would see."""
        expected = self._its_own(expected)
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
                hint = f"{kind} comes back: with dtype = {kind!r} beside the functions it is judged as such"
                wrong.lines.append(("dtype", hint))
            raise

    def _its_own(self, expected: Mapping[str, Array]) -> Mapping[str, Array]:
        """Without predictions, where the implementation makes none itself. Raises NotOffered if nothing is left."""
        if self.implementation.predicts:
            return expected
        predictions = {name for cell in cells() for name in (cell.head.of_step, cell.head.of_sequence)}
        own = {name: value for name, value in expected.items() if name.partition("[")[0] not in predictions}
        if not own:
            raise NotOffered([("", f"{self.implementation.name} makes no predictions")])
        return own

    def certify(self, got: Mapping[str, Array], exact: Mapping[str, Array], tolerance: Mapping[str, Array]) -> None:
        """As ``close``, for values that are right to the last bit: the largest error in ulp is noted as well."""
        self.close(got, exact, tolerance, "to the last bit it is")
        exact = self._its_own(exact)
        self.ulps |= {name: float(ulps(got[name], exact[name]).max(initial=0.0)) for name in exact}

    def note_error_seen(self, error: float) -> None:
        """Note how small an error would have been seen; over several problems the largest of these counts."""
        self.smallest_error_seen = max(error, self.smallest_error_seen or 0.0)

    def tolerated(
        self, expected: Mapping[str, Array], tolerance: Mapping[str, Array | float]
    ) -> dict[str, Array | float]:
        """The tolerances, widened where the implementation asks for it under this check's id."""
        granted = self.implementation.tolerance.get(self.check, 0.0)
        return {name: np.maximum(tolerance[name], granted) for name in expected}

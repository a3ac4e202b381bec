"""What a backward pass may stand on: caches made in one way or another, and a cell's backward step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Function
from rnn_reference.cells.loop import backward_of, forward_of
from rnn_reference.cells.rnn import building_blocks as pieces
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.hypotheses import Loop
from rnn_reference.diagnosis.matching import Case, Model
from rnn_reference.problems.answers import caches_of

if TYPE_CHECKING:
    from rnn_reference.diagnosis.explain import Diagnosis

RIGHT = pieces.cell_backward()


@dataclass(frozen=True)
class Base:
    """Where the caches of a backward pass come from: ``caches(x, a0, parameters, da, a, kept)``.

    ``a`` are the states that the implementation gave, ``kept`` its caches where they have the document's form.
    ``cell``: the implementation's own backward step, where the caches are of its own form. ``blame`` is the function
    that is not right, if the caches are not.
    """

    caches: Callable[..., Any]
    blame: str = ""
    cell: Function | None = None
    _made: dict[int, tuple[Array, Any]] = field(default_factory=dict, compare=False)

    def at(self, x: Array, *rest: Any) -> Any:
        """The caches for these inputs, made once for each ``x`` there is."""
        if id(x) not in self._made:
            self._made[id(x)] = x, self.caches(x, *rest)
        return self._made[id(x)][1]

    def model(self, backward: Function) -> Model:
        """A backward pass on these caches, as a model."""
        return lambda x, a0, p, da, *rest: backward(da.copy(), self.at(x, a0, p, da, *rest))

    @property
    def plain(self) -> Model:
        """The right loop over the cell that the caches are for."""
        return self.model(backward_of(self.cell or RIGHT))

    def same_as(self, other: Base, case: Case) -> bool:
        """Whether the two hold the same numbers, so that one of them is enough."""
        if self.cell or other.cell:
            return False
        try:
            mine, others = self.at(*case.inputs)[0], other.at(*case.inputs)[0]
        except Exception:
            return False
        pairs = [(one[k], two[k]) for one, two in zip(mine, others, strict=False) for k in range(3)]
        return len(mine) == len(others) and all(np.allclose(one, two) for one, two in pairs)


def looped(loop: Loop) -> Callable[..., Any]:
    """The caches that a loop makes."""
    return lambda x, a0, p, da, a, kept: loop.forward(x, a0, p)[2]


def own_caches(x: Array, a0: Array, p: Any, da: Array, a: Array, kept: tuple[Array, ...]) -> Any:
    """The implementation's own caches, where they could be read."""
    a_next, a_prev, xs = kept
    return [(*step, p) for step in zip(a_next, a_prev, xs, strict=True)], x


def _documented(cell: Function) -> Function:
    def rnn_cell_forward(xt: Array, a_prev: Array, p: Any) -> Any:
        a_next, yt_pred, _ = cell(xt, a_prev, p)
        return a_next, yt_pred, (a_next, a_prev, xt, p)

    return rnn_cell_forward


def distinct(bases: Iterable[Base], case: Case) -> list[Base]:
    """The bases, of those that are the same the first."""
    kept: list[Base] = []
    for base in bases:
        if not any(base.same_as(other, case) for other in kept):
            kept.append(base)
    return kept


def bases_after(diagnosis: Diagnosis, forward: Finding) -> Iterator[Base]:
    """Caches that a backward pass may have been handed and that are not right, or are for a step that is not."""
    own = diagnosis.implementation
    if not forward.is_right:
        yield Base(own_caches, forward.culprit)
        yield Base(lambda x, a0, p, da, a, kept: caches_of(a, x, a0, p), forward.culprit)
        for loop in forward.loops[:4]:
            yield Base(looped(Loop(loop.of, _documented(loop.cell))), forward.culprit)
    if own.offers("rnn_cell_forward") and diagnosis.wrong("rnn_cell_backward"):
        step = diagnosis.finding("rnn_cell_backward")
        for of in list(dict.fromkeys(loop.of for loop in forward.loops)) or [forward_of]:
            yield Base(looped(Loop(of, own.rnn_cell_forward)), step.culprit, own.rnn_cell_backward)

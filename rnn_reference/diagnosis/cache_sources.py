"""The possible sources of the caches of a backward function, each with a step backward for these caches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.fault import Function
from rnn_reference.cells.functions import cache_of, caches_at, cell_backward_of, kept_by
from rnn_reference.cells.loop import backward_of
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.hypotheses import Loop, right_loop
from rnn_reference.diagnosis.matching import Case, Model
from rnn_reference.diagnosis.subject import Subject
from rnn_reference.diagnosis.unused_inputs import unused_starts
from rnn_reference.problems.inputs import Inputs

Tensors = Mapping[str, Array]


@dataclass(frozen=True)
class CacheSource:
    """A source of the caches of a backward function: ``caches(arguments, cotangents, states, kept)`` returns them.

    ``arguments`` are those of the forward function, ``states`` those of the implementation, ``kept`` its caches if they
    have the document's form. ``step`` is the implementation's own step backward, if the caches have its own form.
    ``blame`` is the wrong function, if the caches are wrong.
    """

    cell: Cell
    caches: Callable[..., Any]
    blame: str = ""
    step: Function | None = None
    _made: dict[int, tuple[Any, Any]] = field(default_factory=dict, compare=False)

    def at(self, arguments: tuple[Any, ...], *rest: Any) -> Any:
        """Returns the caches for these arguments. They are made once."""
        if id(arguments) not in self._made:
            self._made[id(arguments)] = arguments, self.caches(arguments, *rest)
        return self._made[id(arguments)][1]

    def model(self, backward: Function) -> Model:
        """Returns a backward function with these caches, as a model."""
        of = self.cell.backward

        def model(arguments: tuple[Any, ...], cotangents: Tensors, *rest: Any) -> Any:
            copies = {name: value.copy() for name, value in cotangents.items()}
            return backward(*of.ordered({**copies, "caches": self.at(arguments, cotangents, *rest)}))

        return model

    @property
    def right_model(self) -> Model:
        """The right loop over the step for these caches, as a model."""
        return self.model(backward_of(self.cell, self.step or cell_backward_of(self.cell)))

    def same_as(self, other: CacheSource, case: Case) -> bool:
        """True if the two sources have the same numbers, so that one of them is enough."""
        if self.step or other.step:
            return False
        try:
            mine, others = self.at(*case.inputs)[0], other.at(*case.inputs)[0]
        except Exception:
            return False
        arrays = [k for k, name in enumerate(self.cell.cache) if name != "parameters"]
        pairs = [(one[k], two[k]) for one, two in zip(mine, others, strict=False) for k in arrays]
        return len(mine) == len(others) and all(np.allclose(one, two) for one, two in pairs)


def caches_of_loop(loop: Loop) -> Callable[..., Any]:
    """Returns a function that makes the caches of a loop."""
    return lambda arguments, cotangents, states, kept: loop.forward(*arguments)[-1]


def own_caches(arguments: tuple[Any, ...], cotangents: Tensors, states: Tensors, kept: tuple[Array, ...]) -> Any:
    """Returns the implementation's own caches, from ``kept``: the arrays of all steps, time first."""
    x, parameters = arguments[0], next(one for one in arguments if isinstance(one, Mapping))
    return [(*step, parameters) for step in zip(*kept, strict=True)], x


def inputs_of(cell: Cell, arguments: tuple[Any, ...]) -> Inputs:
    """Returns the arguments of a forward function as ``Inputs``."""
    given = cell.forward.named(arguments)
    initial = {s: given[f"{s}0"] for s in cell.states if f"{s}0" in given}
    return Inputs(cell, given["x"], initial, given["parameters"])


def _documented(cell: Cell, step: Function) -> Function:
    """Returns the step with the document's cache: its own, or else its inputs and its results."""

    def cell_forward(*arguments: Any) -> Any:
        given, results = cell.cell_forward.named(arguments), list(step(*arguments))
        if cell.kept and isinstance(results[-1], tuple) and len(results[-1]) == len(cell.cache):
            return tuple(results)
        after, before = results[: len(cell.states)], tuple(given[f"{s}_prev"] for s in cell.states)
        kept = kept_by(cell, given["xt"], before, given["parameters"])
        return (*results[:-1], cache_of(cell, after, before, kept, given["xt"], given["parameters"]))

    return cell_forward


def distinct(sources: Iterable[CacheSource], case: Case) -> list[CacheSource]:
    """Returns the sources without repetitions."""
    kept: list[CacheSource] = []
    for source in sources:
        if not any(source.same_as(other, case) for other in kept):
            kept.append(source)
    return kept


def sources_after(subject: Subject, cell: Cell, forward: Finding) -> Iterator[CacheSource]:
    """Yields the sources of wrong caches, and of caches for a wrong step backward."""
    own = subject.implementation
    if not forward.is_right:
        yield CacheSource(cell, own_caches, forward.culprit)

        def at_own_states(arguments: tuple[Any, ...], cotangents: Tensors, states: Tensors, kept: Any) -> Any:
            return caches_at(cell, inputs_of(cell, arguments), states)

        yield CacheSource(cell, at_own_states, forward.culprit)
        unused = unused_starts(own, cell, subject.problems(cell)[0])
        if unused:

            def from_zeros(arguments: tuple[Any, ...], cotangents: Tensors, states: Tensors, kept: Any) -> Any:
                given = inputs_of(cell, arguments)
                initial = {s: 0 * value if s in unused else value for s, value in given.initial.items()}
                return caches_at(cell, replace(given, initial=initial), states)

            yield CacheSource(cell, from_zeros, forward.culprit)
        for loop in forward.loops[:4]:
            yield CacheSource(cell, caches_of_loop(Loop(loop.of, _documented(cell, loop.step))), forward.culprit)
    if own.offers(cell.cell_forward.name) and subject.wrong(cell.cell_backward.name):
        step = subject.finding(cell.cell_backward.name)
        if not forward.is_right:
            yield CacheSource(cell, own_caches, step.culprit, own.function(cell.cell_backward.name))
        for of in list(dict.fromkeys(loop.of for loop in forward.loops)) or [right_loop(cell).of]:
            loop = Loop(of, own.function(cell.cell_forward.name))
            yield CacheSource(cell, caches_of_loop(loop), step.culprit, own.function(cell.cell_backward.name))

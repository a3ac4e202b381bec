"""The possible caches of a step backward, each as a model of the step backward with these caches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rnn_reference.cells.cell import Cell
from rnn_reference.cells.fault import Function
from rnn_reference.cells.functions import cache_of, kept_by
from rnn_reference.diagnosis.findings import Finding
from rnn_reference.diagnosis.hypotheses import right_loop
from rnn_reference.diagnosis.matching import Model

StepCache = Callable[[tuple[Any, ...], Any, tuple[Any, ...]], Any]
"""``cache(arguments of the step forward, its states, the cache that it returned if this can be read)``."""


def at_cache_of(cell: Cell, cache: StepCache) -> Callable[[Function], Model]:
    """Returns a function that makes a model of a step backward, with these caches."""

    def place(backward: Function) -> Model:
        def model(arguments: tuple[Any, ...], cotangents: Any, states: Any, kept: Any) -> Any:
            return backward(*cell.cell_backward.ordered({**cotangents, "cache": cache(arguments, states, kept)}))

        return model

    return place


def at_right_states(cell: Cell) -> Callable[[Function], Model]:
    """Returns models with the caches of the right step forward."""
    forward = right_loop(cell).step
    return at_cache_of(cell, lambda arguments, states, kept: forward(*arguments)[-1])


def at_own_states(cell: Cell) -> Callable[[Function], Model]:
    """Returns models with caches of the implementation's states, and the right values that a step keeps."""

    def cache(arguments: tuple[Any, ...], states: Any, kept: Any) -> Any:
        given = cell.cell_forward.named(arguments)
        xt, p, before = given["xt"], given["parameters"], tuple(given[f"{s}_prev"] for s in cell.states)
        return cache_of(cell, [states[s] for s in cell.states], before, kept_by(cell, xt, before, p), xt, p)

    return at_cache_of(cell, cache)


def own_cache(arguments: tuple[Any, ...], states: Any, kept: tuple[Any, ...]) -> Any:
    """Returns the implementation's own cache. Raises ValueError if it cannot be read."""
    if not kept:
        raise ValueError("its cache has another form")
    return kept


def steps_behind(cell: Cell, forward: Finding) -> Iterator[StepCache]:
    """Yields the caches of a wrong step forward that keeps values: its own, and those of the faults that explain it."""
    if cell.kept:
        yield own_cache
        for loop in forward.loops[:4]:
            yield lambda arguments, states, kept, step=loop.step: step(*arguments)[-1]  # type: ignore[misc]

"""Reads other people's caches if they have the document's form. Other caches are opaque."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Function
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.question import backward_call
from rnn_reference.problems.problem import Problem


def documented(caches: Any, problem: Problem) -> tuple[Array, ...]:
    """Returns each array of the document's cache for all steps, time first; empty for caches of another form."""
    steps = caches[0] if isinstance(caches, tuple | list) and len(caches) == 2 else caches
    if not isinstance(steps, tuple | list) or len(steps) != problem.T_x:
        return ()
    if not all(_is_documented(step, problem) for step in steps):
        return ()
    return tuple(np.stack([step[k] for step in steps]) for k in range(len(problem.cell.cache) - 1))


def documented_step(cache: Any, problem: Problem) -> tuple[Any, ...]:
    """Returns a step's cache; empty for a cache of another form."""
    return tuple(cache) if _is_documented(cache, problem) else ()


def _is_documented(step: Any, problem: Problem) -> bool:
    """True for a tuple with the document's arrays, in its order, and a dict of parameters at the end."""
    names = problem.cell.cache
    if not isinstance(step, tuple | list) or len(step) != len(names) or not isinstance(step[-1], dict):
        return False
    shapes = [getattr(part, "shape", None) for part in step[:-1]]
    return shapes == [problem.cell.shape(name, problem.sizes) for name in names[:-1]] and all(
        isinstance(value, np.ndarray) for value in step[-1].values()
    )


def dropped(implementation: Implementation, problem: Problem) -> bool:
    """True if the list does not have one cache for each step: it is empty, or flattened."""
    results = implementation.ask(problem.cell.forward.name, *problem.inputs)
    caches = implementation.cache_contents(results["caches"])
    steps = caches[0] if isinstance(caches, tuple | list) and len(caches) == 2 else caches
    if isinstance(steps, np.ndarray):
        return steps.size == 0 or (steps.dtype == object and len(steps) != problem.T_x)
    return isinstance(steps, tuple | list) and len(steps) != problem.T_x


def share_their_states(caches: Any, results: Mapping[str, Any], problem: Problem) -> bool:
    """Returns True if caches of the document's form hold the same states at every step, unlike the states returned."""
    parts = dict(zip(problem.cell.cache, documented(caches, problem), strict=False))
    states = [parts[f"{s}_{when}"] for s in problem.cell.states for when in ("next", "prev") if parts]
    returned = [np.moveaxis(results[s], -1, 0) for s in problem.cell.states]
    return bool(states) and all(map(_all_equal, states)) and not all(map(_all_equal, returned))


def overwritten_start(caches: Any, results: Mapping[str, Any], problem: Problem) -> str:
    """Returns a state whose initial value in the first step's cache is the state after that step; "" if there is none.

    The loop then wrote over a view: ``c_next = c[:, :, 0]``. Only for caches of the document's form.
    """
    parts = dict(zip(problem.cell.cache, documented(caches, problem), strict=False))
    for s, first in problem.given.start.items():
        kept, own, after = (parts[f"{s}_prev"][0], parts[f"{s}_next"][0], results[s][:, :, 0]) if parts else [first] * 3
        if np.array_equal(kept, after) and np.array_equal(own, after) and not np.array_equal(after, first):
            return s
    return ""


def _all_equal(steps: Array) -> bool:
    return np.array_equal(steps, np.broadcast_to(steps[:1], steps.shape))


def modifies_its_cache(implementation: Implementation, backward: Function, problem: Problem) -> bool:
    """Returns True if a call of a backward function changes arrays in its cache, as far as these can be read.

    Also True if it takes arrays out of it.
    """
    results = implementation.ask(backward.partner.name, *problem.arguments(backward.partner))
    cache = results[backward.partner.returns[-1]]
    before = copy.deepcopy(list(_arrays(implementation.cache_contents(cache))))
    name, arguments = backward_call(backward, problem.cotangents_of(backward), cache)
    implementation.ask(name, *arguments)
    after = list(_arrays(implementation.cache_contents(cache)))
    return len(after) < len(before) or not all(map(_equal, before, after))


def _equal(one: Array, other: Array) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")


def _arrays(inside: Any) -> Iterator[Array]:
    """Yields every array in lists, tuples and dicts."""
    if isinstance(inside, np.ndarray):
        yield inside
    elif isinstance(inside, list | tuple | dict):
        for part in inside.values() if isinstance(inside, dict) else inside:
            yield from _arrays(part)

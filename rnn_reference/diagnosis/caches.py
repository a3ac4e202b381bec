"""Other people's caches, looked into where they have the document's form; elsewhere they are opaque."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.problems.problem import Problem


def documented(caches: Any, problem: Problem) -> tuple[Array, ...]:
    """``a_next, a_prev, xt`` of all steps, time first, if the caches have the document's form; else nothing."""
    steps = caches[0] if isinstance(caches, tuple | list) and len(caches) == 2 else caches
    if not isinstance(steps, tuple | list) or len(steps) != problem.T_x:
        return ()
    if not all(_is_documented(step, problem) for step in steps):
        return ()
    return tuple(np.stack([step[k] for step in steps]) for k in range(3))


def _is_documented(step: Any, problem: Problem) -> bool:
    if not isinstance(step, tuple | list) or len(step) != 4 or not isinstance(step[3], dict):
        return False
    shapes = [getattr(part, "shape", None) for part in step[:3]]
    state = (problem.n_a, problem.m)
    return shapes == [state, state, (problem.n_x, problem.m)] and all(
        isinstance(value, np.ndarray) for value in step[3].values()
    )


def dropped(implementation: Implementation, problem: Problem) -> bool:
    """Whether the caches should be a list of one for each step, and are not: empty, or taken apart."""
    caches = implementation.inside(implementation.rnn_forward(*problem.inputs)[2])
    steps = caches[0] if isinstance(caches, tuple | list) and len(caches) == 2 else caches
    if isinstance(steps, np.ndarray):
        return steps.size == 0 or (steps.dtype == object and len(steps) != problem.T_x)
    return isinstance(steps, tuple | list) and len(steps) != problem.T_x


def same_at_every_step(caches: Any, problem: Problem) -> bool:
    """Whether caches of the document's form hold the same two states at every step."""
    parts = documented(caches, problem)
    return bool(parts) and all(np.array_equal(part, np.broadcast_to(part[0], part.shape)) for part in parts[:2])

"""Other people's caches, looked into where they have the document's form; elsewhere they are opaque."""

from typing import Any

import numpy as np

from rnn_reference.arguments import Cache
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.verification.problems import Problem


def documented(caches: Any, problem: Problem) -> tuple[Cache, ...]:
    """``(a_next, a_prev, xt, parameters)`` of every step, if that is what the caches are; else nothing."""
    steps = caches[0] if isinstance(caches, tuple | list) and len(caches) == 2 else caches
    if not isinstance(steps, tuple | list) or len(steps) != problem.T_x:
        return ()
    return tuple(tuple(step) for step in steps) if all(_is_documented(step, problem) for step in steps) else ()


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
    caches = implementation.rnn_forward(*problem.inputs)[2]
    steps = caches[0] if isinstance(caches, tuple | list) and len(caches) == 2 else caches
    if isinstance(steps, np.ndarray):
        return steps.size == 0 or (steps.dtype == object and len(steps) != problem.T_x)
    return isinstance(steps, tuple | list) and len(steps) != problem.T_x


def same_at_every_step(caches: Any, problem: Problem) -> bool:
    """Whether caches of the document's form hold the same two states at every step."""
    steps = documented(caches, problem)
    return len(steps) > 1 and all(
        np.array_equal(step[k], steps[0][k]) for step in steps for k in (0, 1)
    )

"""Random pairs of mistakes in one function that can be made together, and of which neither hides the other."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from rnn_reference.cells.cell import Function
from rnn_reference.cells.fault import Fault
from rnn_reference.cells.registry import function_named
from rnn_reference.diagnosis.subject import PANEL
from rnn_reference.faults import CATALOGUE, FaultyNetwork
from rnn_reference.problems.problem import NAMED

UNSEEN = ("cotangent-overwritten", "shared-cache", "caches-dropped", "initial-cell-is-view")
"""Mistakes that the values of a function do not show."""


SAME_AS_A_THIRD = [{"initial-state-ignored", "initial-state-every-step"}]
"""Pairs that are one other mistake: every step starts from zeros, as if the recurrent term were missing."""


def mistakes_in(function: str) -> list[Fault]:
    """The mistakes in a function that its values show."""
    return [f for f in CATALOGUE if f.function == function == f.stage and not f.advice and f.id not in UNSEEN]


def pairs_in(function: str, seed: int) -> Iterator[tuple[Fault, Fault]]:
    """Random pairs, without end."""
    rng, own = np.random.default_rng(seed), mistakes_in(function)
    signature = function_named(function)
    while True:
        one, other = (own[k] for k in rng.choice(len(own), 2, replace=False))
        try:
            both, *alone = (_answers(FaultyNetwork(*some), signature) for some in ((one, other), (one,), (other,)))
        except ValueError:
            continue
        if (
            one.id != other.id
            and {one.id, other.id} not in SAME_AS_A_THIRD
            and any(both)
            and not any(_same(both, single) for single in alone)
        ):
            yield one, other


def _answers(network: FaultyNetwork, signature: Function) -> list[dict[str, Any] | None]:
    """The results of a function on the problems of a diagnosis; None where it raises."""
    return [_answer(network, signature, NAMED[name].of(signature.cell)) for name in PANEL]


def _answer(network: FaultyNetwork, signature: Function, problem: Any) -> dict[str, Any] | None:
    given = problem.arguments(signature.partner if signature.takes_cache else signature)
    try:
        if signature.takes_cache:
            *_, cache = getattr(network, signature.partner.name)(*given)
            given = signature.ordered({**problem.cotangents_of(signature), signature.arguments[-1]: cache})
        results = signature.results(getattr(network, signature.name)(*given))
    except Exception:
        return None
    return {name: results[name] for name in signature.tensors}


def _same(some: list[dict[str, Any] | None], others: list[dict[str, Any] | None]) -> bool:
    return all(map(_equal, some, others))


def _equal(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(one[n].shape == other[n].shape and np.allclose(one[n], other[n], equal_nan=True) for n in one)

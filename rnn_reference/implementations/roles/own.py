"""A network of somebody's own, with the document's functions: each made from a reading of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.implementations.layouts.shared.predictions import predictions_of
from rnn_reference.implementations.roles.candidates import Candidate, candidates
from rnn_reference.implementations.roles.completing import dtype_of, with_backward, with_predictions
from rnn_reference.implementations.roles.forms import one_column
from rnn_reference.implementations.roles.gradients import WANTED
from rnn_reference.implementations.roles.notes import notes_on
from rnn_reference.implementations.roles.reading import Reading
from rnn_reference.implementations.roles.search import best_reading

OF_STEP = {"dx": "dxt", "da0": "da_prev"}


def own_network(found: Any) -> tuple[Any, list[str]] | None:
    """Returns the document's functions, made from a class or a module of somebody's own, and notes on how it was read.

    None if there are no weights, no forward function, or no states in what comes back.
    """
    each = [one._replace(forward=[forward]) for one in candidates(found) for forward in one.forward]
    readings = [reading for one in each if (reading := _complete(one)) is not None]
    readings = [one for one in readings if not (one.step and one.zero_start)]  # a step continues from a state
    best = [min(some, key=_rank, default=None) for some in _by_kind(readings)]
    chosen = [one for one in best if one is not None]
    if not chosen:
        return None
    network = SimpleNamespace(sizes="few", lacks=_lacks(chosen), predicts=all(r.core.predictions for r in chosen))
    for reading in chosen:
        vars(network).update(_functions(reading))
    if any(one_column(reading.core.handing.x) for reading in chosen):
        network.sizes = "none"
    if any(dtype_of(reading) == "float32" for reading in chosen):
        network.dtype = "float32"
    return network, [note for reading in chosen for note in notes_on(reading)]


def _by_kind(readings: list[Reading]) -> tuple[list[Reading], list[Reading]]:
    """Returns the readings of sequences, and those of steps."""
    return [one for one in readings if not one.step], [one for one in readings if one.step]


def _rank(reading: Reading) -> tuple[bool, float]:
    """Those with a backward pass first, then the nearest."""
    return not (reading.core.backward or reading.core.graph), reading.distance


def _complete(candidate: Candidate) -> Reading | None:
    """Returns the best reading, with predictions and a backward pass. Some backward passes take one column only."""
    make, forward, backward = candidate
    reading = best_reading(make, forward)
    if reading is None:
        return None
    complete = with_backward(with_predictions(reading), backward)
    if not backward or complete.core.backward or one_column(reading.core.handing.x):
        return complete
    single = best_reading(make, forward, columns=True)
    if single is None:
        return complete
    single = with_backward(with_predictions(single), backward)
    return single if single.core.backward else complete


def _functions(reading: Reading) -> dict[str, Callable[..., Any]]:
    """Returns the document's functions of a reading."""
    run = reading.runner

    def forward(x: Array, a0: Array, parameters: Mapping[str, Array]) -> tuple[Array, Array, Any]:
        ran = run(x, a0, parameters)
        return ran.a, predictions_of(ran.a, parameters) if ran.y is None else ran.y, ran

    def backward(da: Array, ran: Any) -> dict[str, Array]:
        found: dict[str, Array] = ran.back(da)
        return {OF_STEP.get(name, name): value for name, value in found.items()} if reading.step else found

    forward.theirs = reading.core.call.own  # type: ignore[attr-defined]
    if reading.core.backward:
        backward.theirs = (reading.core.backward.call or reading.core.call).own  # type: ignore[attr-defined]
    names = ("rnn_cell_forward", "rnn_cell_backward") if reading.step else ("rnn_forward", "rnn_backward")
    offered = reading.core.backward or reading.core.graph
    return {names[0]: forward, **({names[1]: backward} if offered else {})}


def _lacks(readings: list[Reading]) -> tuple[str, ...]:
    """Returns what the readings have not. A step always has a state before it."""
    return tuple(dict.fromkeys(name for reading in readings for name in (*reading.lacks, *_not_given(reading))))


def _not_given(reading: Reading) -> tuple[str, ...]:
    """Returns the gradients that its backward pass does not give."""
    offered = reading.gradients
    return tuple(name for name in WANTED if offered and name not in offered)

"""The calls of a question, made one after the other, and what an implementation cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rnn_reference.cells.cell import CACHES, Cell
from rnn_reference.cells.registry import function_named
from rnn_reference.implementations.handing_over import handed_over
from rnn_reference.implementations.question import Question, names_a_cache
from rnn_reference.implementations.returned import results_of
from rnn_reference.implementations.values import own_copy

Implementation = Any
"""An ``Implementation``, which makes the calls."""


def answers_of(own: Implementation, question: Question) -> list[dict[str, Any]]:
    """Returns the results of each call by name. Raises the outcome of the first call that fails.

    Results are read at once, or with ``question.late`` after the last call.
    """
    returned: list[Any] = []
    caches: list[Any] = []
    copy = question.copy and not question.in_place
    for name, arguments in _handed_over(own, question):
        given = [caches[one.number] if names_a_cache(one) else one for one in arguments]
        returned.append(own.call(name, *given, copy=copy) if question.late else own.ask(name, *given, copy=copy))
        results = results_of(function_named(name), returned[-1], own.lacks) if question.late else returned[-1]
        caches += [value for key, value in results.items() if key in CACHES]
    if not question.late:
        return returned
    return [
        own.results(function_named(name), given, one)
        for (name, given), one in zip(question.calls, returned, strict=False)
    ]


def _handed_over(own: Implementation, question: Question) -> Iterator[tuple[str, Sequence[Any]]]:
    calls = question.calls
    if question.in_place:
        calls = [(name, tuple(own_copy(one, own.dtype) for one in given)) for name, given in calls]
    return handed_over(calls, question.read_only, question.in_place)


def not_taken(own: Implementation, cell: Cell) -> list[tuple[str, str]]:
    """Returns the functions of the sequence with each optional argument that they do not take."""
    both = [function for function in (cell.forward, cell.backward) if own.offers(function.name)]
    return [(f.name, argument) for f in both for argument in f.optional if argument not in own.takes(f.name)]


def notes_on_arguments(own: Implementation) -> list[str]:
    """Returns a note for each optional argument that a function does not take."""
    missing = [one for cell in own.cells for one in not_taken(own, cell)]
    return [f"{function} takes no {argument}: judged with {argument} = 0" for function, argument in missing]

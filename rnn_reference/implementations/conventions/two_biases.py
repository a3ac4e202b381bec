"""Two recurrent biases instead of the document's one, with each of their usual names."""

import itertools
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.cells.registry import cells
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Wrong

Table: TypeAlias = dict[str, Any]


def _pairs() -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yields each bias of every cell, with the usual pairs of names for two biases."""
    for cell in cells():
        yield from cell.two_biases.items()


def names() -> frozenset[str]:
    """Returns all names in these pairs."""
    return frozenset(itertools.chain(*(pair for _, pairs in _pairs() for pair in pairs)))


def split(parameters: Table) -> Table:
    """Splits each bias into a quarter and the rest. Both are not zero, so that a missing or doubled one shows."""
    found = dict(parameters)
    for bias, pairs in _pairs():
        if bias in found:
            whole = found.pop(bias)
            parts = whole / 4, whole - whole / 4
            found |= {name: part.copy() for pair in pairs for name, part in zip(pair, parts, strict=True)}
    return found


def joined(parameters: Table) -> Table:
    """Adds the two biases again. If the call modified one of several pairs, this pair is used."""
    kept = {name: value for name, value in parameters.items() if name not in names()}
    for bias, pairs in _pairs():
        whole = [parameters[first] + parameters[second] for first, second in pairs if first in parameters]
        if whole:
            kept[bias] = next((one for one in whole if not np.array_equal(one, whole[0])), whole[-1])
    return kept


def one_gradient(gradients: Table) -> Table:
    """Returns one gradient for two biases: both are equal to that of their sum. Raises Wrong if they differ."""
    for bias, pairs in _pairs():
        for first, second in pairs:
            both = [gradients[f"d{name}"] for name in (first, second) if f"d{name}" in gradients]
            if len(both) == 2 and not _alike(*both):
                raise Wrong([(f"d{second}", f"is not d{first}, but the gradients of both biases are equal")])
            if both and f"d{bias}" not in gradients:
                gradients = gradients | {f"d{bias}": both[0]}
    return gradients


def _alike(first: Any, second: Any) -> bool:
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape:
        return False
    size = float(np.abs(first[np.isfinite(first)]).max(initial=0.0))
    eps = np.finfo(np.result_type(first.dtype, np.float16)).eps
    return bool(np.all(difference(first, second) <= np.sqrt(eps) * size))

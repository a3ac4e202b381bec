"""Two recurrent biases in place of the document's one, by each of the names that people give them."""

import itertools
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Wrong

Table: TypeAlias = dict[str, Any]

NAMES = (("b_ih", "b_hh"), ("bax", "baa"), ("bx", "bh"))


def split(parameters: Table) -> Table:
    """A quarter and the rest, which is no zero: one of the two left out, or added twice, would show."""
    if "ba" not in parameters:
        return parameters
    parts = parameters["ba"] / 4, parameters["ba"] - parameters["ba"] / 4
    others = {name: value for name, value in parameters.items() if name != "ba"}
    return others | {name: part.copy() for names in NAMES for name, part in zip(names, parts, strict=True)}


def joined(parameters: Table) -> Table:
    """The two added up again; of three pairs the one that was written to, if any was."""
    pairs = [(parameters[first], parameters[second]) for first, second in NAMES if first in parameters]
    whole = [first + second for first, second in pairs]
    other = next((bias for bias in whole if not np.array_equal(bias, whole[0])), whole[-1]) if whole else None
    kept = {name: value for name, value in parameters.items() if name not in itertools.chain(*NAMES)}
    return kept if other is None else kept | {"ba": other}


def one_gradient(gradients: Table) -> Table:
    """The gradient with respect to either bias is that with respect to their sum. Raises Wrong where they differ."""
    for first, second in NAMES:
        both = [gradients[f"d{name}"] for name in (first, second) if f"d{name}" in gradients]
        if len(both) == 2 and not _alike(*both):
            raise Wrong([(f"d{second}", f"is not d{first}; the gradients with respect to both are the same")])
        if both and "dba" not in gradients:
            return gradients | {"dba": both[0]}
    return gradients


def _alike(first: Any, second: Any) -> bool:
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape:
        return False
    size = float(np.abs(first).max(initial=0.0))
    return bool(np.all(difference(first, second) <= np.sqrt(np.finfo(first.dtype).eps) * size))

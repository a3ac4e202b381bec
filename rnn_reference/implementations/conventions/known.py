"""Other conventions than the document's: what goes in and what comes out, turned into theirs and back.

A network may be right for weights that come transposed, or for arrays that have the batch first. Behind
``Converted`` such an implementation is called, and answers, as the document has it.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from rnn_reference.arrays import Array, Shape
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.head import softmax_forward
from rnn_reference.cells.registry import cells
from rnn_reference.cells.words import words_of
from rnn_reference.implementations.conventions import two_biases

Turn: TypeAlias = Callable[[str, Array], Array]
"""What becomes of an array of that name."""

Table: TypeAlias = two_biases.Table


def _names(wanted: Callable[[Cell, str, Shape], bool]) -> frozenset[str]:
    """The names of arrays, of any cell, of which something holds."""
    return frozenset(name for cell in cells() for name, axes in cell.axes.items() if wanted(cell, name, axes))


BATCH_OF_STEPS = _names(lambda cell, name, axes: "T_x" in axes)
BATCH = _names(lambda cell, name, axes: "m" in axes) | {"z"}
WEIGHTS = _names(lambda cell, name, axes: name in cell.parameters and axes[1] != 1)
STATE_WEIGHTS = _names(lambda cell, name, axes: name in cell.trained and axes[1] != 1)
BIASES = _names(lambda cell, name, axes: name in cell.parameters and axes[1] == 1) | two_biases.names()


def _same(name: str, array: Array) -> Array:
    return array


def _kept(table: Table) -> Table:
    return table


@dataclass(frozen=True)
class Convention:
    """One way to hand arrays over that is not the document's.

    ``words`` say so, with the cell's own names in braces (``words_of``). ``theirs`` turns the document's array of a
    name into theirs, ``ours`` turns it back, gradients and results too. ``split`` and ``joined`` do so for
    the table of parameters where names change, ``gradients`` for that of results.
    """

    name: str
    words: str
    theirs: Turn = _same
    ours: Turn = _same
    split: Callable[[Table], Table] = _kept
    joined: Callable[[Table], Table] = _kept
    gradients: Callable[[Table], Table] = _kept


def _transposing(name: str, words: str, weights: frozenset[str]) -> Convention:
    """These weights come transposed, and their gradients are expected so."""

    def turned(tensor: str, array: Array) -> Array:
        return array.T if tensor.removeprefix("d") in weights and array.ndim == 2 else array

    return Convention(name, words, turned, turned)


def _batch_first(name: str, words: str, steps_there: tuple[int, int, int]) -> Convention:
    """The features come last; ``steps_there`` orders the axes of what has a time axis."""
    steps_back = tuple(int(axis) for axis in np.argsort(steps_there))

    def turn(steps: tuple[int, ...]) -> Turn:
        def turned(tensor: str, array: Array) -> Array:
            if tensor not in BATCH or array.ndim not in (2, 3):
                return array
            return array.transpose(steps) if array.ndim == 3 else array.T

        return turned

    return Convention(name, words, turn(steps_there), turn(steps_back))


def _reversed(tensor: str, array: Array) -> Array:
    return array[:, :, ::-1] if tensor in BATCH_OF_STEPS and array.ndim == 3 else array


def _flat(tensor: str, array: Array) -> Array:
    return array.reshape(-1) if tensor in BIASES else array


def _upright(tensor: str, array: Array) -> Array:
    """A bias, or its gradient, as a column: from one axis, or from a row."""
    is_flat = array.ndim == 1 or (array.ndim == 2 and len(array) == 1)
    return array.reshape(-1, 1) if tensor.removeprefix("d") in BIASES and is_flat else array


PREDICTIONS = frozenset(name for cell in cells() for name in (cell.head.of_step, cell.head.of_sequence))


def _probabilities(tensor: str, array: Array) -> Array:
    is_prediction = tensor in PREDICTIONS and array.ndim and array.dtype.kind == "f"
    return softmax_forward(array) if is_prediction else array


ALTERNATIVES = (
    (Convention("logits", "with {prediction} as scores, of which softmax is still to be taken", ours=_probabilities),),
    (Convention("two-biases", "with two biases, such as b_ih and b_hh, in place of {bias}",
                split=two_biases.split, joined=two_biases.joined, gradients=two_biases.one_gradient),),
    (Convention("biases-flat", "with biases of one axis, {bias} (n_a,) and {head_bias} (n_y,)", _flat, _upright),),
    (_transposing("weights-transposed", "with {all_weights} transposed", WEIGHTS),
     _transposing("state-weights-transposed", "with {state_weights} transposed", STATE_WEIGHTS)),
    (Convention("time-reversed", "with the sequence read from its last step to its first", _reversed, _reversed),),
    (_batch_first("batch-major", "with the batch first: x (m, T_x, n_x), {a0} (m, n_a)", (1, 2, 0)),
     _batch_first("time-major", "with time first: x (T_x, m, n_x), {a0} (m, n_a)", (2, 1, 0))),
)  # fmt: skip
"""Of each of these at most one holds. In this order they are undone: scores become probabilities at the end."""

KNOWN = {convention.name: convention for group in ALTERNATIVES for convention in group}


class Conventions(tuple[Convention, ...]):
    """Several conventions that hold at once."""

    @property
    def name(self) -> str:
        """As an option has it: ``batch-major+weights-transposed``."""
        return "+".join(convention.name for convention in reversed(self))

    def words(self, cell: Cell) -> str:
        """What holds, in a cell's own names: ``with the batch first: ...; with Wax, Waa and Wya transposed``."""
        return "; ".join(convention.words for convention in reversed(self)).format(**words_of(cell))

    def parameters(self, given: Mapping[str, Any]) -> Table:
        """The document's table of parameters as theirs."""
        table = dict(given)
        for each in self:
            table = {name: each.theirs(name, value) for name, value in each.split(table).items()}
        return table

    def parameters_back(self, theirs: Mapping[str, Any]) -> Table:
        """Their table as the document's."""
        table = dict(theirs)
        for each in reversed(self):
            table = each.joined({name: each.ours(name, value) for name, value in table.items()})
        return table

    def theirs(self, name: str, array: Array) -> Array:
        """The document's array of that name as theirs."""
        for each in self:
            array = each.theirs(name, array)
        return array

    def ours(self, name: str, array: Array) -> Array:
        """Their array of that name as the document's."""
        for each in reversed(self):
            array = each.ours(name, array)
        return array

    def gradients(self, theirs: Table) -> Table:
        """Their table of gradients as the document's."""
        for each in reversed(self):
            turned = {k: each.ours(k, v) if isinstance(v, np.ndarray) else v for k, v in theirs.items()}
            theirs = each.gradients(turned)
        return theirs


def every_choice() -> Iterator[Conventions]:
    """Every set of conventions that can hold at once, those of fewest parts first."""
    choices = itertools.product(*((None, *group) for group in ALTERNATIVES))
    sets = (Conventions(each for each in choice if each) for choice in choices)
    return iter(sorted((chosen for chosen in sets if chosen), key=len))


def conventions_named(name: str) -> Conventions:
    """The conventions of a name, several joined by ``+``. Raises ValueError, naming the known ones."""
    parts = set(name.split("+"))
    chosen = Conventions(each for group in ALTERNATIVES for each in group if each.name in parts)
    if len(chosen) != len(parts):
        unknown = " and ".join(sorted(parts - set(KNOWN)))
        known = f"{', '.join(KNOWN)}, and several joined by +"
        raise ValueError(f"there is no convention {unknown or repr(name)}; there are {known}")
    if len({n for each in chosen for n, group in enumerate(ALTERNATIVES) if each in group}) != len(chosen):
        raise ValueError(f"{name}: not all of these can hold at once")
    return chosen

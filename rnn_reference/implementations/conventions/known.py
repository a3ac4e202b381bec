"""Conventions other than the document's. Arguments are converted to the other convention, and results back.

A network may be right for transposed weights, or for arrays with the batch first. ``Converted`` makes such an
implementation work with the document's convention.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Shape
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.head import softmax_forward
from rnn_reference.cells.registry import cells
from rnn_reference.cells.words import words_of
from rnn_reference.implementations.conventions import two_biases
from rnn_reference.implementations.conventions.convention import Convention, Turn
from rnn_reference.implementations.conventions.gates import GATE_ORDERS, INPUTS_FIRST
from rnn_reference.implementations.conventions.two_biases import Table


def _names(wanted: Callable[[Cell, str, Shape], bool]) -> frozenset[str]:
    """Returns the names of the arrays, of any cell, for which ``wanted`` is true."""
    return frozenset(name for cell in cells() for name, axes in cell.axes.items() if wanted(cell, name, axes))


BATCH_OF_STEPS = _names(lambda cell, name, axes: "T_x" in axes)
BATCH = _names(lambda cell, name, axes: "m" in axes) | {"z"}
WEIGHTS = _names(lambda cell, name, axes: name in cell.parameters and axes[1] != 1)
STATE_WEIGHTS = _names(lambda cell, name, axes: name in cell.trained and axes[1] != 1)
BIASES = _names(lambda cell, name, axes: name in cell.parameters and axes[1] == 1) | two_biases.names()


def _transposing(name: str, words: str, weights: frozenset[str]) -> Convention:
    """Returns the convention with these weights transposed, and their gradients too."""

    def turned(tensor: str, array: Array) -> Array:
        return array.T if tensor.removeprefix("d") in weights and array.ndim == 2 else array

    return Convention(name, words, turned, turned)


def _axes(name: str, words: str, steps_there: tuple[int, int, int], step_there: bool) -> Convention:
    """Returns the convention with another order of axes: of arrays with a time axis, and perhaps of those without."""
    steps_back = tuple(int(axis) for axis in np.argsort(steps_there))

    def turn(steps: tuple[int, ...]) -> Turn:
        def turned(tensor: str, array: Array) -> Array:
            if tensor not in BATCH or array.ndim not in (2, 3):
                return array
            if array.ndim == 3:
                return array.transpose(steps)
            return array.T if step_there else array

        return turned

    return Convention(name, words, turn(steps_there), turn(steps_back))


def _reversed(tensor: str, array: Array) -> Array:
    return array[:, :, ::-1] if tensor in BATCH_OF_STEPS and array.ndim == 3 else array


def _flat(tensor: str, array: Array) -> Array:
    return array.reshape(-1) if tensor in BIASES else array


def _upright(tensor: str, array: Array) -> Array:
    """Returns a bias, or its gradient, as a column."""
    is_flat = array.ndim == 1 or (array.ndim == 2 and len(array) == 1)
    return array.reshape(-1, 1) if tensor.removeprefix("d") in BIASES and is_flat else array


PREDICTIONS = frozenset(name for cell in cells() for name in (cell.head.of_step, cell.head.of_sequence))


def _probabilities(tensor: str, array: Array) -> Array:
    is_prediction = tensor in PREDICTIONS and array.ndim and array.dtype.kind == "f"
    return softmax_forward(array) if is_prediction else array


ALTERNATIVES = (
    (Convention("logits", "with {prediction} as scores, before softmax", ours=_probabilities),),
    (Convention("two-biases", "with two biases, such as b_ih and b_hh, instead of {bias}",
                split=two_biases.split, joined=two_biases.joined, gradients=two_biases.one_gradient),),
    (INPUTS_FIRST,),
    (Convention("biases-flat", "with biases of one axis, {bias} (n_a,) and {head_bias} (n_y,)", _flat, _upright),),
    (_transposing("weights-transposed", "with {all_weights} transposed", WEIGHTS),
     _transposing("state-weights-transposed", "with {state_weights} transposed", STATE_WEIGHTS)),
    (Convention("time-reversed", "with the sequence read from its last step to its first", _reversed, _reversed),),
    (_axes("batch-major", "with the batch first: x (m, T_x, n_x), {a0} (m, n_a)", (1, 2, 0), True),
     _axes("time-major", "with time first: x (T_x, m, n_x), {a0} (m, n_a)", (2, 1, 0), True),
     _axes("axes-ntm", "with time before the batch: x (n_x, T_x, m), {a0} (n_a, m)", (0, 2, 1), False),
     _axes("axes-mnt", "with the batch first and time last: x (m, n_x, T_x), {a0} (m, n_a)", (1, 0, 2), True),
     _axes("axes-tnm", "with time first and the batch last: x (T_x, n_x, m), {a0} (n_a, m)", (2, 0, 1), False)),
)  # fmt: skip
"""At most one convention of each group can hold. They are undone in reverse order: scores become probabilities last."""

LACKING = (
    (Convention("zero-start", "starting from zeros: there is no {initial}",
                lacks=tuple(sorted(_names(lambda cell, name, axes: name in {f"{s}0" for s in cell.states})))),),
    (Convention("no-biases", "without {bias} and {head_bias}",
                lacks=tuple(sorted(_names(lambda cell, name, axes: name in cell.parameters and axes[1] == 1)))),),
)  # fmt: skip
"""Inputs that are not there. They are tried alone, together, and with one other convention."""

GROUPS = (GATE_ORDERS, *ALTERNATIVES, *LACKING)
"""The same with the orders of gates. These are found by probing, not by trying them with all the others."""

KNOWN = {convention.name: convention for group in (*ALTERNATIVES, *LACKING) for convention in group}


class Conventions(tuple[Convention, ...]):
    """Several conventions that hold at once."""

    @property
    def name(self) -> str:
        """The name for an option: ``batch-major+weights-transposed``."""
        return "+".join(convention.name for convention in reversed(self))

    def words(self, cell: Cell) -> str:
        """Returns a description with the cell's names: ``with the batch first: ...; with Waa transposed``."""
        return "; ".join(convention.words for convention in reversed(self)).format(**words_of(cell))

    @property
    def lacks(self) -> tuple[str, ...]:
        """The inputs that are not there."""
        return tuple(name for convention in self for name in convention.lacks)

    def parameters(self, given: Mapping[str, Any]) -> Table:
        """Converts the document's table of parameters."""
        table = dict(given)
        for each in self:
            table = {name: each.theirs(name, value) for name, value in each.split(table).items()}
        return table

    def parameters_back(self, theirs: Mapping[str, Any]) -> Table:
        """Converts their table of parameters back."""
        table = dict(theirs)
        for each in reversed(self):
            table = each.joined({name: each.ours(name, value) for name, value in table.items()})
        return table

    def theirs(self, name: str, array: Array) -> Array:
        """Converts the document's array with this name."""
        for each in self:
            array = each.theirs(name, array)
        return array

    def ours(self, name: str, array: Array) -> Array:
        """Converts their array with this name back."""
        for each in reversed(self):
            array = each.ours(name, array)
        return array

    def gradients(self, theirs: Table) -> Table:
        """Converts their table of gradients back."""
        for each in reversed(self):
            turned = {k: each.ours(k, v) if isinstance(v, np.ndarray) else v for k, v in theirs.items()}
            theirs = each.gradients(turned)
        return theirs


def every_choice(cell: Cell) -> Iterator[Conventions]:
    """Yields every set of conventions that can hold at once for a cell, the smallest sets first."""
    whole = _sets(cell, ALTERNATIVES)
    lacking = [chosen for chosen in _sets(cell, LACKING) if chosen]
    beside = [Conventions((*others, *missing)) for missing in lacking for others in whole if len(others) <= 1]
    return iter(sorted((chosen for chosen in (*whole, *beside) if chosen), key=len))


def _sets(cell: Cell, groups: Sequence[Sequence[Convention]]) -> list[Conventions]:
    """Returns every set with at most one convention of each group, the empty set too."""
    own = [[None, *(one for one in group if one.applies(cell))] for group in groups]
    return [Conventions(each for each in choice if each) for choice in itertools.product(*own)]


def conventions_named(name: str) -> Conventions:
    """Returns the conventions with this name; ``+`` joins several. Raises ValueError, with the known names."""
    parts = set(name.split("+"))
    chosen = Conventions(each for group in GROUPS for each in group if each.name in parts)
    if len(chosen) != len(parts):
        unknown = " and ".join(sorted(parts - {each.name for each in chosen}))
        known = f"{', '.join(KNOWN)}, {GATE_ORDERS[0].name} and other orders, and several joined by +"
        raise ValueError(f"there is no convention {unknown or repr(name)}; there are {known}")
    if len({n for each in chosen for n, group in enumerate(GROUPS) if each in group}) != len(chosen):
        raise ValueError(f"{name}: not all of these can hold at once")
    return chosen

"""A whole network with chosen mistakes, as a target for ``--rnn``."""

from functools import reduce
from typing import Any

from rnn_reference.arrays import Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_steps import right_step_backward
from rnn_reference.cells.edits import combined
from rnn_reference.cells.fault import ANY, Fault, Function
from rnn_reference.cells.functions import cell_forward_of
from rnn_reference.cells.loop import backward_of, forward_of
from rnn_reference.cells.registry import cell_named, function_named
from rnn_reference.faults.derivative import cell_backward_of as derivative_of_cell
from rnn_reference.faults.derivative import derivative_of


class FaultyNetwork:
    """The functions of a cell with the given faults. Raises ValueError for two in a function that cannot go together.

    The step uses a faulty activation, and the loop a faulty step, forward and backward. With ``consistent``, the
    backward pass is the derivative of this wrong forward pass; otherwise it is the right one. ``dtype`` is the
    precision of the network. ``cell`` is by default the cell of the faults, and without faults the tanh RNN.
    """

    def __init__(
        self, *faults: Fault, consistent: bool = False, dtype: str = "float64", cell: Cell | None = None
    ) -> None:
        self.faults = faults
        self.dtype = dtype
        self._cell = cell or (function_named(faults[0].function).cell if faults else cell_named("rnn"))
        cell = self._cell
        activations = [self._made(name, right.function) for name, right in cell.activations.items()]
        step = self._made(cell.cell_forward.name, cell_forward_of(cell, *activations), *activations)
        forward = self._made(cell.forward.name, forward_of(cell, step), step)
        back = self._made(cell.cell_backward.name, self._right_step_back(step, consistent))
        backward = self._made(cell.backward.name, backward_of(cell, back), back)
        if consistent and not any(fault.function == cell.backward.name for fault in faults):
            forward, backward = _consistent(cell, forward)
        own = (*activations, step, forward, back, backward)
        for name, function in zip(cell.functions, own, strict=True):
            setattr(self, name, function)

    def _right_step_back(self, step: Function, consistent: bool) -> Function:
        return derivative_of_cell(self._cell, step) if consistent else right_step_backward(self._cell)

    def _made(self, function: str, right: Function, *right_pieces: Function) -> Function:
        """Returns the function with its faults: one made from the right pieces, then faults of any function."""
        own = [fault for fault in self.faults if fault.function == function]
        made = [fault.of(*(right_pieces or (right,))) for fault in own if fault.stage != ANY]
        right = reduce(_together, made) if made else right
        for fault in own:
            if fault.stage == ANY:
                right = fault.of(right)
        return right

    def __str__(self) -> str:
        return " and ".join(map(str, self.faults)) or "no fault"


def _together(one: Function, other: Function) -> Function:
    both = combined(one, other)
    if both is None:
        raise ValueError("two faults of one function cannot go together: they change the same point")
    return both


def _consistent(cell: Cell, forward: Function) -> tuple[Function, Function]:
    """Returns the forward pass, with its arguments as caches, and its derivative."""

    def own_forward(*arguments: Any) -> Any:
        *results, _ = forward(*arguments)
        return *results, arguments

    def own_backward(*arguments: Any) -> Gradients:
        given = cell.backward.named(arguments)
        cotangents = {s: given[f"d{s}"] for s in cell.states if f"d{s}" in given}
        return derivative_of(cell, forward, cotangents, given["caches"])

    return own_forward, own_backward

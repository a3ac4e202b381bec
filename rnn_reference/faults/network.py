"""A whole network with chosen mistakes, behind the six functions: something to point ``--rnn`` at."""

from typing import Any

from rnn_reference.arrays import Array, Gradients, Parameters
from rnn_reference.cells import loop as stepwise
from rnn_reference.cells.fault import ANY, Fault, Function
from rnn_reference.cells.rnn import building_blocks as pieces
from rnn_reference.faults.derivative import cell_backward_of, derivative_of


class FaultyNetwork:
    """The six functions, right but for the given faults, at most one in each function.

    A faulty activation is used by the cell, a faulty cell by the loop, forward and backward. With ``consistent``
    the backward pass is the derivative of this very forward pass; else it is the ordinary one. ``dtype`` is what it
    computes in.
    """

    def __init__(self, *faults: Fault, consistent: bool = False, dtype: str = "float64") -> None:
        self.faults = faults
        self.dtype = dtype
        self.tanh_forward = self._made("tanh_forward", pieces.tanh)
        self.softmax_forward = self._made("softmax_forward", pieces.softmax)
        cell = pieces.cell_forward(self.tanh_forward, self.softmax_forward)
        self.rnn_cell_forward = self._made("rnn_cell_forward", cell, self.tanh_forward, self.softmax_forward)
        loop = stepwise.forward_of(self.rnn_cell_forward)
        self.rnn_forward = self._made("rnn_forward", loop, self.rnn_cell_forward)
        cell_backward = cell_backward_of(self.rnn_cell_forward) if consistent else pieces.cell_backward()
        self.rnn_cell_backward = self._made("rnn_cell_backward", cell_backward)
        self.rnn_backward = self._made(
            "rnn_backward", stepwise.backward_of(self.rnn_cell_backward), self.rnn_cell_backward
        )
        if consistent and not any(fault.function == "rnn_backward" for fault in faults):
            self.rnn_forward, self.rnn_backward = _consistent(self.rnn_forward)

    def _made(self, function: str, right: Function, *right_pieces: Function) -> Function:
        """The function with what faults it has: one of its stage, made of the pieces, and any that wrap it."""
        for fault in self.faults:
            if fault.function == function and fault.stage != ANY:
                right = fault.of(*(right_pieces or (right,)))
        for fault in self.faults:
            if fault.function == function and fault.stage == ANY:
                right = fault.of(right)
        return right

    def __str__(self) -> str:
        return " and ".join(map(str, self.faults)) or "no fault"


def _consistent(forward: Function) -> tuple[Function, Function]:
    """The forward pass with its inputs for caches, and its derivative."""

    def rnn_forward(x: Array, a0: Array, parameters: Parameters) -> Any:
        a, y_pred, _ = forward(x, a0, parameters)
        return a, y_pred, (x, a0, parameters)

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        return derivative_of(forward, da, *caches)

    return rnn_forward, rnn_backward

"""What an implementation may have computed instead: every fault, run through every piece it may stand on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rnn_reference.cells.fault import Function
from rnn_reference.cells.loop import backward_of, forward_of
from rnn_reference.cells.rnn import building_blocks as pieces
from rnn_reference.diagnosis.matching import Answer
from rnn_reference.faults import ANY, CATALOGUE, Fault

RIGHT_CELL = pieces.cell_forward()


class Loop(NamedTuple):
    """A forward pass as a loop over a cell; ``of`` makes it from the cell."""

    of: Callable[[Function], Function]
    cell: Function

    @property
    def forward(self) -> Function:
        """``rnn_forward``."""
        return self.of(self.cell)


RIGHT_LOOP = Loop(forward_of, RIGHT_CELL)


def faults_of(function: str, advice: bool = False) -> list[Fault]:
    """The faults of a stage, those that no single call shows left out."""
    return [f for f in CATALOGUE if f.function == function and f.stage != ANY and f.advice == advice]


def cells(activations: Iterable[tuple[Function, Function]]) -> Iterator[tuple[Fault, Function]]:
    """Wrong cells: each fault of the cell over each pair of activations, and each wrong activation in a right cell."""
    for tanh, softmax in activations:
        yield from ((fault, fault.of(tanh, softmax)) for fault in faults_of("rnn_cell_forward"))
    for fault in faults_of("tanh_forward"):
        yield fault, pieces.cell_forward(tanh=fault.of(pieces.tanh))
    for fault in faults_of("softmax_forward"):
        yield fault, pieces.cell_forward(softmax=fault.of(pieces.softmax))


def loops(own_cells: Sequence[Function]) -> Iterator[tuple[Fault, Loop]]:
    """Wrong loops: each fault of the loop over each cell, and each wrong cell in a right loop."""
    for cell in (RIGHT_CELL, *own_cells):
        yield from ((fault, Loop(fault.of, cell)) for fault in faults_of("rnn_forward"))
    yield from ((fault, Loop(forward_of, cell)) for fault, cell in cells([(pieces.tanh, pieces.softmax)]))


def backward_loops(own_cell: Function | None) -> Iterator[tuple[Fault, Function]]:
    """Wrong ``rnn_backward``: each fault of the loop over a cell, and, over the right one, each wrong cell."""
    if own_cell:
        yield from ((fault, fault.of(own_cell)) for fault in faults_of("rnn_backward"))
        return
    right = pieces.cell_backward()
    yield from ((fault, fault.of(right)) for fault in faults_of("rnn_backward"))
    yield from ((fault, backward_of(fault.of(right))) for fault in faults_of("rnn_cell_backward"))


def two(function: Function, *names: str) -> Callable[..., Answer]:
    """A forward function as a model: its first results by name, its caches left out."""
    return lambda *inputs: dict(zip(names, function(*inputs), strict=False))

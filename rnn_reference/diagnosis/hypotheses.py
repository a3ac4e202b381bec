"""Hypotheses about a wrong implementation: every fault, combined with the pieces that it may use."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from rnn_reference.cells.cell import Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.cells.edited_loops import backward_loop, forward_loop
from rnn_reference.cells.edited_steps import right_step_backward, step_forward
from rnn_reference.cells.edits import Edited, combined, in_chains
from rnn_reference.cells.fault import ANY, Fault, Function, catalogue
from rnn_reference.diagnosis.matching import Answer

Activations = tuple[Function, ...]


class Loop(NamedTuple):
    """A forward function as a loop over a step; ``of`` makes it from the step."""

    of: Callable[[Function], Function]
    step: Function

    @property
    def forward(self) -> Function:
        """The forward function of the sequence."""
        return self.of(self.step)


@cache
def right_loop(cell: Cell) -> Loop:
    """Returns the right loop over the right step."""
    return Loop(partial(forward_loop, cell), step_forward(cell))


def right_activations(cell: Cell) -> Activations:
    """Returns the right activations of a cell, in its order."""
    return tuple(activation.function for activation in cell.activations.values())


def faults_of(signature: Signature, advice: bool = False) -> list[Fault]:
    """Returns the faults of a function that a single call shows."""
    found = catalogue(signature.cell)
    return [f for f in found if f.function == signature.name and f.stage != ANY and f.advice == advice]


def steps(cell: Cell, activations: Iterable[Activations]) -> Iterator[tuple[Fault, Function]]:
    """Yields wrong steps: each fault of the step with each set of activations, and each wrong activation."""
    for some in activations:
        yield from ((fault, fault.of(*some)) for fault in faults_of(cell.cell_forward))
    right = right_activations(cell)
    for place, name in enumerate(cell.activations):
        for fault in faults_of(cell.functions[name]):
            others = list(right)
            others[place] = fault.of(right[place])
            yield fault, step_forward(cell, *others)


def loops(cell: Cell, own_steps: Sequence[Function]) -> Iterator[tuple[Fault, Loop]]:
    """Yields wrong loops: each fault of the loop with each step, and each wrong step in a right loop."""
    right = right_loop(cell)
    for step in (right.step, *own_steps):
        yield from ((fault, Loop(fault.of, step)) for fault in faults_of(cell.forward))
    yield from ((fault, Loop(right.of, step)) for fault, step in steps(cell, [right_activations(cell)]))


def backward_loops(cell: Cell, own_step: Function | None) -> Iterator[tuple[Fault, Function]]:
    """Yields wrong backward functions: each fault of the loop; without ``own_step``, each wrong step too."""
    if own_step:
        yield from ((fault, fault.of(own_step)) for fault in faults_of(cell.backward))
        return
    right = right_step_backward(cell)
    yield from ((fault, fault.of(right)) for fault in faults_of(cell.backward))
    yield from ((fault, backward_loop(cell, fault.of(right))) for fault in faults_of(cell.cell_backward))


def both_made(one: Function, other: Function) -> list[Edited]:
    """Returns the function with both mistakes; twice if their order may matter, not at all if they cannot go together.

    Two mistakes in a step that are made in one loop are made in its step.
    """
    both = [combined(one, other)]
    if isinstance(one, Edited) and isinstance(other, Edited) and in_chains(one, other):
        both.append(combined(other, one))
    return [made for made in both if made is not None]


def both_loops(one: Loop, other: Loop) -> list[Loop]:
    """Returns the forward functions with both mistakes, of which each may be in the loop or in its step."""
    return [Loop(partial(_over, both), both.points["step"]) for both in both_made(one.forward, other.forward)]


def _over(loop: Edited, step: Function) -> Edited:
    """Returns the same loop over another step."""
    return Edited(loop.made, loop.of, {**loop.points, "step": step})


def as_model(signature: Signature, function: Function) -> Callable[..., Answer]:
    """Returns a forward function as a model: its results by name, without caches."""

    def model(*inputs: Any) -> Answer:
        results = signature.results(function(*inputs))
        return {name: results[name] for name in signature.tensors}

    return model

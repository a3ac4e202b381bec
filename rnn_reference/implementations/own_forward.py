"""The forward function of an implementation, in the form for numerical differentiation."""

import numpy as np

from rnn_reference.cells.cell import Cell
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.question import repeated
from rnn_reference.numerics.moved import Forward, ForwardCall
from rnn_reference.outcomes import Crashed
from rnn_reference.problems.answers import Tensors
from rnn_reference.problems.inputs import Inputs


def own_sequence(implementation: Implementation, given: Inputs) -> Forward:
    """Returns the implementation's own forward function of the sequence, for differentiation."""

    def forward(several: list[ForwardCall]) -> list[Tensors]:
        calls = (given.at(x=run.x, initial=run.initial, parameters=run.parameters).forward for run in several)
        return implementation.answers(repeated(given.cell.forward, *calls))

    return _of_states(given, forward)


def own_step(implementation: Implementation, given: Inputs) -> Forward:
    """Returns the implementation's own forward function of a step, as that of a sequence of one step."""
    cell = given.cell

    def forward(several: list[ForwardCall]) -> list[Tensors]:
        calls = (given.at(x=run.x, initial=run.initial, parameters=run.parameters).step for run in several)
        answers = implementation.answers(repeated(cell.cell_forward, *calls))
        return [{s: answer[f"{s}_next"][:, :, None] for s in cell.states} for answer in answers]

    return _of_states(given, forward)


def _of_states(given: Inputs, forward: Forward) -> Forward:
    """Returns the forward function with only the states among its results.

    If it refuses a batch that is wider than that of ``given``, the columns are handed over in pieces of that width.
    """
    width = given.x.shape[1]

    def states(several: list[ForwardCall]) -> list[Tensors]:
        return [{s: found[s] for s in given.cell.states} for found in forward(several)]

    def in_pieces(run: ForwardCall) -> Tensors:
        parts = states([_columns(run, slice(j, j + width)) for j in range(0, run.x.shape[1], width)])
        return {s: np.concatenate([part[s] for part in parts], axis=1) for s in given.cell.states}

    def as_it_takes_them(several: list[ForwardCall]) -> list[Tensors]:
        try:
            return states(several)
        except Crashed:
            if all(run.x.shape[1] <= width for run in several):
                raise
            return [in_pieces(run) for run in several]

    return as_it_takes_them


def _columns(run: ForwardCall, which: slice) -> ForwardCall:
    initial = {s: state[:, which] for s, state in run.initial.items()}
    return run._replace(x=run.x[:, which], initial=initial)


def as_sequence(cell: Cell, gradients: Tensors) -> Tensors:
    """Returns the results of a step backward by the names of a sequence of one step."""
    named = {cell.of_sequence.get(name, name): value for name, value in gradients.items()}
    return {name: value[..., None] if name == "dx" else value for name, value in named.items()}

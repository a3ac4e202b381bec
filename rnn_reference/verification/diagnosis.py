"""Which fault explains a failure."""

from rnn_reference.arguments import Array, Gradients, Parameters
from rnn_reference.cell import rnn_cell_backward
from rnn_reference.faults import FAULTS
from rnn_reference.verification.compare import agrees
from rnn_reference.verification.outcomes import Wrong


def name_the_fault(
    wrong: Wrong,
    function: str,
    got: Gradients,
    states: Array,
    x: Array,
    a0: Array,
    parameters: Parameters,
    da: Array,
    tolerance: dict[str, Array],
) -> Wrong:
    """``wrong`` with the fault that gives just what the implementation gave, at its own states.

    A name is given only if one fault alone matches every tensor within tolerance. Where none does, that is said.
    """
    before = [a0, *(states[:, :, t] for t in range(states.shape[2] - 1))]
    steps = [(states[:, :, t], before[t], x[:, :, t], parameters) for t in range(states.shape[2])]
    matching = []
    for fault in FAULTS.values():
        if fault.function != function:
            continue
        outcome = fault.of(rnn_cell_backward)(da, (steps, x))
        if agrees(got, outcome, tolerance):
            matching.append(fault)
    if len(matching) == 1:
        wrong.faults = [matching[0].id]
        wrong.lines.append(("looks like", f"{matching[0].id}: {matching[0].sentence}"))
    elif matching:
        wrong.candidates = [fault.id for fault in matching]
        wrong.lines.append(("looks like", f"one of {', '.join(wrong.candidates)}: no output tells them apart here"))
    return wrong

"""The only mistake in ``rnn_cell_forward`` of this cell only. Mistakes of any cell are in ``rnn_reference.faults``."""

from rnn_reference.cells.edited_steps import step_forward
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.signature import CELL


@fault("rnn_cell_forward", where="the state in the argument of softmax: before or after tanh",
       change="yt_pred = softmax(Wya a_next + by)")  # fmt: skip
def prediction_from_preactivation(tanh: Function, softmax: Function) -> Function:
    """yt_pred is computed from the state before tanh is applied."""
    return step_forward(CELL, tanh, softmax, **{"head:state": lambda values: values["z"]["z"]})

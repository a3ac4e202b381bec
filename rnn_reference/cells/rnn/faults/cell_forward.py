"""The only mistake in ``rnn_cell_forward`` of this cell only. Mistakes of any cell are in ``rnn_reference.faults``."""

from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.building_blocks import cell_forward


@fault("rnn_cell_forward", where="the state in the argument of softmax: before or after tanh",
       change="yt_pred = softmax(Wya a_next + by)")  # fmt: skip
def prediction_from_preactivation(tanh: Function, softmax: Function) -> Function:
    """yt_pred is computed from the state before tanh is applied."""
    return cell_forward(tanh, softmax, scores=lambda a_next, a_prev, z, p: p["Wya"] @ z + p["by"])

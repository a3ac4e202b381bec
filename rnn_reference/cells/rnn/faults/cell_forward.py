"""The mistake in ``rnn_cell_forward`` that is about this cell alone; the others are those of any cell."""

from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.building_blocks import cell_forward


@fault("rnn_cell_forward", where="what softmax is applied to: before or after tanh",
       change="yt_pred = softmax(Wya a_next + by)")  # fmt: skip
def prediction_from_preactivation(tanh: Function, softmax: Function) -> Function:
    """yt_pred is computed from the state before tanh is applied."""
    return cell_forward(tanh, softmax, scores=lambda a_next, a_prev, z, p: p["Wya"] @ z + p["by"])

"""Mistakes in ``rnn_cell_forward``: each takes the two activations and makes a wrong cell of them."""

from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.rnn.building_blocks import cell_forward

THE_SUM = "the sum that tanh is applied to"
THE_SCORES = "what softmax is applied to"
WRITTEN_OUT = "a_next = tanh(Wax xt + Waa a_prev + ba)"
PREDICTED = "yt_pred = softmax(Wya a_next + by)"


@fault("rnn_cell_forward", where=f"{THE_SUM}: Waa", change=WRITTEN_OUT, seen="onnx/onnx#915, #1019")
def recurrent_transposed(tanh: Function, softmax: Function) -> Function:
    """Waa is transposed."""
    return cell_forward(tanh, softmax, z=lambda xt, a_prev, p: p["Wax"] @ xt + p["Waa"].T @ a_prev + p["ba"])


@fault("rnn_cell_forward", where=THE_SUM, change=f"add Waa a_prev: {WRITTEN_OUT}")
def recurrent_missing(tanh: Function, softmax: Function) -> Function:
    """The term Waa a_prev is missing: the state does not depend on the one before."""
    return cell_forward(tanh, softmax, z=lambda xt, a_prev, p: p["Wax"] @ xt + 0 * a_prev + p["ba"])


@fault("rnn_cell_forward", where=THE_SUM, change=f"add Wax xt: {WRITTEN_OUT}")
def input_missing(tanh: Function, softmax: Function) -> Function:
    """The term Wax xt is missing: the state does not depend on the input."""
    return cell_forward(tanh, softmax, z=lambda xt, a_prev, p: p["Waa"] @ a_prev + p["ba"])


@fault("rnn_cell_forward", where=f"{THE_SUM}: ba", change=f"add ba: {WRITTEN_OUT}",
       seen="google/flax#5594, numpy-ml#42")  # fmt: skip
def hidden_bias_missing(tanh: Function, softmax: Function) -> Function:
    """The bias ba is not added."""
    return cell_forward(tanh, softmax, z=lambda xt, a_prev, p: p["Wax"] @ xt + p["Waa"] @ a_prev)


@fault("rnn_cell_forward", where=f"{THE_SUM}: ba", change=f"add ba once: {WRITTEN_OUT}")
def hidden_bias_twice(tanh: Function, softmax: Function) -> Function:
    """The bias ba is added twice."""
    return cell_forward(tanh, softmax, z=lambda xt, a_prev, p: p["Wax"] @ xt + p["Waa"] @ a_prev + 2 * p["ba"])


@fault("rnn_cell_forward", where=f"{THE_SCORES}: by", change=f"add by: {PREDICTED}")
def output_bias_missing(tanh: Function, softmax: Function) -> Function:
    """The bias by is not added."""
    return cell_forward(tanh, softmax, scores=lambda a_next, a_prev, z, p: p["Wya"] @ a_next)


@fault("rnn_cell_forward", where=f"{THE_SUM}: the shape of ba", change="keep ba (n_a, 1): it is added to each column")
def bias_over_batch(tanh: Function, softmax: Function) -> Function:
    """The bias ba is laid along the batch instead of the units, which only goes where n_a = m."""
    return cell_forward(tanh, softmax, z=lambda xt, a_prev, p: p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"].T)


@fault("rnn_cell_forward", where=f"{THE_SCORES}: which state", change=PREDICTED)
def prediction_from_previous(tanh: Function, softmax: Function) -> Function:
    """yt_pred is computed from a_prev instead of a_next."""
    return cell_forward(tanh, softmax, scores=lambda a_next, a_prev, z, p: p["Wya"] @ a_prev + p["by"])


@fault("rnn_cell_forward", where=f"{THE_SCORES}: before or after tanh", change=PREDICTED)
def prediction_from_preactivation(tanh: Function, softmax: Function) -> Function:
    """yt_pred is computed from the state before tanh is applied."""
    return cell_forward(tanh, softmax, scores=lambda a_next, a_prev, z, p: p["Wya"] @ z + p["by"])

"""The reference itself.

Needs only numpy.
"""

from rnn_reference.cells.activations import tanh_forward
from rnn_reference.cells.head import softmax_forward
from rnn_reference.cells.lstm.cell import lstm_cell_backward, lstm_cell_forward
from rnn_reference.cells.lstm.network import lstm_backward, lstm_forward
from rnn_reference.cells.rnn.cell import rnn_cell_backward, rnn_cell_forward
from rnn_reference.cells.rnn.network import rnn_backward, rnn_forward

__all__ = [
    "lstm_backward",
    "lstm_cell_backward",
    "lstm_cell_forward",
    "lstm_forward",
    "rnn_backward",
    "rnn_cell_backward",
    "rnn_cell_forward",
    "rnn_forward",
    "softmax_forward",
    "tanh_forward",
]

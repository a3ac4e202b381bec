"""The reference's cell, called once for each step: the structure of the document.

Needs only numpy.
"""

from rnn_reference.cells.loop import backward_of, forward_of
from rnn_reference.cells.lstm.cell import lstm_cell_backward, lstm_cell_forward
from rnn_reference.cells.lstm.signature import CELL as LSTM
from rnn_reference.cells.rnn.cell import rnn_cell_backward, rnn_cell_forward
from rnn_reference.cells.rnn.signature import CELL as RNN

__all__ = [
    "lstm_backward",
    "lstm_cell_backward",
    "lstm_cell_forward",
    "lstm_forward",
    "rnn_backward",
    "rnn_cell_backward",
    "rnn_cell_forward",
    "rnn_forward",
]

rnn_forward = forward_of(RNN, rnn_cell_forward)
rnn_backward = backward_of(RNN, rnn_cell_backward)
lstm_forward = forward_of(LSTM, lstm_cell_forward)
lstm_backward = backward_of(LSTM, lstm_cell_backward)

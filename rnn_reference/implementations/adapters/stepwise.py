"""The reference's cell, called once for each step: the structure of the document.

Needs only numpy.
"""

from rnn_reference.cells.loop import backward_of, forward_of
from rnn_reference.cells.rnn.cell import rnn_cell_backward, rnn_cell_forward
from rnn_reference.cells.rnn.signature import CELL

__all__ = ["rnn_backward", "rnn_cell_backward", "rnn_cell_forward", "rnn_forward"]

rnn_forward = forward_of(CELL, rnn_cell_forward)
rnn_backward = backward_of(CELL, rnn_cell_backward)

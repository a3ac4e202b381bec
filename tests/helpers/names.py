"""Names that tests of the first cell use."""

from rnn_reference.cells.registry import cell_named

RNN = cell_named("rnn")
FUNCTIONS = tuple(RNN.functions)
"""The six functions of the document."""

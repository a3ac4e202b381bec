"""The description of the tanh RNN for the rest of the package."""

from rnn_reference.cells.activations import tanh_forward
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.description import Activation, Head
from rnn_reference.cells.head import softmax_forward, softmax_tolerance
from rnn_reference.cells.rnn.equations import MAPS, back, step
from rnn_reference.cells.rounding import bounded_tolerance

CELL = Cell(
    name="rnn",
    states=("a",),
    parameters={
        "Wax": ("n_a", "n_x"),
        "Waa": ("n_a", "n_a"),
        "Wya": ("n_y", "n_a"),
        "ba": ("n_a", 1),
        "by": ("n_y", 1),
    },
    maps=MAPS,
    head=Head("Wya", "by"),
    step=step,
    back=back,
    cache=("a_next", "a_prev", "xt", "parameters"),
    activations={
        "tanh_forward": Activation(tanh_forward, bounded_tolerance),
        "softmax_forward": Activation(softmax_forward, softmax_tolerance),
    },
    equations="a_next = tanh(Wax xt + Waa a_prev + ba)",
    two_biases={"ba": (("b_ih", "b_hh"), ("bax", "baa"), ("bx", "bh"))},
    home="rnn_reference",
)

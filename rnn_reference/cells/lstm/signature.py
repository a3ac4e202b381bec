"""The description of the LSTM for the rest of the package. Its functions are the course's, letter by letter."""

from rnn_reference.arrays import Shape
from rnn_reference.cells.activations import tanh_forward
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.description import Activation, Head
from rnn_reference.cells.head import softmax_forward, softmax_tolerance
from rnn_reference.cells.lstm.equations import GATES, KEPT, MAPS, back, step
from rnn_reference.cells.rounding import bounded_tolerance

PARAMETERS: dict[str, Shape] = {
    **{name: shape for g in GATES for name, shape in ((f"W{g}", ("n_a", "n_a+n_x")), (f"b{g}", ("n_a", 1)))},
    "Wy": ("n_y", "n_a"),
    "by": ("n_y", 1),
}

CELL = Cell(
    name="lstm",
    states=("a", "c"),
    parameters=PARAMETERS,
    maps=MAPS,
    head=Head("Wy", "by", of_sequence="y"),
    step=step,
    back=back,
    cache=("a_next", "c_next", "a_prev", "c_prev", *KEPT, "xt", "parameters"),
    kept=KEPT,
    activations={
        "tanh_forward": Activation(tanh_forward, bounded_tolerance),
        "softmax_forward": Activation(softmax_forward, softmax_tolerance),
    },
    equations="a_next = ot tanh(c_next), where c_next = ft c_prev + it cct",
    home="rnn_reference",
)

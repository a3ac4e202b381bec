"""A recurrent cell that the package does not have: two states, two gates, and nobody has derived its gradient."""

import numpy as np

from rnn_reference.cells.cell import Cell
from rnn_reference.cells.description import Head
from rnn_reference.numerics.affine import Map
from rnn_reference.numerics.functions import sigmoid

MAPS = {"f": Map({"Wf": ("a", "x")}, "bf"), "z": Map({"Wz": ("a", "x")}, "bz")}


def step(affine, x, states):
    """c_next = f c_prev + (1 - f) tanh(z); a_next = tanh(c_next), where f and z are maps of a_prev and x."""
    a, c = states
    f = sigmoid(affine("f", x=x, a=a))
    c_next = f * c + (1 - f) * np.tanh(affine("z", x=x, a=a))
    return (np.tanh(c_next), c_next), {}


GATED = Cell(
    name="gated",
    states=("a", "c"),
    parameters={
        "Wf": ("n_a", "n_a+n_x"), "bf": ("n_a", 1), "Wz": ("n_a", "n_a+n_x"), "bz": ("n_a", 1),
        "Wy": ("n_y", "n_a"), "by": ("n_y", 1),
    },
    maps=MAPS,
    head=Head("Wy", "by", of_sequence="y"),
    step=step,
    cache=("a_next", "c_next", "a_prev", "c_prev", "xt", "parameters"),
    equations="a_next = tanh(f c_prev + (1 - f) tanh(Wz [a_prev; xt] + bz))",
)  # fmt: skip

"""Recurrent cells that the package does not have. Nobody has derived their gradients."""

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


def gru(candidate):
    """A step of a GRU: a_next = (1 - z) n + z a_prev, where the candidate n is made of affine, x, a_prev and r."""

    def step(affine, x, states):
        (a,) = states
        r, z = sigmoid(affine("r", x=x, a=a)), sigmoid(affine("z", x=x, a=a))
        return ((1 - z) * candidate(affine, x, a, r) + z * a,), {}

    return step


GATES = {"r": Map({"Wr": ("a", "x")}, "br"), "z": Map({"Wz": ("a", "x")}, "bz")}
OF_GATES = {"Wr": ("n_a", "n_a+n_x"), "br": ("n_a", 1), "Wz": ("n_a", "n_a+n_x"), "bz": ("n_a", 1)}
OF_HEAD = {"Wy": ("n_y", "n_a"), "by": ("n_y", 1)}

RESET_BEFORE = Cell(
    name="gru",
    states=("a",),
    parameters={**OF_GATES, "Wh": ("n_a", "n_a+n_x"), "bh": ("n_a", 1), **OF_HEAD},
    maps={**GATES, "h": Map({"Wh": ("a", "x")}, "bh")},
    head=Head("Wy", "by", of_sequence="y"),
    step=gru(lambda affine, x, a, r: np.tanh(affine("h", x=x, a=r * a))),
    cache=("a_next", "a_prev", "xt", "parameters"),
    equations="a_next = (1 - z) tanh(Wh [r a_prev; xt] + bh) + z a_prev",
)
"""The reset gate is applied to the state before the product: the map's operand is not the state itself."""

RESET_AFTER = Cell(
    name="tgru",
    states=("a",),
    parameters={
        **OF_GATES, "Wh": ("n_a", "n_x"), "bh": ("n_a", 1), "Uh": ("n_a", "n_a"), "uh": ("n_a", 1), **OF_HEAD,
    },
    maps={**GATES, "h": Map({"Wh": ("x",)}, "bh"), "u": Map({"Uh": ("a",)}, "uh")},
    head=Head("Wy", "by", of_sequence="y"),
    step=gru(lambda affine, x, a, r: np.tanh(affine("h", x=x) + r * affine("u", a=a))),
    cache=("a_next", "a_prev", "xt", "parameters"),
    equations="a_next = (1 - z) tanh(Wh xt + bh + r (Uh a_prev + uh)) + z a_prev",
)  # fmt: skip
"""The reset gate is applied after the product, as torch does it: one map does not read the input."""

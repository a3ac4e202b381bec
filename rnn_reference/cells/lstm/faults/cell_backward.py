"""Mistakes in ``lstm_cell_backward`` in the lines for dc and for the gates. Each factory ignores the right function."""

from typing import Any

import numpy as np

from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.lstm.building_blocks import ORDERS, Lines, as_variants, cell_backward, each_gate
from rnn_reference.cells.lstm.equations import BACKWARD, GATES, KEPT, OF_GATES, Line

THE_CELL, DC = "the line for the gradient of c_next", "dc = dc_next + da_next * ot * (1 - tanh(c_next)**2)"
THE_GATES = "the lines for the gradients of the gates and of the candidate"
OF_A_GATE = "df = dc * c_prev * ft * (1 - ft), di = dc * cct * it * (1 - it), dcc = dc * it * (1 - cct**2)"


@fault("lstm_cell_backward", where=THE_CELL, change=DC, seen="apache/mxnet#4057")
def cell_carry_replaced(_: Function) -> Function:
    """dc_next is not used: only the path through a_next reaches c_next."""
    return cell_backward(dc=lambda v: v.da_next * v.ot * (1 - v.tanh_c * v.tanh_c))


@fault("lstm_cell_backward", where=THE_CELL, change=DC)
def output_path_missing(_: Function) -> Function:
    """The path from c_next through a_next is missing: dc = dc_next."""
    return cell_backward(dc=lambda v: v.dc_next)


CELL_SLOPES: dict[str, Lines] = {
    "1": {"dc": lambda v: v.dc_next + v.da_next * v.ot},
    "1 - tanh(c_next)": {"dc": lambda v: v.dc_next + v.da_next * v.ot * (1 - v.tanh_c)},
    "1 - c_next**2": {"dc": lambda v: v.dc_next + v.da_next * v.ot * (1 - v.c_next * v.c_next)},
    "1 + tanh(c_next)**2": {"dc": lambda v: v.dc_next + v.da_next * v.ot * (1 + v.tanh_c * v.tanh_c)},
    "without ot": {"dc": lambda v: v.dc_next + v.da_next * (1 - v.tanh_c * v.tanh_c)},
}


@fault("lstm_cell_backward", where=THE_CELL, change=DC, variants=as_variants(CELL_SLOPES))
def cell_slope_wrong(_: Function, lines: Lines) -> Function:
    """The derivative of ot * tanh(c_next) by c_next is wrong: it is ot * (1 - tanh(c_next)**2)."""
    return cell_backward(**lines)


OF_A: dict[str, Lines] = {
    "do": {"do": lambda v: v.da_next * np.tanh(v.a_next) * v.ot * (1 - v.ot)},
    "dc": {"dc": lambda v: v.dc_next + v.da_next * v.ot * (1 - np.tanh(v.a_next) ** 2)},
    "dc, without tanh": {"dc": lambda v: v.dc_next + v.da_next * v.ot * (1 - v.a_next * v.a_next)},
}
OF_A["both"] = {**OF_A["do"], **OF_A["dc"]}


@fault("lstm_cell_backward", where="tanh(c_next)", change="tanh(c_next), not of a_next", seen="a public notebook",
       variants=as_variants(OF_A))  # fmt: skip
def tanh_of_a_for_c(_: Function, lines: Lines) -> Function:
    """a_next is used in place of c_next inside tanh."""
    return cell_backward(**lines)


SLOPELESS: Lines = {
    "f": lambda v: v.dc * v.c_prev,
    "i": lambda v: v.dc * v.cct,
    "c": lambda v: v.dc * v.it,
    "o": lambda v: v.da_next * v.tanh_c,
}


@fault("lstm_cell_backward", where=THE_GATES, change=OF_A_GATE, variants=each_gate(),
       seen="RNN-LSTM-in-numpy#1; two public notebooks")  # fmt: skip
def gate_slope_missing(_: Function, gates: str) -> Function:
    """The derivative of sigmoid, or of tanh for the candidate, is missing."""
    return cell_backward(**{OF_GATES[g]: SLOPELESS[g] for g in gates})


SLOPE_OF_TANH: Lines = {
    "f": lambda v: v.dc * v.c_prev * (1 - v.ft * v.ft),
    "i": lambda v: v.dc * v.cct * (1 - v.it * v.it),
    "c": lambda v: v.dc * v.it * v.cct * (1 - v.cct),
    "o": lambda v: v.da_next * v.tanh_c * (1 - v.ot * v.ot),
}


@fault("lstm_cell_backward", where=THE_GATES, change=OF_A_GATE, variants=each_gate() | each_gate("fio", "the gates"))
def gate_slope_of_another_function(_: Function, gates: str) -> Function:
    """The derivative of tanh is used for a gate, or that of sigmoid for the candidate."""
    return cell_backward(**{OF_GATES[g]: SLOPE_OF_TANH[g] for g in gates})


SLOPE_TWICE: Lines = {
    "f": lambda v: v.dc * v.c_prev * _slope(v.ft),
    "i": lambda v: v.dc * v.cct * _slope(v.it),
    "o": lambda v: v.da_next * v.tanh_c * _slope(v.ot),
}


def _slope(gate: Any) -> Any:
    """Returns the derivative of sigmoid for an argument that is sigmoid already."""
    again = 1 / (1 + np.exp(-gate))
    return again * (1 - again)


@fault("lstm_cell_backward", where=THE_GATES, change=f"{OF_A_GATE}: ft, it and ot are sigmoids already",
       variants=each_gate("fio"))  # fmt: skip
def gate_slope_twice(_: Function, gates: str) -> Function:
    """Sigmoid is applied to a gate, although it is sigmoid already."""
    return cell_backward(**{OF_GATES[g]: SLOPE_TWICE[g] for g in gates})


CANDIDATE: dict[str, Lines] = {
    "tanh": {"dcc": lambda v: v.dc * v.it * (1 - np.tanh(v.cct) ** 2)},
    "tanh, times cct": {"dcc": lambda v: v.dc * v.it * v.cct * (1 - np.tanh(v.cct) ** 2)},
    "times cct": {"dcc": lambda v: v.dc * v.it * v.cct * (1 - v.cct * v.cct)},
}


@fault("lstm_cell_backward", where="the line for dcc", change="dcc = dc * it * (1 - cct**2): cct is tanh already",
       seen="a public notebook; the course's older equation (8)", variants=as_variants(CANDIDATE))  # fmt: skip
def candidate_slope_twice(_: Function, lines: Lines) -> Function:
    """Tanh is applied to cct, although it is tanh already, or cct is a factor once more."""
    return cell_backward(**lines)


def _bracketless(gate: str) -> Line:
    """Returns a line in which the slope of the gate is a factor of the path through a_next only."""

    def line(v: Any) -> Any:
        own = {"f": (v.c_prev, v.ft * (1 - v.ft)), "i": (v.cct, v.it * (1 - v.it)), "c": (v.it, 1 - v.cct * v.cct)}
        factor, kept = own[gate]
        return factor * (v.dc_next + v.da_next * v.ot * (1 - v.tanh_c * v.tanh_c) * kept)

    return line


@fault("lstm_cell_backward", where="the brackets in the lines for df, di and dcc", change=OF_A_GATE,
       seen="the course's older equations (8), (9), (10)", variants=each_gate("fic"))  # fmt: skip
def bracket_missing(_: Function, gates: str) -> Function:
    """The slope of a gate is not a factor of dc_next: a bracket is missing."""
    return cell_backward(**{OF_GATES[g]: _bracketless(g) for g in gates})


OTHER_STATES: dict[str, Lines] = {
    "c_next": {"df": lambda v: v.dc * v.c_next * v.ft * (1 - v.ft)},
    "a_prev": {"df": lambda v: v.dc * v.a_prev * v.ft * (1 - v.ft)},
    "cct": {"df": lambda v: v.dc * v.cct * v.ft * (1 - v.ft)},
}


@fault("lstm_cell_backward", where="the line for df", change="df = dc * c_prev * ft * (1 - ft)",
       seen="a public notebook", variants=as_variants(OTHER_STATES))  # fmt: skip
def forget_gradient_from_another_state(_: Function, lines: Lines) -> Function:
    """The gradient of the forget gate is computed from another state than c_prev."""
    return cell_backward(**lines)


@fault("lstm_cell_backward", where="the lines for di and dcc", seen="a public notebook",
       change="di = dc * cct * it * (1 - it), dcc = dc * it * (1 - cct**2)")  # fmt: skip
def factors_exchanged(_: Function) -> Function:
    """cct and it are exchanged as factors of di and dcc."""
    return cell_backward(di=lambda v: v.dc * v.it * v.it * (1 - v.it), dcc=lambda v: v.dc * v.cct * (1 - v.cct * v.cct))


OF_DC_NEXT: Lines = {
    "f": lambda v: v.dc_next * v.c_prev * v.ft * (1 - v.ft),
    "i": lambda v: v.dc_next * v.cct * v.it * (1 - v.it),
    "c": lambda v: v.dc_next * v.it * (1 - v.cct * v.cct),
}


@fault("lstm_cell_backward", where=THE_GATES, change=OF_A_GATE, variants=each_gate("fic"))
def gate_gradient_of_dc_next(_: Function, gates: str) -> Function:
    """The gradient of a gate is computed from dc_next: the path through a_next is missing there."""
    return cell_backward(**{OF_GATES[g]: OF_DC_NEXT[g] for g in gates})


CARRIES: dict[str, Lines] = {
    "forget gate missing": {"dc_prev": lambda v: v.dc},
    "dc_next * ft": {"dc_prev": lambda v: v.dc_next * v.ft},
    "input gate": {"dc_prev": lambda v: v.dc * v.it},
    "output gate": {"dc_prev": lambda v: v.dc * v.ot},
}


@fault("lstm_cell_backward", where="the line for dc_prev", change="dc_prev = dc * ft, with the whole dc",
       variants=as_variants(CARRIES))  # fmt: skip
def cell_carry_wrong(_: Function, lines: Lines) -> Function:
    """dc_prev is not dc * ft: the forget gate is missing or another, or a part of dc is."""
    return cell_backward(**lines)


@fault("lstm_cell_backward", where="the order in which the cache is read", seen="AiDotNet.Tensors#907",
       change="read the cache in the order in which lstm_cell_forward writes it",
       variants={" ".join(order): {"order": order} for order in ORDERS})  # fmt: skip
def gates_swapped_in_backward(_: Function, order: str) -> Function:
    """The gates are read from the cache in another order than they are written."""
    sources = dict(zip(KEPT, (KEPT[GATES.index(g)] for g in order), strict=True))

    def read(v: Any) -> Any:
        kept = {name: getattr(v, source) for name, source in sources.items()}
        vars(v).update(kept)
        return BACKWARD["tanh_c"](v)

    return cell_backward(tanh_c=read)

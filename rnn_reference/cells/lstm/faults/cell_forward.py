"""Mistakes in ``lstm_cell_forward``: in its gates, its states and its weights. Each factory takes its activations."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.lstm.building_blocks import (
    ORDERS,
    PAIRS,
    as_variants,
    cell_forward,
    each_gate,
    of_order,
    renamed,
    with_parameters,
)
from rnn_reference.cells.lstm.equations import GATES, Line

THE_GATES, THE_STATES = "the lines for ft, it, cct and ot", "the lines for c_next and a_next"
C_NEXT, A_NEXT = "c_next = ft * c_prev + it * cct", "a_next = ot * tanh(c_next)"
SYMBOLS = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}


def _tanh_gate(gate: str) -> Line:
    return lambda v: np.tanh(v.z(gate))


@fault("lstm_cell_forward", where=f"{THE_GATES}: sigmoid or tanh", change="sigmoid for the three gates",
       variants=each_gate("fio"))  # fmt: skip
def gate_is_tanh(*activations: Function, gates: str) -> Function:
    """Tanh is used for a gate instead of sigmoid."""
    return cell_forward(activations, {SYMBOLS[g]: _tanh_gate(g) for g in gates})


@fault("lstm_cell_forward", where=f"{THE_GATES}: sigmoid or tanh", change="cct = tanh(Wc [a_prev; xt] + bc)",
       seen="a public notebook")  # fmt: skip
def candidate_is_sigmoid(*activations: Function) -> Function:
    """Sigmoid is used for the candidate cct instead of tanh."""
    return cell_forward(activations, {"cct": lambda v: v.sigmoid(v.z("c"))})


def _hard(gate: str, slope: float) -> Line:
    return lambda v: _clipped(slope * v.z(gate) + 0.5)


def _clipped(value: Any) -> Any:
    """Returns the value between 0 and 1."""
    return np.where(value.real < 0, 0, np.where(value.real > 1, 1, value))


SLOPES = {"0.2": 0.2, "1/6": 1 / 6}


@fault("lstm_cell_forward", where=f"{THE_GATES}: sigmoid or tanh", change="sigmoid, 1 / (1 + exp(-z)), for the gates",
       seen="older Keras, by default",
       variants={f"{slope}, {which}": {**gates, "slope": SLOPES[slope]}
                 for slope in SLOPES for which, gates in each_gate("fio").items()})  # fmt: skip
def gate_is_hard_sigmoid(*activations: Function, gates: str, slope: float) -> Function:
    """A hard sigmoid is used for a gate: straight between 0 and 1."""
    return cell_forward(activations, {SYMBOLS[g]: _hard(g, slope) for g in gates})


def _argument(gate: str) -> Line:
    return lambda v: v.z(gate)


@fault("lstm_cell_forward", where=f"{THE_GATES}: sigmoid or tanh", change="sigmoid for the gates, tanh for cct",
       variants={g: {"gate": g} for g in GATES})  # fmt: skip
def gate_activation_missing(*activations: Function, gate: str) -> Function:
    """The argument of a gate is used as the gate: sigmoid, or for cct tanh, is not applied."""
    return cell_forward(activations, {SYMBOLS[gate]: _argument(gate)})


WITHOUT: dict[str, dict[str, Line]] = {
    "f": {"c_next": lambda v: v.c_prev + v.it * v.cct},
    "i": {"c_next": lambda v: v.ft * v.c_prev + v.cct},
    "o": {"a_next": lambda v: v.tanh(v.c_next)},
}


@fault("lstm_cell_forward", where=THE_STATES, change=f"{C_NEXT}; {A_NEXT}",
       variants=as_variants(WITHOUT))  # fmt: skip
def gate_missing(*activations: Function, lines: Mapping[str, Line]) -> Function:
    """A gate is computed but not used: its factor is missing."""
    return cell_forward(activations, lines)


@fault("lstm_cell_forward", where=THE_STATES, change=A_NEXT, seen="a public issue: lstm#47")
def cell_tanh_missing(*activations: Function) -> Function:
    """Tanh of the cell state is missing: a_next = ot * c_next."""
    return cell_forward(activations, {"a_next": lambda v: v.ot * v.c_next})


@fault("lstm_cell_forward", where=THE_STATES, change=C_NEXT, seen="a public issue: torchrecurrent#22")
def candidate_added(*activations: Function) -> Function:
    """The input gate and the candidate are added instead of multiplied: c_next = ft * c_prev + it + cct."""
    return cell_forward(activations, {"c_next": lambda v: v.ft * v.c_prev + v.it + v.cct})


COUPLED: dict[str, dict[str, Line]] = {
    "i = 1 - f": {"c_next": lambda v: v.ft * v.c_prev + (1 - v.ft) * v.cct},
    "f = 1 - i": {"c_next": lambda v: (1 - v.it) * v.c_prev + v.it * v.cct},
}


@fault("lstm_cell_forward", where=THE_STATES, change=C_NEXT, seen="the option input_forget misread",
       variants=as_variants(COUPLED))  # fmt: skip
def input_gate_coupled(*activations: Function, lines: Mapping[str, Line]) -> Function:
    """One gate is used for two: the forget gate and the input gate add up to 1."""
    return cell_forward(activations, lines)


PREVIOUS: dict[str, dict[str, Line]] = {
    "tanh(c_prev)": {"a_next": lambda v: v.ot * v.tanh(v.c_prev)},
    "tanh(cct)": {"a_next": lambda v: v.ot * v.tanh(v.cct)},
    "a_prev for c_prev": {"c_next": lambda v: v.ft * v.a_prev + v.it * v.cct},
}


@fault("lstm_cell_forward", where=THE_STATES, change=f"{C_NEXT}; {A_NEXT}",
       variants=as_variants(PREVIOUS))  # fmt: skip
def state_of_another_line(*activations: Function, lines: Mapping[str, Line]) -> Function:
    """Another state is used: c_prev or cct for c_next in a_next, or a_prev for c_prev in c_next."""
    return cell_forward(activations, lines)


@fault("lstm_cell_forward", where="the argument of softmax", change="yt_pred = softmax(Wy a_next + by)")
def prediction_from_cell_state(*activations: Function) -> Function:
    """yt_pred is computed from c_next instead of a_next."""
    return cell_forward(activations, {}, **{"head:state": lambda values: values["states"][1]})


PERMUTED = {" ".join(order): {"order": order} for order in ORDERS}


@fault("lstm_cell_forward", where="which weights belong to which gate", variants=PERMUTED,
       change="Wf, bf for ft; Wi, bi for it; Wc, bc for cct; Wo, bo for ot",
       seen="keras-team/keras#8720, tensorflow#29622")  # fmt: skip
def gates_permuted(*activations: Function, order: str) -> Function:
    """The gates use each other's weights and biases: their order is not f, i, c, o."""
    return with_parameters(*activations, used=renamed(of_order(order, "Wb")))


@fault("lstm_cell_forward", where="which bias belongs to which gate", variants=PERMUTED,
       change="bf for ft, bi for it, bc for cct, bo for ot", seen="keras-team/keras#8720")  # fmt: skip
def biases_permuted(*activations: Function, order: str) -> Function:
    """The biases are in another order than the weights: gates use each other's biases."""
    return with_parameters(*activations, used=renamed(of_order(order, "b")))


@fault("lstm_cell_forward", where="which columns of which weight belong to which gate", variants=PERMUTED,
       change="[a_prev; xt] is multiplied by the whole of Wf for ft, and so on", seen="keras-onnx#93")  # fmt: skip
def recurrent_weights_permuted(*activations: Function, order: str) -> Function:
    """The weights of a_prev are in another order than the weights of xt."""

    def used(p: Mapping[str, Array]) -> Mapping[str, Array]:
        n_a = len(p["bf"])
        mixed = {
            f"W{g}": np.concatenate([p[f"W{source}"][:, :n_a], p[f"W{g}"][:, n_a:]], axis=1)
            for g, source in zip(GATES, order, strict=True)
        }
        return {**p, **mixed}

    return with_parameters(*activations, used=used)


@fault("lstm_cell_forward", where="which bias belongs to which gate", seen="ddbourgin/numpy-ml#42",
       change="bf for ft, bi for it, bc for cct, bo for ot",
       variants={f"b{b} for b{g}": {"gate": g, "source": b} for g, b in PAIRS})  # fmt: skip
def bias_of_another_gate(*activations: Function, gate: str, source: str) -> Function:
    """A gate uses the bias of another gate."""
    return with_parameters(*activations, used=renamed({f"b{gate}": f"b{source}"}))


@fault("lstm_cell_forward", where="which weight belongs to which gate",
       change="Wf for ft, Wi for it, Wc for cct, Wo for ot",
       variants={f"W{b} for W{g}": {"gate": g, "source": b} for g, b in PAIRS})  # fmt: skip
def weights_of_another_gate(*activations: Function, gate: str, source: str) -> Function:
    """A gate uses the weights of another gate."""
    return with_parameters(*activations, used=renamed({f"W{gate}": f"W{source}"}))


@fault("lstm_cell_forward", where="the argument of the forget gate", change="ft = sigmoid(Wf [a_prev; xt] + bf)",
       seen="coremltools#309; TensorFlow 1, by design")  # fmt: skip
def forget_bias_added(*activations: Function) -> Function:
    """1 is added to the argument of the forget gate at every step. It belongs into the initial value of bf."""
    return with_parameters(*activations, used=lambda p: {**p, "bf": p["bf"] + 1})


@fault("lstm_cell_forward", where="the order of a_prev and xt in the concatenation",
       change="stack [a_prev; xt], in this order", seen="TensorFlow 1, by design")  # fmt: skip
def concatenation_order(*activations: Function) -> Function:
    """The weights are applied to [xt; a_prev] instead of [a_prev; xt]."""

    def used(p: Mapping[str, Array]) -> Mapping[str, Array]:
        n_a = len(p["bf"])
        n_x = p["Wf"].shape[1] - n_a
        return {**p, **{f"W{g}": np.roll(p[f"W{g}"], -n_x, axis=1) for g in GATES}}

    return with_parameters(*activations, used=used)


@fault("lstm_cell_forward", where="the dtype of c_next", change="keep c_next in the dtype of the arguments",
       seen="oneDNN#976, gluon-nlp#581")  # fmt: skip
def cell_state_in_half(*activations: Function) -> Function:
    """c_next is rounded to float16."""
    return cell_forward(activations, {"c_next": lambda v: _half(v.ft * v.c_prev + v.it * v.cct)})


def _half(c: Any) -> Any:
    """Returns the array with its real part rounded to float16."""
    rounded = c.real.astype(np.float16).astype(c.real.dtype)
    return rounded + 1j * c.imag if np.iscomplexobj(c) else rounded

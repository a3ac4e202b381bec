"""Mistakes in ``lstm_cell_backward`` in its products and sums. Each factory ignores the right function."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.edited_steps import Change
from rnn_reference.cells.fault import Function, fault
from rnn_reference.cells.lstm.building_blocks import PAIRS, dz, each_gate, inputs, with_gradients
from rnn_reference.cells.lstm.equations import GATES

THE_PRODUCTS = "the products for da_prev and dxt"
REACHED = "da_prev and dxt are the rows of Wf^T df + Wi^T di + Wc^T dcc + Wo^T do"
THE_WEIGHTS = "the lines for the gradients of the weights and biases"
OF_WEIGHTS = "dWf = df [a_prev; xt]^T and dbf = df.sum(axis=1, keepdims=True), and so on, each from its own gate"

TARGETS = {"da_prev": ("da_prev",), "dxt": ("dxt",), "both": ("da_prev", "dxt")}


def _reached(v: Any, product: Callable[[str], Any]) -> dict[str, Any]:
    whole = sum(product(g) for g in GATES)
    n_a = len(v.a_prev)
    return {"da_prev": whole[:n_a], "dxt": whole[n_a:]}


def _replaced(names: tuple[str, ...], product: Callable[[Any, str], Any]) -> dict[str, Change]:
    """Returns changes of da_prev or dxt, which are summed from another product of each gate."""

    def changed(name: str) -> Change:
        return lambda v: _reached(v, lambda g: product(v, g))[name]

    return {name: changed(name) for name in names}


def _products(names: tuple[str, ...], gates: str) -> dict[str, Change]:
    """Returns changes in which some gates are missing."""
    return _replaced(names, lambda v, g: (g not in gates) * getattr(v, f"W{g}").T @ dz(v, g))


@fault("lstm_cell_backward", where=THE_PRODUCTS, change=REACHED,
       variants={f"{g}, {where}": {"gate": g, "names": names}
                 for g in GATES for where, names in TARGETS.items()})  # fmt: skip
def one_gate_missing(_: Function, gate: str, names: tuple[str, ...]) -> Function:
    """da_prev or dxt sums three gates of four."""
    return with_gradients(**_products(names, gate))


@fault("lstm_cell_backward", where=THE_PRODUCTS, change=f"{REACHED}: with the weights, not with their gradients",
       seen="two public notebooks", variants={where: {"names": names} for where, names in TARGETS.items()})  # fmt: skip
def weight_gradient_for_weight(_: Function, names: tuple[str, ...]) -> Function:
    """The gradients dWf, dWi, dWc and dWo are used in place of the weights."""
    return with_gradients(**_replaced(names, lambda v, g: getattr(v, f"dW{g}").T @ dz(v, g)))


KEPT = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}


@fault("lstm_cell_backward", where=THE_PRODUCTS, change=f"{REACHED}: with the weights, not with the gates",
       seen="a public notebook",
       variants={"elementwise": {"product": np.multiply},
                 "as a product": {"product": lambda gate, of_gate: gate.T @ of_gate}})  # fmt: skip
def gate_for_weight(_: Function, product: Callable[[Array, Array], Array]) -> Function:
    """ft, it, cct and ot are used in place of the weights in da_prev."""
    return with_gradients(da_prev=lambda v: sum(product(getattr(v, KEPT[g]), dz(v, g)) for g in GATES))


@fault("lstm_cell_backward", where=THE_PRODUCTS, change=f"{REACHED}: the weights are transposed", variants=each_gate())
def recurrent_gradient_transposed(_: Function, gates: str) -> Function:
    """da_prev is computed with weights that are not transposed."""

    def da_prev(v: Any) -> Any:
        n_a = len(v.a_prev)
        squares = {g: getattr(v, f"W{g}")[:, :n_a] for g in GATES}
        return sum((squares[g] if g in gates else squares[g].T) @ dz(v, g) for g in GATES)

    return with_gradients(da_prev=da_prev)


def _weight_of(source: str) -> Change:
    return lambda v: dz(v, source) @ inputs(v).T


def _bias_of(source: str) -> Change:
    return lambda v: dz(v, source).sum(axis=1, keepdims=True)


@fault("lstm_cell_backward", where=THE_WEIGHTS, change=OF_WEIGHTS,
       seen="learn_dl#53, cuTAGI#77; two public notebooks",
       variants={f"d{kind}{g} from {source}": {"gate": g, "source": source, "kinds": kinds}
                 for g, source in PAIRS for kind, kinds in (("W", "W"), ("b", "b"), ("W, db", "Wb"))})  # fmt: skip
def gate_gradient_of_another(_: Function, gate: str, source: str, kinds: str) -> Function:
    """The gradient of a weight or a bias is computed from another gate."""
    made = {"W": _weight_of(source), "b": _bias_of(source)}
    return with_gradients(**{f"d{kind}{gate}": made[kind] for kind in kinds})


def _from_weight(gate: str) -> Change:
    return lambda v: getattr(v, f"dW{gate}").sum(axis=1, keepdims=True)


@fault("lstm_cell_backward", where=THE_WEIGHTS, change=OF_WEIGHTS, seen="a public notebook", variants=each_gate())
def bias_gradient_from_weight_gradient(_: Function, gates: str) -> Function:
    """The gradient of a bias is the sum of the gradient of its weight: dbf = dWf.sum(axis=1)."""
    return with_gradients(**{f"db{g}": _from_weight(g) for g in gates})


def _from_next(gate: str) -> Change:
    return lambda v: dz(v, gate) @ np.concatenate([v.a_next, v.xt]).T


@fault("lstm_cell_backward", where=THE_WEIGHTS, change=OF_WEIGHTS, variants=each_gate())
def recurrent_weight_gradient_from_next(_: Function, gates: str) -> Function:
    """The gradient of a weight is computed from a_next instead of a_prev."""
    return with_gradients(**{f"dW{g}": _from_next(g) for g in gates})


def _other_order(gate: str) -> Change:
    return lambda v: dz(v, gate) @ np.concatenate([v.xt, v.a_prev]).T


@fault("lstm_cell_backward", where=THE_WEIGHTS, change=OF_WEIGHTS, variants={"all": {"gates": "fico"}})
def weight_gradient_concatenation_order(_: Function, gates: str) -> Function:
    """The gradients of the weights are computed from [xt; a_prev] instead of [a_prev; xt]."""
    return with_gradients(**{f"dW{g}": _other_order(g) for g in gates})


@fault("lstm_cell_backward", where="assignments into da_next and dc_next: dc_next += ...", any_function=True,
       change="write dc = dc_next + ..., which makes a new array", seen="12 public files",
       variants={"dc_next": {"position": 1}, "da_next": {"position": 0}})  # fmt: skip
def cotangent_overwritten(right: Function, position: int) -> Function:
    """dc_next or da_next, which belongs to the caller, is modified in place."""

    def lstm_cell_backward(*arguments: Any) -> Any:
        found = right(*arguments)
        given = arguments[position]
        given += found["dc_prev"]
        return found

    return lstm_cell_backward

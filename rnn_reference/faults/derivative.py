"""The backward pass that is right for a forward pass, right or wrong: its exact derivative, by complex steps."""

from typing import Any

import numpy as np

from rnn_reference.arrays import Array, Gradients, Parameters
from rnn_reference.cells.fault import Function

STEP = 1e-30
"""So small that its square is nothing beside 1: no digit is lost, however small the step. Source: Squire and
Trapp, Using complex variables to estimate derivatives of real functions, 1998."""


def derivative_of(forward: Function, da: Array, x: Array, a0: Array, parameters: Parameters) -> Gradients:
    """``dx, da0, dWax, dWaa, dba`` of ``sum(da * forward(x, a0, parameters)[0])``, which must take complex numbers.

    It calls ``forward`` once for every element of every input.
    """
    inputs = {"dx": x, "da0": a0, **{f"d{name}": parameters[name] for name in ("Wax", "Waa", "ba")}}
    inputs = {name: array.astype(complex) for name, array in inputs.items()}
    gradients = {name: np.empty(array.shape, da.dtype) for name, array in inputs.items()}
    weights = {name: value.astype(complex) for name, value in parameters.items()}
    for name, array in inputs.items():
        for index in np.ndindex(array.shape):
            array[index] += 1j * STEP
            used = weights | {w: inputs[f"d{w}"] for w in ("Wax", "Waa", "ba")}
            gradients[name][index] = np.sum(da * forward(inputs["dx"], inputs["da0"], used)[0].imag) / STEP
            array[index] = array[index].real
    return gradients


def cell_backward_of(cell_forward: Function) -> Function:
    """The ``rnn_cell_backward`` that is right for a cell; its cache holds what the cell was called with."""

    def rnn_cell_backward(da_next: Array, cache: Any) -> Gradients:
        _, a_prev, xt, parameters = cache
        gradients = derivative_of(cell_forward, da_next, xt, a_prev, parameters)
        return {"dxt": gradients.pop("dx"), "da_prev": gradients.pop("da0"), **gradients}

    return rnn_cell_backward

"""Mistakes in the step backward of any cell. Each factory takes the cell and the right function."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Gradients
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edits import around
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.faults.building_blocks import each_and_all, each_changed, scaled, subsets


def _biases(cell: Cell) -> tuple[str, ...]:
    return tuple(f"d{of.bias}" for of in cell.maps.values())


def _each_bias(cell: Cell, kinds: dict[str, Any]) -> Variants:
    """Returns each kind of a mistake, for each bias and for all biases. A cell with one map has one bias."""
    biases = _biases(cell)
    if len(biases) == 1:
        return {kind: {**settings, "names": biases} for kind, settings in kinds.items()}
    return {
        ", ".join(filter(None, (kind, which))): {**settings, **names}
        for kind, settings in kinds.items() for which, names in each_and_all(biases).items()
    }  # fmt: skip


@fault_of_any_cell("cell_backward", where="the sum over the batch for {dbias}",
                   change="sum over axis 1, do not average", seen="a public notebook",
                   variants=lambda cell: _each_bias(cell, {"": {}}))  # fmt: skip
def bias_gradient_mean(cell: Cell, right: Function, names: tuple[str, ...]) -> Function:
    """{dbias} is averaged over the batch instead of summed."""
    return scaled(right, names, lambda cotangent: 1 / cotangent.shape[1])


SHAPES = {"(m,)": {"shape": (-1,)}, "(1, m)": {"shape": (1, -1)}, "(m, 1)": {"shape": (-1, 1)}}


@fault_of_any_cell("cell_backward", where="the axis of the sum for {dbias}",
                   change="{dbias} = dz.sum(axis=1, keepdims=True)",
                   variants=lambda cell: _each_bias(cell, SHAPES))  # fmt: skip
def bias_gradient_axis(cell: Cell, right: Function, shape: tuple[int, ...], names: tuple[str, ...]) -> Function:
    """{dbias} is summed over the units instead of the batch."""

    def changed(step: Function) -> Function:
        def cell_backward(*arguments: Any) -> Gradients:
            columns = [step(*_of_column(cell, arguments, column)) for column in range(arguments[0].shape[1])]
            summed = {name: np.array([one[name].sum() for one in columns]).reshape(shape) for name in names}
            return {**step(*arguments), **summed}

        return cell_backward

    return around(right, changed)


def _of_column(cell: Cell, arguments: Sequence[Any], column: int) -> list[Any]:
    """Returns the arguments of a step backward for one column of the batch."""
    *cotangents, cache = arguments
    named = zip(cell.cache, cache, strict=True)
    alone = tuple(part if name == "parameters" else part[:, [column]] for name, part in named)
    return [*(cotangent[:, [column]] for cotangent in cotangents), alone]


FLAT = {"(n_a,)": {"shape": (-1,)}, "(1, n_a)": {"shape": (1, -1)}}


@fault_of_any_cell("cell_backward", where="the shape of {dbias}", change="sum with keepdims=True: {dbias} is (n_a, 1)",
                   seen="a public notebook", variants=lambda cell: _each_bias(cell, FLAT))  # fmt: skip
def bias_gradient_shape(cell: Cell, right: Function, shape: tuple[int, ...], names: tuple[str, ...]) -> Function:
    """{dbias} has the right values but the wrong shape: it should be (n_a, 1)."""
    return each_changed(right, names, lambda da, gradient: gradient.reshape(shape))


@fault_of_any_cell("cell_backward", where="the sum over the batch for {dbias}", change="sum dz, not the cotangent",
                   variants=lambda cell: _each_bias(cell, {"": {}}))  # fmt: skip
def bias_gradient_of_cotangent(cell: Cell, right: Function, names: tuple[str, ...]) -> Function:
    """{dbias} is the sum of d{a_next}: the derivative of the step is not in it."""
    return each_changed(right, names, lambda cotangent, _: cotangent.sum(axis=1, keepdims=True))


def _weights(cell: Cell) -> Variants:
    """Returns each weight, and all if there are several. The transposed gradient of a square one has its shape."""
    return subsets([name for name in cell.weight_gradients if cell.axes[name][1] != 1])


@fault_of_any_cell("cell_backward", where="the products for {state_weights}", variants=_weights,
                   change="it is dz times the operand transposed, and has the weight's shape")  # fmt: skip
def weight_gradient_transposed(cell: Cell, right: Function, names: tuple[str, ...]) -> Function:
    """The gradient of a weight is transposed."""
    return each_changed(right, names, lambda cotangent, gradient: gradient.T)


@fault_of_any_cell("cell_backward", where="the sign of the results",
                   change="the derivative of tanh is 1 - tanh**2, not tanh**2 - 1",
                   variants=lambda cell: each_and_all(cell.cell_backward.returns))  # fmt: skip
def gradient_sign(cell: Cell, right: Function, names: tuple[str, ...]) -> Function:
    """The sign of one gradient, or of all gradients, is wrong."""
    return scaled(right, names, lambda cotangent: -1)


@fault_of_any_cell("cell_backward", where="a division by the batch size",
                   change="sum over the batch: the loss decides whether to average",
                   variants=lambda cell: subsets(cell.weight_gradients, without=_biases(cell)))  # fmt: skip
def gradient_over_batch(cell: Cell, right: Function, names: tuple[str, ...]) -> Function:
    """The weight gradients are divided by m."""
    return scaled(right, names, lambda cotangent: 1 / cotangent.shape[1])

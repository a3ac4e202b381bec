"""Mistakes in the step forward of any cell: in its affine maps, and in its predictions.

Each factory takes the cell and its activations, and returns a wrong step.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.cells.functions import cell_forward_of
from rnn_reference.numerics.affine import Affine

THE_SUM = "the sum inside the activation"
THE_SCORES = "the argument of softmax"
PREDICTED = "{step_prediction} = softmax({head_weight} {a_next} + {head_bias})"


def _maps(cell: Cell) -> Variants:
    """Returns variants: each map alone, and all maps. For a cell with one map, the variant has no name."""
    if len(cell.maps) == 1:
        return {"": {"maps": tuple(cell.maps)}}
    return {name: {"maps": (name,)} for name in cell.maps} | {"all": {"maps": tuple(cell.maps)}}


def _parts(affine: Affine, name: str, operands: Mapping[str, Any]) -> Sequence[tuple[str, Any, Any]]:
    """Returns the terms of a map: for each operand its name, its columns of the weight, and its value."""
    found = []
    for weight, names in affine.maps[name].weights.items():
        start = 0
        for operand in names:
            rows = operands[operand].shape[-2]
            found.append((operand, affine.parameters[weight][:, start : start + rows], operands[operand]))
            start += rows
    return found


class _Wrong(Affine):
    """Affine maps with a mistake in those of ``wrong_maps``. A subclass makes the mistake."""

    wrong_maps: tuple[str, ...] = ()

    def __call__(self, name: str, /, **operands: Any) -> Any:
        """Returns ``z`` of the map with this name."""
        if name not in self.wrong_maps:
            return super().__call__(name, **operands)
        terms = [self.term(operand, W, u) for operand, W, u in _parts(self, name, operands)]
        self.results[name] = self.summed(terms, self.shifted(self.parameters[self.maps[name].bias]))
        return self.results[name]

    def term(self, operand: str, W: Array, u: Any) -> Any:
        """Returns the product of an operand and its columns of the weight."""
        return W @ u

    def shifted(self, bias: Array) -> Array:
        """Returns the bias that is added."""
        return bias


def _with(cell: Cell, activations: Sequence[Function], kind: type[_Wrong], maps: tuple[str, ...]) -> Function:
    return cell_forward_of(cell, *activations, affine=type("Wrong", (kind,), {"wrong_maps": maps}))


def _weights(cell: Cell, of_input: bool) -> str:
    """Returns the names of the weights of the state, or of the input."""
    found = [weight for m in cell.maps.values() for weight, names in m.weights.items() if ("x" in names) == of_input]
    return ", ".join(found or [weight for m in cell.maps.values() for weight in m.weights])


class _Transposed(_Wrong):
    def term(self, operand: str, W: Array, u: Any) -> Any:
        return W @ u if operand == "x" else W.T @ u


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: {{recurrent}}", change="{equations}",
                   seen="onnx/onnx#915, #1019", variants=_maps)  # fmt: skip
def recurrent_transposed(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """{recurrent} is transposed."""
    return _with(cell, activations, _Transposed, maps)


class _WithoutState(_Wrong):
    def term(self, operand: str, W: Array, u: Any) -> Any:
        return W @ u if operand == "x" else W @ (0 * u)


@fault_of_any_cell("cell_forward", where=THE_SUM, change="add {recurrent} {a_prev}: {equations}", variants=_maps)
def recurrent_missing(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The term {recurrent} {a_prev} is missing: the state does not depend on the previous state."""
    return _with(cell, activations, _WithoutState, maps)


class _WithoutInput(_Wrong):
    def term(self, operand: str, W: Array, u: Any) -> Any:
        return W @ (0 * u) if operand == "x" else W @ u


@fault_of_any_cell("cell_forward", where=THE_SUM, change="add {input} xt: {equations}", variants=_maps)
def input_missing(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The term {input} xt is missing: the state does not depend on the input."""
    return _with(cell, activations, _WithoutInput, maps)


class _WithoutBias(_Wrong):
    def shifted(self, bias: Array) -> Array:
        return 0 * bias


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: {{bias}}", change="add {bias}: {equations}",
                   seen="google/flax#5594, numpy-ml#42", variants=_maps)  # fmt: skip
def hidden_bias_missing(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The bias {bias} is not added."""
    return _with(cell, activations, _WithoutBias, maps)


class _BiasTwice(_Wrong):
    def shifted(self, bias: Array) -> Array:
        return 2 * bias


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: {{bias}}", change="add {bias} once: {equations}", variants=_maps)
def hidden_bias_twice(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The bias {bias} is added twice."""
    return _with(cell, activations, _BiasTwice, maps)


@fault_of_any_cell("cell_forward", where=f"{THE_SCORES}: {{head_bias}}", change=f"add {{head_bias}}: {PREDICTED}")
def output_bias_missing(cell: Cell, *activations: Function) -> Function:
    """The bias {head_bias} is not added."""
    return cell_forward_of(cell, *activations, scores=lambda head, values, p: p[head.weight] @ values["after"])


class _BiasOverBatch(_Wrong):
    def shifted(self, bias: Array) -> Array:
        return bias.T


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: the shape of {{bias}}", variants=_maps,
                   change="keep {bias} (n_a, 1): it is added to each column")  # fmt: skip
def bias_over_batch(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The bias {bias} is added along the batch axis instead of the unit axis; this only works if n_a = m."""
    return _with(cell, activations, _BiasOverBatch, maps)


@fault_of_any_cell("cell_forward", where=f"{THE_SCORES}: which state", change=PREDICTED)
def prediction_from_previous(cell: Cell, *activations: Function) -> Function:
    """{step_prediction} is computed from {a_prev} instead of {a_next}."""

    def scores(head: Any, values: Mapping[str, Any], p: Mapping[str, Array]) -> Array:
        before: Array = p[head.weight] @ values["before"] + p[head.bias]
        return before

    return cell_forward_of(cell, *activations, scores=scores)

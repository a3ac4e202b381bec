"""Mistakes in the step forward of any cell: in its affine maps, and in its predictions.

Each factory takes the cell and its activations, and returns a wrong step.
"""

from collections.abc import Callable, Sequence
from typing import Any

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_steps import step_forward
from rnn_reference.cells.edits import Edited
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell

THE_SUM = "the sum inside the activation"
THE_SCORES = "the argument of softmax"
PREDICTED = "{step_prediction} = softmax({head_weight} {a_next} + {head_bias})"


def _maps(cell: Cell) -> Variants:
    """Returns variants: each map alone, and all maps. For a cell with one map, the variant has no name."""
    if len(cell.maps) == 1:
        return {"": {"maps": tuple(cell.maps)}}
    return {name: {"maps": (name,)} for name in cell.maps} | {"all": {"maps": tuple(cell.maps)}}


Product = Callable[[Array, Any], Any]


def _with_terms(
    cell: Cell, activations: Sequence[Function], maps: Sequence[str], operands: Sequence[str], product: Product
) -> Edited:
    """Returns a step in which some maps have another product of each of these operands."""
    points = {f"term:{name}:{operand}": product for name in maps for operand in operands}
    return step_forward(cell, *activations, **points)


def _with_bias(
    cell: Cell, activations: Sequence[Function], maps: Sequence[str], bias: Callable[[Array], Array]
) -> Edited:
    """Returns a step in which some maps add another bias."""
    return step_forward(cell, *activations, **{f"bias:{name}": bias for name in maps})


def _weights(cell: Cell, of_input: bool) -> str:
    """Returns the names of the weights of the state, or of the input."""
    found = [weight for m in cell.maps.values() for weight, names in m.weights.items() if ("x" in names) == of_input]
    return ", ".join(found or [weight for m in cell.maps.values() for weight in m.weights])


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: {{recurrent}}", change="{equations}",
                   seen="onnx/onnx#915, #1019", variants=_maps)  # fmt: skip
def recurrent_transposed(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """{recurrent} is transposed."""
    return _with_terms(cell, activations, maps, cell.states, lambda W, u: W.T @ u)


@fault_of_any_cell("cell_forward", where=THE_SUM, change="add {recurrent} {a_prev}: {equations}", variants=_maps)
def recurrent_missing(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The term {recurrent} {a_prev} is missing: the state does not depend on the previous state."""
    return _with_terms(cell, activations, maps, cell.states, lambda W, u: W @ (0 * u))


@fault_of_any_cell("cell_forward", where=THE_SUM, change="add {input} xt: {equations}", variants=_maps)
def input_missing(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The term {input} xt is missing: the state does not depend on the input."""
    return _with_terms(cell, activations, maps, ("x",), lambda W, u: W @ (0 * u))


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: {{bias}}", change="add {bias}: {equations}",
                   seen="google/flax#5594, numpy-ml#42", variants=_maps)  # fmt: skip
def hidden_bias_missing(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The bias {bias} is not added."""
    return _with_bias(cell, activations, maps, lambda bias: 0 * bias)


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: {{bias}}", change="add {bias} once: {equations}", variants=_maps)
def hidden_bias_twice(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The bias {bias} is added twice."""
    return _with_bias(cell, activations, maps, lambda bias: 2 * bias)


@fault_of_any_cell("cell_forward", where=f"{THE_SCORES}: {{head_bias}}", change=f"add {{head_bias}}: {PREDICTED}")
def output_bias_missing(cell: Cell, *activations: Function) -> Function:
    """The bias {head_bias} is not added."""
    return step_forward(cell, *activations, **{"head:bias": lambda bias: 0 * bias})


@fault_of_any_cell("cell_forward", where=f"{THE_SUM}: the shape of {{bias}}", variants=_maps,
                   change="keep {bias} (n_a, 1): it is added to each column")  # fmt: skip
def bias_over_batch(cell: Cell, *activations: Function, maps: tuple[str, ...]) -> Function:
    """The bias {bias} is added along the batch axis instead of the unit axis; this only works if n_a = m."""
    return _with_bias(cell, activations, maps, lambda bias: bias.T)


@fault_of_any_cell("cell_forward", where=f"{THE_SCORES}: which state", change=PREDICTED)
def prediction_from_previous(cell: Cell, *activations: Function) -> Function:
    """{step_prediction} is computed from {a_prev} instead of {a_next}."""
    return step_forward(cell, *activations, **{"head:state": lambda values: values["before"]})

"""The names in a cell, for the sentences, messages and pages about any cell."""

from __future__ import annotations

from functools import cache
from typing import Any

from rnn_reference.cells.cell import Cell


@cache
def words_of(cell: Cell, some: tuple[str, ...] = ()) -> dict[str, str]:
    """Returns the names in a cell, for sentences about any cell: ``{forward}`` is ``rnn_forward``.

    For a sentence about ``some`` of the states, only these are named.
    """
    states = some or cell.states
    first = states[0]
    names = {function.role: function.name for function in cell.functions.values()}
    return names | {
        "initial": listed([f"{s}0" for s in states]),
        "initial_gradients": listed([f"d{s}0" for s in states]),
        "carries": listed([f"d{s}_prev" for s in states]),
        "cotangents": listed([f"d{s}" for s in states]),
        "are": "is" if len(states) == 1 else "are",
        "stay": "stays" if len(states) == 1 else "stay",
        "states": listed(states),
        "before": listed([f"{s}_prev" for s in states]),
        "weights": listed(cell.weight_gradients),
        "weight": cell.weight_gradients[0],
        "other_weights": listed(cell.weight_gradients[1:]),
        "a": first,
        "a0": f"{first}0",
        "a_next": f"{first}_next",
        "a_prev": f"{first}_prev",
        "da": f"d{first}",
        "da0": f"d{first}0",
        "da_prev": f"d{first}_prev",
        "step_prediction": cell.head.of_step,
        "prediction": cell.head.of_sequence,
        "recurrent": listed(_weights_of(cell, cell.states)),
        "input": listed(_weights_of(cell, ("x",))),
        "bias": listed([of.bias for of in cell.maps.values()]),
        "dbias": listed([f"d{of.bias}" for of in cell.maps.values()]),
        "all_weights": listed([name for name, axes in cell.parameters.items() if axes[1] != 1]),
        "state_weights": listed([name for name in cell.trained if cell.parameters[name][1] != 1]),
        "equations": cell.equations,
        "next_state": cell.equations.partition(" = ")[2],
        "next_states_and_shapes": ", ".join(f"{s}_next (n_a, m)" for s in cell.states),
        "states_and_shapes": ", ".join(f"{s} (n_a, m, T_x)" for s in cell.states),
        "gradients": listed(cell.backward.returns),
        "step_gradients": listed(cell.cell_backward.returns),
        "step_cotangents": listed([f"d{s}_next" for s in cell.states]),
        "no_recurrence": f"With {listed(_weights_of(cell, cell.states))} = 0",
        "head_weight": cell.head.weight,
        "head_bias": cell.head.bias,
    }


def _weights_of(cell: Cell, operands: tuple[str, ...]) -> list[str]:
    """Returns the weights that multiply one of these operands; all weights if there are none."""
    weights = [(weight, names) for of in cell.maps.values() for weight, names in of.weights.items()]
    return [weight for weight, names in weights if set(names) & set(operands)] or [weight for weight, _ in weights]


def listed(names: Any) -> str:
    """Returns the names as text: ``dWax, dWaa and dba``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else str(last)

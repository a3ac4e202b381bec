"""A mistake of any cell: the forward loop clips the state. The factory takes the cell and a step."""

from typing import Any

import numpy as np

from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import forward_loop
from rnn_reference.cells.fault import Function, Variants, fault_of_any_cell
from rnn_reference.cells.functions import softmax


def _limits(cell: Cell) -> Variants:
    """Returns limits of the state, and of z if the state is tanh(z)."""
    of_z = {"z to 1": float(np.tanh(1.0))} if len(cell.maps) == 1 else {}
    return {
        f"{name}, {'before' if first else 'after'} predicting": {"limit": limit, "first": first}
        for name, limit in {"state to 1/2": 0.5, **of_z}.items() for first in (True, False)
    }  # fmt: skip


@fault_of_any_cell(
    "forward",
    where="np.clip, or limits of the activation",
    change="leave the state as it is: tanh bounds it",
    seen="microsoft/onnxruntime#27224",
    variants=_limits,
)  # fmt: skip
def state_clipped(cell: Cell, step: Function, limit: float, first: bool) -> Function:
    """The state, or the argument of tanh, is clipped."""
    head = cell.head

    def clipping(step: Function) -> Function:
        def clipped(*arguments: Any) -> Any:
            p = arguments[-1]
            results = cell.cell_forward.results(step(*arguments))
            state = f"{cell.states[0]}_next"
            a_next = np.clip(results[state], -limit, limit)
            named = zip(cell.cache, results["cache"], strict=True)
            cache = tuple(a_next if name == state else part for name, part in named)
            changed = results | {state: a_next, "cache": cache}
            if first:
                changed[head.of_step] = softmax(p[head.weight] @ a_next + p[head.bias])
            return tuple(changed[name] for name in cell.cell_forward.returns)

        return clipped

    return forward_loop(cell, step, each=(clipping,))

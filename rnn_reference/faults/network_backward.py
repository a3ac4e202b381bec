"""Mistakes in ``rnn_backward``: each takes a cell's backward step and makes a wrong loop of it."""

from collections.abc import Callable
from typing import Any

from rnn_reference.arguments import Array, Gradients
from rnn_reference.faults.fault import fault
from rnn_reference.stepwise import backward_of


@fault("rnn_backward", seen="the document, section 2.2; qixianbiao/RNN#2; 4 of 46 public solutions")
def carry_dropped(cell_backward: Callable[..., Any]) -> Callable[..., Gradients]:
    """da_prev is not carried from step t+1 to step t."""

    def rnn_backward(da: Array, caches: Any) -> Gradients:
        first: Array | None = None

        def forgetful(da_next: Array, cache: Any) -> Gradients:
            nonlocal first
            step = cell_backward(da_next, cache)
            first = step["da_prev"]
            return {**step, "da_prev": 0 * first}

        gradients = backward_of(forgetful)(da, caches)
        assert first is not None
        return {**gradients, "da0": first}

    return rnn_backward

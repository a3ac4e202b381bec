"""Mistakes in the caches of the forward loop of any cell.

Each factory takes the cell and a step, and returns a loop with right values and wrong caches.
"""

from collections.abc import Mapping
from typing import Any

from rnn_reference.cells.cell import Cell
from rnn_reference.cells.edited_loops import forward_loop
from rnn_reference.cells.fault import Function, fault_of_any_cell

THE_CACHES = "the list of caches for the backward pass"
KEPT = "append the cell's own cache at every step, and return (caches, x)"


@fault_of_any_cell("forward", where=THE_CACHES, change=f"{KEPT}; keep copies of arrays that later steps overwrite",
                   seen="microsoft/onnxruntime#16862",
                   variants={"the last": {"whole": True}, "its states overwritten": {"whole": False}})  # fmt: skip
def shared_cache(cell: Cell, step: Function, whole: bool) -> Function:
    """All steps share one cache: it holds the values of the last step."""

    def shared(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        caches, x = results["caches"]
        last = {f"{s}_{when}": results[s][:, :, -1] for s in cell.states for when in ("next", "prev")}
        same = [caches[-1] if whole else tuple(last.get(n, part) for n, part in zip(cell.cache, cache, strict=True))
                for cache in caches]  # fmt: skip
        return {**results, "caches": (same, x)}

    return forward_loop(cell, step, results=(shared,))


@fault_of_any_cell("forward", where=THE_CACHES, change=KEPT, seen="public notebooks",
                   variants={"none kept": {"flat": False}, "flattened": {"flat": True}})  # fmt: skip
def caches_dropped(cell: Cell, step: Function, flat: bool) -> Function:
    """The returned list lacks the caches: the result of np.append was not kept, or the list is flattened."""

    def dropped(results: Mapping[str, Any], given: Any) -> dict[str, Any]:
        caches, x = results["caches"]
        return {**results, "caches": ([part for cache in caches for part in cache] if flat else [], x)}

    return forward_loop(cell, step, results=(dropped,))

"""The data for the pictures of a report, as plain lists: where, when and how much two arrays differ."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array

COMPUTED_BACKWARD = ("dx", "da", "dc")
"""Tensors that are computed from the last step to the first."""

LARGEST_MAP = 1024
"""The largest number of squares in an error map. A larger map is neither kept nor drawn."""


def evidence_of(
    worst: Mapping[str, Any], used: Mapping[str, Array], off: Mapping[str, Array], wrong: Mapping[str, Array]
) -> dict[str, Any]:
    """Returns the evidence, from the tolerances (``used``), the errors (``off``) and the wrong elements (``wrong``)."""
    return {
        "worst": worst,
        "wrong_entries": {n: [int(w.sum()), int(w.size)] for n, w in wrong.items()},
        "error_per_step": {n: _per_step(off[n]) for n in off if off[n].ndim == 3},
        "tolerance_per_step": {n: _per_step(used[n]) for n in off if off[n].ndim == 3},
        "error_map": {n: rows for n in wrong if (rows := _map(off[n], wrong[n]))},
        "first_wrong_step": _first_wrong_step(wrong),
    }


def steps_of(where: Array) -> list[int]:
    """Returns the steps with a wrong element."""
    return [int(t) for t in np.flatnonzero(where.any(axis=(0, 1)))]


def _map(off: Array, wrong: Array) -> list[list[float | None]]:
    """Returns the error of each unit (row) at each step, or in each column: 0 if it is within tolerance."""
    if off.ndim not in (2, 3):
        return []
    errors = np.where(wrong, off, 0.0)
    flat = errors.max(axis=1, initial=0.0) if off.ndim == 3 else errors
    if flat.size > LARGEST_MAP or min(flat.shape) == 0:
        return []
    return [[float(f"{v:.3g}") if np.isfinite(v) else None for v in row] for row in flat]


def _per_step(values: Array) -> list[float | None]:
    """Returns the largest value of each step; None for NaN or infinity, which JSON does not have."""
    return [float(v) if np.isfinite(v) else None for v in values.max(axis=(0, 1), initial=0.0)]


def _first_wrong_step(wrong: Mapping[str, Array]) -> int | None:
    """Returns the first wrong step in the order of the computation. For a backward pass this is the latest step."""
    for name, where in wrong.items():
        if where.ndim == 3:
            steps = steps_of(where)
            return max(steps) if name in COMPUTED_BACKWARD else min(steps)
    return None

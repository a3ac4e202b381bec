"""The optional attributes of an implementation, beside its functions."""

import contextlib
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

ATTRIBUTES = ("dtype", "tolerance", "predicts", "sizes")
"""The names of these attributes."""


def dtype_of(declared: Any) -> str | None:
    """Returns the name of a floating-point type, of numpy or torch; None for any other value.

    A type wider than float64 also gives None: the right answers are known only to float64.
    """
    with contextlib.suppress(TypeError):
        dtype = np.dtype(str(declared).removeprefix("torch.") if "torch" in str(declared) else declared)
        return str(dtype) if dtype.kind == "f" and dtype.itemsize <= 8 else None
    return None


def tolerance_of(declared: Any) -> dict[str, float]:
    """Returns the tolerances by check id, if ``tolerance`` is a dict.

    A plain number called ``tolerance`` is ignored: it usually means something else.
    """
    if not isinstance(declared, Mapping):
        return {}
    return {str(check): float(value) for check, value in declared.items() if isinstance(value, Real)}

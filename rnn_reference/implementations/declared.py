"""What an implementation may say of itself: the attributes beside its functions."""

import contextlib
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

ATTRIBUTES = ("dtype", "tolerance", "predicts")
"""Their names."""


def dtype_of(declared: Any) -> str | None:
    """The name of a floating-point type, torch's own included; None for what is no such thing, or wider than float64.

    What is right is known to float64 and no further.
    """
    with contextlib.suppress(TypeError):
        dtype = np.dtype(str(declared).removeprefix("torch.") if "torch" in str(declared) else declared)
        return str(dtype) if dtype.kind == "f" and dtype.itemsize <= 8 else None
    return None


def tolerance_of(declared: Any) -> dict[str, float]:
    """What is a table of check ids; a global number of that name has another meaning in most people's files."""
    if not isinstance(declared, Mapping):
        return {}
    return {str(check): float(value) for check, value in declared.items() if isinstance(value, Real)}

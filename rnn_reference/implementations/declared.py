"""The optional attributes of an implementation, beside its functions."""

import contextlib
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

ATTRIBUTES = ("dtype", "tolerance", "predicts", "sizes", "lacks")
"""The names of these attributes."""


def dtype_of(declared: Any) -> str | None:
    """Returns the name of a floating-point type, of numpy or torch; None for any other value.

    A type wider than float64 also gives None: the right answers are known only to float64.
    """
    with contextlib.suppress(TypeError):
        dtype = np.dtype(str(declared).removeprefix("torch.") if "torch" in str(declared) else declared)
        return str(dtype) if dtype.kind == "f" and dtype.itemsize <= 8 else None
    return None


def lacks_of(declared: Any) -> tuple[str, ...]:
    """Returns what an implementation has not, if ``lacks`` is a sequence of names: inputs, and gradients.

    Without an initial state or a bias there is no gradient of it.
    """
    if isinstance(declared, str) or not isinstance(declared, Sequence):
        return ()
    names = [str(name) for name in declared]
    return tuple(dict.fromkeys([*names, *(f"d{name}" for name in names if not name.startswith("d"))]))


def notes_on_lacks(lacks: Sequence[str]) -> list[str]:
    """Returns a note on the inputs that an implementation has not, and one on the gradients that it does not give."""
    inputs = [name for name in lacks if not name.startswith("d")]
    gradients = [name for name in lacks if name.startswith("d") and name[1:] not in inputs]
    notes = [f"it has no {' and no '.join(inputs)}: judged with zeros in place of it"] if inputs else []
    return notes + ([f"it gives no {' and no '.join(gradients)}: not judged"] if gradients else [])


def tolerance_of(declared: Any) -> dict[str, float]:
    """Returns the tolerances by check id, if ``tolerance`` is a dict.

    A plain number called ``tolerance`` is ignored: it usually means something else.
    """
    if not isinstance(declared, Mapping):
        return {}
    return {str(check): float(value) for check, value in declared.items() if isinstance(value, Real)}

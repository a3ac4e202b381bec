"""Arrays of numpy and of torch alike: what their code is given, and what comes back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array


def is_torch(value: Any) -> bool:
    """True for a tensor of torch, which is not imported here."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_array(value: Any) -> bool:
    """True for an array of numbers of numpy or torch, and for an object with such an array as ``data``."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiub"
    return is_torch(value) or (
        not isinstance(value, np.generic) and isinstance(getattr(value, "data", None), np.ndarray)
    )


def numbers(value: Any) -> Array:
    """Returns the numbers of an array of numpy or torch, as they are."""
    if is_torch(value):
        return np.asarray(value.detach().cpu().numpy())
    if not isinstance(value, np.ndarray | np.generic) and isinstance(getattr(value, "data", None), np.ndarray):
        return np.asarray(value.data)
    return np.asarray(value)


def like(value: Any, new: Array) -> Any:
    """Returns new numbers in the kind of an old value: an array of numpy, a leaf of torch, or an object around one."""
    if is_torch(value):
        import torch

        made = torch.tensor(np.ascontiguousarray(new))
        return torch.nn.Parameter(made) if isinstance(value, torch.nn.Parameter) else made.requires_grad_()
    if isinstance(value, np.ndarray):
        return np.array(new)
    value.data = np.array(new)
    return value


def in_precision(thing: Any, dtype: Any) -> Any:
    """Returns a module of torch in a precision, all its weights; any other object unchanged."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(thing, torch.nn.Module):
        return thing
    return thing.to(getattr(torch, str(np.dtype(dtype))))


def members(value: Any) -> Mapping[str, Any]:
    """Returns the parts of an object, a dict, a list or a tuple, by the text with which they are reached."""
    if isinstance(value, Mapping):
        return {f"[{key!r}]": part for key, part in value.items()}
    if isinstance(value, list | tuple):
        return {f"[{i}]": part for i, part in enumerate(value)}
    if isinstance(value, type) or not hasattr(value, "__dict__") or callable(getattr(value, "__next__", None)):
        return {}
    own = {f".{name}": part for name, part in vars(value).items() if not name.startswith("__")}
    for kept in ("_parameters", "_modules"):  # where torch keeps them
        own |= {f".{name}": part for name, part in own.pop(f".{kept}", {}).items() if part is not None}
    return own

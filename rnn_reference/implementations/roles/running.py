"""One run of their network: the object is made, the sequence handed over, and the states are found in what comes back.

A runner is a function ``(x, a0, parameters) -> Ran``. ``columns``, ``prefixes`` and ``words`` make runners from others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.calls import Call
from rnn_reference.implementations.roles.containers import Container
from rnn_reference.implementations.roles.forms import WORDS, handed
from rnn_reference.implementations.roles.states import Found
from rnn_reference.implementations.roles.tensors import like, numbers

Parameters = Mapping[str, Array]


class Ran(NamedTuple):
    """What a run gives: the states ``(n_a, m, T)``, the predictions or None, and its backward pass.

    ``back`` takes the gradients of the states, ``(n_a, m, T)``, and returns gradients by the document's names.
    """

    a: Array
    y: Array | None
    back: Callable[[Array], dict[str, Array]] | None


Runner = Callable[[Array, Array, Parameters], Ran]


class Raw(NamedTuple):
    """One call of their forward function: its object, what it was given by meaning, and what it returned."""

    net: Any
    given: Mapping[str, Any]
    source: Mapping[str, Any]


@dataclass(frozen=True)
class Handing:
    """How the input and the state are handed over: their forms, and the attribute for the state, if it is one.

    ``again``: the attribute has an object of their own after a first call, and then gets the state.
    """

    x: str
    h: str = ""
    attribute: str = ""
    again: bool = False

    def values(self, x: Array, a0: Array, torch: bool) -> dict[str, Any]:
        """Returns the input and the state, by meaning."""
        own: dict[str, Any] = {"x": _in_kind(handed(x, self.x), torch and self.x != WORDS)}
        if self.h.startswith("("):
            own["h"] = (_in_kind(handed(a0, self.h[1:-1]), torch),)
        elif self.h:
            own["h"] = _in_kind(handed(a0, self.h), torch)
        return own


def _in_kind(value: Any, torch: bool) -> Any:
    """Returns arrays as tensors of torch that record their gradients, if asked for."""
    if not torch:
        return value
    if isinstance(value, list):
        return [_in_kind(one, torch) for one in value]
    import torch as framework

    return framework.tensor(value).requires_grad_()


def sizes_for(x: Array, a0: Array, parameters: Parameters) -> dict[str, int]:
    """Returns the size of each axis. A single step has one."""
    steps = x.shape[2] if x.ndim == 3 else 1
    return {"n_x": len(x), "n_a": len(a0), "n_y": len(parameters["by"]), "m": x.shape[1], "T_x": steps}


def forward_raw(container: Container, call: Call, handing: Handing, x: Array, a0: Array, parameters: Parameters) -> Raw:
    """Returns one call of their forward function."""
    sizes = sizes_for(x, a0, parameters)
    net, steps = container.holding(parameters, sizes), sizes["T_x"]
    given = handing.values(x, a0, container.torch)
    values = {**given, "parameters": net, "targets": list(range(steps, 2 * steps))}
    if handing.again:
        call(net, values)
        setattr(net, handing.attribute, like(getattr(net, handing.attribute), numbers(given["h"])))
    elif handing.attribute:
        setattr(net, handing.attribute, given["h"])
    returned = call(net, values)
    return Raw(net, values, {"result": returned, "net": net})


def states_of(raw: Raw, found: Found, m: int) -> Array:
    """Returns the states that were found in a call, as float arrays of numpy."""
    return np.array(found.read(raw.source, m))

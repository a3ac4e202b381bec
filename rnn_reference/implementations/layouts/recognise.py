"""Other people's layouts of the same network, recognised by name and signature, and never in silence."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

from rnn_reference.implementations.layouts.cs231n import Cs231n
from rnn_reference.implementations.layouts.min_char_rnn import MinCharRnn


def recognised(functions: Any) -> tuple[Any, list[str]]:
    """``functions`` itself, or what adapts its layout; and a note that says which layout it was taken for."""
    if _takes(functions, "rnn_forward", 5) or _takes(functions, "rnn_step_forward", 5):
        return Cs231n(functions), ["taken for CS231n's layout: rnn_forward(x, h0, Wx, Wh, b), arrays (N, T, D)"]
    if _takes(functions, "lossFun", 3) and hasattr(functions, "__dict__"):
        return MinCharRnn(functions), [
            "taken for min-char-rnn's layout: lossFun(inputs, targets, hprev), the weights its globals",
            "judged with a loss so small that its clip at 5 never acts; dx and da0 follow from its dWxh",
        ]
    return functions, []


def is_torch_module(found: Any) -> bool:
    """Whether it is a layer of torch, or a class of such; without importing torch for it."""
    torch = sys.modules.get("torch")
    if torch is None:
        return False
    module: type = torch.nn.Module
    return isinstance(found, module) or (inspect.isclass(found) and issubclass(found, module))


def _takes(functions: Any, name: str, count: int) -> bool:
    """Whether it has a function of that name that is called with so many arguments."""
    function: Callable[..., Any] | None = getattr(functions, name, None)
    if not callable(function):
        return False
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(named) >= count and sum(p.default is p.empty for p in named) <= count

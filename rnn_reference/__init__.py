"""Is this recurrent network right, and if not, which mistake does it make?

The functions of the cells (``tanh_forward`` ... ``lstm_backward``) are the reference itself, and need numpy alone;
``check`` tells whether a network is right, also inside a notebook; ``check_vjp`` checks the gradient of any function.
Importing this package is cheap: each name is loaded on first use.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "tanh_forward": "cells.activations",
    "softmax_forward": "cells.head",
    "rnn_cell_forward": "cells.rnn.cell",
    "rnn_cell_backward": "cells.rnn.cell",
    "rnn_forward": "cells.rnn.network",
    "rnn_backward": "cells.rnn.network",
    "lstm_cell_forward": "cells.lstm.cell",
    "lstm_cell_backward": "cells.lstm.cell",
    "lstm_forward": "cells.lstm.network",
    "lstm_backward": "cells.lstm.network",
    "check": "live.check",
    "Report": "live.report",
    "parametrize_with_checks": "live.parametrize",
    "load_ipython_extension": "live.magic",
    "Unusable": "implementations.unusable",
    "check_vjp": "numerics.vjp.check",
    "VjpError": "numerics.vjp.outcomes",
    "NotDifferentiable": "numerics.vjp.outcomes",
    "Blunt": "numerics.vjp.outcomes",
}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604 (the names above, once)


def __getattr__(name: str) -> Any:
    """Load a public name from its module, on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

"""What is behind a name that nothing defines: an import that was forgotten, or a name of Python 2."""

import builtins
import re
from types import TracebackType

CONVERT = "pip install fissix; python -m fissix -w FILE.py"
"""The command that converts a script of Python 2. Python's own 2to3 is no part of Python 3.13."""

IMPORTS = {
    "np": "import numpy as np", "plt": "import matplotlib.pyplot as plt", "tf": "import tensorflow as tf",
    "jnp": "import jax.numpy as jnp", "nn": "from torch import nn", "pd": "import pandas as pd",
}  # fmt: skip
"""The usual imports of short names."""

PYTHON_2 = frozenset("xrange unicode unichr long basestring raw_input reduce execfile cmp reload file".split())
"""Functions of Python 2 that Python 3 does not have."""

_METHODS_OF_PYTHON_2 = re.compile(r"object has no attribute '(has_key|iteritems|itervalues|iterkeys|next)'")


def reason_for(error: BaseException) -> str:
    """Returns why a name or a method is not there, as far as the exception tells; otherwise an empty text."""
    name = error.name if type(error) is NameError else None
    method = _METHODS_OF_PYTHON_2.search(str(error)) if isinstance(error, AttributeError) else None
    if name in PYTHON_2 or method:
        return f"{method[1] if method else name} is of Python 2; to convert a script: {CONVERT}"
    if name is None or _is_defined(name, error.__traceback__):
        return ""
    usual = f": {IMPORTS[name]}" if name in IMPORTS else ""
    return f"nothing imports or defines {name}{usual}"


def _is_defined(name: str, tb: TracebackType | None) -> bool:
    """True if the module of the innermost frame has the name, or Python itself."""
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    return hasattr(builtins, name) or (tb is not None and name in tb.tb_frame.f_globals)

"""Other layouts of the same functions, such as CS231n's: recognised, and converted to the document's functions.

Each layout is one file with a function ``recognise(found, target)``. For its layout it returns an object with the
document's functions, and notes for the report. For anything else it returns None.
"""

import importlib
from typing import Any

from rnn_reference.paths import LAYOUTS, parts_in


def recognised(found: Any, target: str = "") -> tuple[Any, list[str]] | None:
    """Returns the document's functions and notes from the first layout that recognises ``found``, or None.

    Layouts are tried in the order of their files' names.
    """
    for module in parts_in(LAYOUTS).values():
        adapted: tuple[Any, list[str]] | None = importlib.import_module(module).recognise(found, target)
        if adapted:
            return adapted
    return None

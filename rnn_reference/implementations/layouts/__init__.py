"""Other layouts of the same functions, such as CS231n's: how they are recognised, and called as the document's.

Each layout is one file with a function ``recognise(found, target)``. It returns None for anything else, and for its
own layout an object with the document's functions and the notes that the report shows.
"""

import importlib
from typing import Any

from rnn_reference.paths import LAYOUTS, parts_in


def recognised(found: Any, target: str = "") -> tuple[Any, list[str]] | None:
    """The document's functions and notes, from the first layout that recognises ``found``; None if none does.

    Layouts are tried in the order of their files' names.
    """
    for module in parts_in(LAYOUTS).values():
        adapted: tuple[Any, list[str]] | None = importlib.import_module(module).recognise(found, target)
        if adapted:
            return adapted
    return None

"""The forms that a report is written in: one file each, found by its name, which is the suffix of the report's file.

A form has a function ``render(report)`` that returns the text. If it needs a package, ``NEEDS`` is its name.
"""

import importlib
from typing import Any

from rnn_reference.paths import FORMS, parts_in


def suffixes() -> list[str]:
    """Returns the suffixes of all forms: ``.html``, ..."""
    return [f".{name}" for name in parts_in(FORMS)]


def form(suffix: str) -> Any:
    """Returns the module of the form with this suffix."""
    return importlib.import_module(parts_in(FORMS)[suffix.removeprefix(".")])

"""Magics of IPython: ``%rnn_check`` judges what the notebook defines, ``%%rnn_check`` runs its cell first."""

from __future__ import annotations

import shlex
from typing import Any

from rnn_reference import options
from rnn_reference.live.check import check
from rnn_reference.live.report import Report


def load_ipython_extension(shell: Any) -> None:
    """Add the magics to a shell of IPython: ``%load_ext rnn_reference``."""

    def rnn_check(line: str, cell: str | None = None) -> Report | None:
        """Returns the report on the names of the notebook. ``line`` has options: ``only=gradient examples=5``."""
        if cell is not None and not shell.run_cell(cell).success:
            return None
        return check(shell.user_ns, **_keywords(line))

    shell.register_magic_function(rnn_check, magic_kind="line_cell", magic_name="rnn_check")


def _keywords(line: str) -> dict[str, Any]:
    """Returns the options in a line: ``strict seed=3``. Raises ValueError for a number that is none."""
    found: dict[str, Any] = {}
    for word in shlex.split(line):
        name, given, value = word.partition("=")
        known = options.BY_DEST.get(f"rnn_{name}")
        found[name] = (known.type(value) if known else value) if given else True
    return found

"""The forms in which people hand over a sequence, a step and a state, and get them back.

A form is a text: one letter for each axis, ``T`` for time, ``m`` for the batch and ``n`` for the values of a step;
``1`` is an axis of one element. A list over time is written with a ``,`` after its first letter: ``T,nm``. Examples are
``Tmn`` (torch), ``mTn`` (batch first), ``nmT`` (the document's own), ``T,n1`` (a list of columns) and ``mn``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_reference.arrays import Array

SEQUENCES = (
    "Tmn", "mTn", "nmT", "T,mn", "T,nm", "Tnm", "mnT", "nTm", "T,n1", "T,n", "Tn", "nT", "Tn1", "T,1n", "T1n", "1Tn",
)  # fmt: skip
"""Forms of a sequence, the usual ones first. Those without ``m`` hold one column."""

STEPS = ("mn", "nm", "n1", "1n", "n", "1mn")
"""Forms of a step and of a state. Those without ``m`` hold one column."""

WORDS = "words"
"""A list of numbers of words, one for each step, for one column."""


def one_column(form: str) -> bool:
    """True for a form that holds one column of a batch."""
    return "m" not in form


def handed(value: Array, form: str) -> Any:
    """Returns an array of the document, ``(n, m)`` or ``(n, m, T)``, in a form."""
    if form == WORDS:
        return list(range(value.shape[2]))
    if form.startswith("T,"):
        return [handed(value[:, :, t], form[2:]) for t in range(value.shape[2])]
    axes = "nmT"[: value.ndim]
    own = value if "m" in form else value[:, 0]
    axes = axes if "m" in form else axes.replace("m", "")
    letters = [axis for axis in form if axis != "1"]
    made = np.ascontiguousarray(own.transpose([axes.index(axis) for axis in letters]))
    return made.reshape([1 if axis == "1" else made.shape[letters.index(axis)] for axis in form])


def taken(value: Array, form: str, m: int) -> Array:
    """Returns an array of the document, from one in a form without a list. ``m`` is the number of columns."""
    letters = [axis for axis in form if axis != "1"]
    own = value.reshape([n for axis, n in zip(form, value.shape, strict=True) if axis != "1"])
    if "m" not in letters:
        own, letters = own[..., None], [*letters, "m"]
        if m != 1:
            raise ValueError(f"one column has come back, and there are {m}")
    order = [axis for axis in "nmT" if axis in letters]
    return np.asarray(own.transpose([letters.index(axis) for axis in order]))


def form_of(shape: tuple[int, ...], sizes: Mapping[str, int]) -> str | None:
    """Returns the form of an array of this shape, by the sizes of ``n``, ``m`` and ``T`` (without ``T``: of a step).

    Sizes above 1 are found, in any order; each other axis has one element. None for any other shape.
    """
    wanted = {n: axis for axis, n in sizes.items() if n > 1}
    letters = [wanted.get(n, "1" if n == 1 else "?") for n in shape]
    form = "".join(letters)
    return form if sorted(form.replace("1", "")) == sorted(wanted.values()) else None

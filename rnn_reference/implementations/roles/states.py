"""Finds the states of all steps, or of the last, in what a call returned or left in its object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.forms import form_of, taken
from rnn_reference.implementations.roles.places import Path, at, text_of, walk
from rnn_reference.implementations.roles.tensors import is_array, numbers

Sizes = Mapping[str, int]
"""The sizes ``n``, ``m`` and, for a sequence, ``T``."""


@dataclass(frozen=True)
class Found:
    """Where an array of a sequence or of a step is, and its form.

    ``listed``: a list or dict over time, of arrays in the form. ``before`` is the place of the state before the first
    step, if it is among them: ``first``, ``last`` or empty.
    """

    path: Path
    form: str
    listed: bool = False
    before: str = ""

    def read(self, source: Any, m: int) -> Array:
        """Returns the array ``(n, m, T)`` or ``(n, m)`` from a result. Raises LookupError or ValueError."""
        value = at(source, self.path)
        if self.listed:
            own = np.stack([taken(numbers(one), self.form, m) for one in in_order(value)], axis=2)
        else:
            own = taken(numbers(value), self.form, m)
        cut = {"first": slice(1, None), "last": slice(None, -1), "": slice(None)}[self.before]
        return own[..., cut] if self.before else own

    def raw(self, source: Any) -> list[Any]:
        """Returns the array, or the arrays over time, as they are: for a gradient of torch."""
        value = at(source, self.path)
        return list(in_order(value)) if self.listed else [value]

    def __str__(self) -> str:
        kind = f"a list over time of ({', '.join(self.form)})" if self.listed else f"({', '.join(self.form)})"
        extra = f", with the initial state {self.before}" if self.before else ""
        return f"{text_of(self.path[1:]) or 'the result'}: {kind}{extra}"


def in_order(value: Any) -> Sequence[Any]:
    """Returns the parts of a list, or of a dict with numbers of steps as keys, in the order of time."""
    return [value[key] for key in sorted(value)] if isinstance(value, Mapping) else list(value)


def sequences_in(source: Any, sizes: Sizes, start: Array | None = None) -> Iterator[Found]:
    """Yields the sequences of these sizes in a result. With ``start``, they may also hold one state more, this one."""
    longer = {**sizes, "T": sizes["T"] + 1}
    for path, value in walk(source):
        if is_array(value):
            shape = numbers(value).shape
            form, long = form_of(shape, sizes), form_of(shape, longer)
            if form:
                yield Found(path, form)
            elif long and start is not None:
                yield from _with_start(Found(path, long), source, start, sizes["m"])
        elif (forms := _listed(value, sizes)) is not None:
            found = Found(path, forms, listed=True)
            if len(value) == sizes["T"]:
                yield found
            elif len(value) == longer["T"] and start is not None:
                yield from _with_start(found, source, start, sizes["m"])


def _with_start(found: Found, source: Any, start: Array, m: int) -> Iterator[Found]:
    own = found.read(source, m)
    for before, t in (("first", 0), ("last", -1)):
        if np.allclose(own[..., t], start, rtol=0, atol=1e-6):
            yield Found(found.path, found.form, found.listed, before)
            return


def _listed(value: Any, sizes: Sizes) -> str | None:
    """Returns the form of each array of a list or dict over time; None for anything else."""
    if not isinstance(value, list | tuple | Mapping) or len(value) not in (sizes["T"], sizes["T"] + 1):
        return None
    if isinstance(value, Mapping) and not all(isinstance(key, int) for key in value):
        return None
    parts = in_order(value)
    if not all(is_array(one) for one in parts):
        return None
    step = {axis: n for axis, n in sizes.items() if axis != "T"}
    forms = {form_of(numbers(one).shape, step) for one in parts}
    return forms.pop() if len(forms) == 1 else None


def steps_in(source: Any, sizes: Sizes) -> Iterator[Found]:
    """Yields the arrays of one step, ``(n, m)`` in any form, in a result."""
    step = {axis: n for axis, n in sizes.items() if axis != "T"}
    for path, value in walk(source):
        if is_array(value) and (form := form_of(numbers(value).shape, step)):
            yield Found(path, form)

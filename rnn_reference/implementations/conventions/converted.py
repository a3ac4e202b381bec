"""An implementation with another convention, called with the document's functions."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.cells.cell import ACTIVATION, CACHES, Cell, Function
from rnn_reference.cells.registry import function_named
from rnn_reference.implementations.conventions.known import Conventions
from rnn_reference.implementations.declared import lacks_of
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.question import Question
from rnn_reference.implementations.values import as_numbers
from rnn_reference.implementations.whereabouts import Whereabouts
from rnn_reference.outcomes import Wrong


class Converted(Implementation):
    """An implementation that calls ``inner`` by its conventions, and returns results by the document's conventions."""

    def __init__(self, inner: Implementation, conventions: Conventions) -> None:
        self._inner, self._conventions = inner, conventions
        self.name, self.dtype, self.tolerance, self.predicts = inner.name, inner.dtype, inner.tolerance, inner.predicts
        self.sizes = inner.sizes
        self.lacks = (*inner.lacks, *lacks_of(conventions.lacks))
        words = conventions.words(inner.cells[0])
        self.notes = [*inner.notes, f"judged under --rnn-convention={conventions.name}, {words}"]
        self.wrong_shape: Wrong | None = None
        self._not_taken: dict[Cell, tuple[str, ...]] = {}
        self._prefetched: dict[Question, Question] = {}

    @contextlib.contextmanager
    def in_dtype(self, dtype: str) -> Iterator[None]:
        """Inside this block its arguments, and those of the inner implementation, have this precision."""
        with super().in_dtype(dtype), self._inner.in_dtype(dtype):
            yield

    def offers(self, name: str) -> bool:
        """True if the inner implementation has the function."""
        return self._inner.offers(name)

    def takes(self, name: str) -> tuple[str, ...]:
        """The optional arguments of the inner implementation's function."""
        return self._inner.takes(name)

    def reads_globals(self, name: str) -> tuple[str, ...]:
        """The weights that the inner implementation's function reads from the module around it."""
        return self._inner.reads_globals(name)

    def where(self, name: str) -> Whereabouts | None:
        """Where the inner implementation's function is written."""
        return self._inner.where(name)

    def cache_contents(self, caches: Any) -> Any:
        """Returns the caches unchanged: they have the other convention."""
        return self._inner.cache_contents(caches)

    def second_part(self, caches: Any) -> Any:
        """Returns ``caches[1]`` by the document's convention of ``x``."""
        part = self._inner.second_part(caches)
        return self._conventions.ours("x", part) if isinstance(part, np.ndarray) else part

    def begin(self) -> None:
        """Forget output and wrong shapes of earlier checks, here and in the inner implementation."""
        super().begin()
        self._inner.begin()

    def printed(self) -> str:
        """Returns the output of the inner implementation."""
        return self._inner.printed()

    def close(self) -> None:
        """Close the inner implementation."""
        self._inner.close()

    @contextlib.contextmanager
    def prefetch(self, questions: Sequence[Question]) -> Iterator[None]:
        """Let the inner implementation fetch several answers at once."""
        self._prefetched = {question: self._their_question(question) for question in questions}
        with self._inner.prefetch([*self._prefetched.values()]):
            yield

    @contextlib.contextmanager
    def in_one_message(self, question: Question) -> Iterator[None]:
        """Let the inner implementation make the calls at once."""
        with self._inner.in_one_message(self._prefetched.get(question) or self._their_question(question)):
            yield

    def _their_question(self, question: Question) -> Question:
        return replace(question, calls=[(name, self._theirs(name, given)) for name, given in question.calls])

    def watched(self) -> contextlib.AbstractContextManager[list[str]]:
        """Returns the context of the inner implementation."""
        return self._inner.watched()

    def _call_theirs(self, name: str, arguments: tuple[Any, ...], copy: bool) -> Any:
        theirs = self._theirs(name, arguments)
        before = [] if copy else [_copied(value) for value in theirs]
        result = self._inner._call_theirs(name, theirs, copy)
        labels = function_named(name).named(arguments)
        for label, given, handed, was in zip(labels, arguments, theirs, before, strict=False):
            if handed is not given and label not in CACHES and not _equal(handed, was):
                self._write_back(label, given, handed)
        return self._ours(function_named(name), result)

    def _theirs(self, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns the arguments by their conventions, and caches unchanged."""
        named = function_named(name).named(arguments)
        return tuple(value if label in CACHES else self._turned(label, value) for label, value in named.items())

    def _turned(self, label: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            theirs = self._conventions.parameters(value)
            contiguous = all(_contiguous(array) for array in value.values())
            return {name: _laid_out(array, contiguous) for name, array in theirs.items()}
        if not isinstance(value, np.ndarray):
            return value
        theirs_of_it = self._conventions.theirs(label, value)
        return value if theirs_of_it is value else _laid_out(theirs_of_it, _contiguous(value))

    def _write_back(self, label: str, given: Any, handed: Any) -> None:
        """Change the document's argument ``given`` in the way in which the call changed its copy ``handed``."""
        if isinstance(given, dict):
            changed = self._conventions.parameters_back(handed)
            given.clear()
            given.update(changed)
            return
        changed_array = self._conventions.ours(label, handed)
        if changed_array.shape == given.shape:
            given[...] = changed_array
        else:
            given.fill(np.nan)  # it has another shape now: in any case it was changed

    def _ours(self, function: Function, result: Any) -> Any:
        """Returns the result by the document's conventions; a malformed result unchanged, for a later check."""
        if function.role == ACTIVATION:
            return self._array_of("z", result)
        if function.takes_cache and isinstance(result, Mapping):
            try:
                return self._conventions.gradients({key: _as_array(value) for key, value in result.items()})
            except Wrong as wrong:
                wrong.function = function.name
                raise
        if not function.takes_cache and isinstance(result, tuple | list) and len(result) == len(function.returns):
            return (*map(self._array_of, function.tensors, result[:-1]), result[-1])
        return result

    def _array_of(self, label: str, value: Any) -> Any:
        array = _as_array(value)
        return self._conventions.ours(label, array) if isinstance(array, np.ndarray) else value


def _as_array(value: Any) -> Any:
    try:
        return value if value is None else as_numbers(value)
    except TypeError:
        return value


def _contiguous(value: Any) -> bool:
    return not isinstance(value, np.ndarray) or value.flags.c_contiguous


def _laid_out(array: Array, contiguous: bool) -> Array:
    """Returns the array, as a contiguous copy if the argument was contiguous: typed buffers need this."""
    return np.ascontiguousarray(array).reshape(np.shape(array)) if contiguous else array


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: np.copy(array) for name, array in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def _equal(now: Any, before: Any) -> bool:
    if isinstance(now, Mapping):
        return now.keys() == before.keys() and all(_equal(now[name], before[name]) for name in now)
    return bool(np.array_equal(now, before, equal_nan=True)) if isinstance(now, np.ndarray) else now is before

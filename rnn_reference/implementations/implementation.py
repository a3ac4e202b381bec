"""Anybody's implementation, behind the six functions of the API.

Whatever it does wrong comes out as one of the outcomes: what it lacks as ``NotOffered``, a stub as
``NotImplementedYet``, an exception as ``Crashed``, an answer of the wrong form as ``Wrong``.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.declared import dtype_of, tolerance_of
from rnn_reference.implementations.question import Question, names_a_cache
from rnn_reference.implementations.returned import GRADIENTS, array_of, gradients_of, triple_of
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.outcomes import NotImplementedYet, NotOffered, Outcome, Wrong

FUNCTIONS = (
    "tanh_forward",
    "softmax_forward",
    "rnn_cell_forward",
    "rnn_forward",
    "rnn_cell_backward",
    "rnn_backward",
)

FORWARD = ("rnn_cell_forward", "rnn_forward")
"""Those whose third result is a cache."""


class Implementation:
    """The six functions of an object, each called with arrays of its own and its answer brought to arrays.

    ``functions`` is any object that has some of the six as attributes: a module, a class's instance. Optional
    attributes of it: ``dtype`` (what it computes in; default float64), ``tolerance`` (check id -> an absolute
    tolerance to use where it is wider than the derived one) and ``predicts`` (False: its predictions are not its own,
    and not judged).
    """

    judged: tuple[str, ...] = FUNCTIONS
    """What a report has a verdict on."""

    def __init__(self, name: str, functions: Any, notes: list[str] | None = None) -> None:
        self.name = name
        self.notes = list(notes or [])
        self.misshapen: Wrong | None = None
        self._functions = functions
        self.predicts = getattr(functions, "predicts", True) is not False
        self.dtype = self._dtype_of(getattr(functions, "dtype", None))
        self.tolerance = tolerance_of(getattr(functions, "tolerance", None))
        self.notes += [f"{check}: tolerance widened to {value:g}" for check, value in self.tolerance.items()]

    def _dtype_of(self, declared: Any) -> str:
        """The dtype to give it; a global of that name that is no floating-point type is not meant."""
        dtype = "float64" if declared is None else dtype_of(declared)
        if dtype is None:
            self.notes.append(f"its dtype, {declared!r}, is none of float16, float32 and float64: it is given float64")
        return dtype or "float64"

    def judged_in(self, dtype: str) -> None:
        """From here on it is given, and held to, this precision, whatever it says of itself."""
        if dtype != self.dtype:
            self.notes.append(f"judged in {dtype}; by itself it would be given {self.dtype}")
            self.dtype = dtype

    def offers(self, name: str) -> bool:
        """Whether it has the function at all, a stub included."""
        return callable(getattr(self._functions, name, None))

    @property
    def offered(self) -> list[str]:
        """Those of the six that it has."""
        return [name for name in FUNCTIONS if self.offers(name)]

    def tanh_forward(self, x: Array, as_they_are: bool = False) -> Array:
        """``x``'s shape in, ``x``'s shape out."""
        return array_of("tanh_forward", "its result", self.call("tanh_forward", x, as_they_are=as_they_are))

    def softmax_forward(self, x: Array, as_they_are: bool = False) -> Array:
        """A distribution for each column of ``x``."""
        return array_of("softmax_forward", "its result", self.call("softmax_forward", x, as_they_are=as_they_are))

    def rnn_cell_forward(
        self, xt: Array, a_prev: Array, parameters: Mapping[str, Array], as_they_are: bool = False
    ) -> tuple[Array, Array, Any]:
        """``a_next, yt_pred, cache``."""
        result = self.call("rnn_cell_forward", xt, a_prev, parameters, as_they_are=as_they_are)
        a_next, yt_pred, cache = triple_of("rnn_cell_forward", ("a_next", "yt_pred", "cache"), result)
        shapes = {"a_next": a_prev.shape, "yt_pred": (len(parameters["Wya"]), *xt.shape[1:])}
        self._look_at("rnn_cell_forward", {"a_next": a_next, "yt_pred": yt_pred}, shapes)
        return a_next, yt_pred, cache

    def rnn_forward(
        self, x: Array, a0: Array, parameters: Mapping[str, Array], as_they_are: bool = False
    ) -> tuple[Array, Array, Any]:
        """``a, y_pred, caches``."""
        result = self.call("rnn_forward", x, a0, parameters, as_they_are=as_they_are)
        a, y_pred, caches = triple_of("rnn_forward", ("a", "y_pred", "caches"), result)
        shapes = {"a": (len(a0), *x.shape[1:]), "y_pred": (len(parameters["Wya"]), *x.shape[1:])}
        self._look_at("rnn_forward", {"a": a, "y_pred": y_pred}, shapes)
        return a, y_pred, caches

    def rnn_cell_backward(self, da_next: Array, cache: Any, as_they_are: bool = False) -> dict[str, Array]:
        """``dxt, da_prev, dWax, dWaa, dba``; ``dx`` is taken for ``dxt``, as the document's docstring has it."""
        result = self.call("rnn_cell_backward", da_next, cache, as_they_are=as_they_are)
        if isinstance(result, Mapping) and "dxt" not in result and "dx" in result:
            result = {**result, "dxt": result["dx"]}
        return gradients_of("rnn_cell_backward", result)

    def rnn_backward(self, da: Array, caches: Any, as_they_are: bool = False) -> dict[str, Array]:
        """``dx, da0, dWax, dWaa, dba``."""
        gradients = gradients_of("rnn_backward", self.call("rnn_backward", da, caches, as_they_are=as_they_are))
        n_x, n_a = gradients["dx"].shape[:1], len(da)
        shapes = {"dx": (*n_x, *da.shape[1:]), "da0": da.shape[:2]}
        shapes |= {"dWax": (n_a, *n_x), "dWaa": (n_a, n_a), "dba": (n_a, 1)}
        self._look_at("rnn_backward", gradients, shapes)
        return gradients

    def answers(self, question: Question) -> list[Any]:
        """The result of each call. Raises the outcome of the first that does not give what it should."""
        results: list[Any] = []
        caches: list[Any] = []
        with self.in_one_message(question):
            for name, arguments in question.calls:
                given = [caches[one.number] if names_a_cache(one) else one for one in arguments]
                results.append(getattr(self, name)(*given, as_they_are=question.as_they_are))
                if name in FORWARD:
                    caches.append(results[-1][2])
        return results

    @contextlib.contextmanager
    def prefetch(self, questions: Sequence[Question]) -> Iterator[None]:
        """Inside this block these questions are asked, in this order. A subclass may fetch several answers at once."""
        yield

    @contextlib.contextmanager
    def in_one_message(self, question: Question) -> Iterator[None]:
        """Inside this block the calls of the question are made in its order. A subclass may make them all at once."""
        yield

    def inside(self, caches: Any) -> Any:
        """The caches, to be looked at: lists, tuples and dicts of arrays as far as they are that."""
        return caches

    def second_part(self, caches: Any) -> Any:
        """``caches[1]``, which is ``x`` in the document's own; None for caches of another form."""
        inside = self.inside(caches)
        return inside[1] if isinstance(inside, tuple | list) and len(inside) == 2 else None

    def begin(self) -> None:
        """Forget what earlier checks made it print, or return in another shape."""
        self.misshapen = None
        self.printed()

    def printed(self) -> str:
        """The end of what it has printed since this was last asked, where that is not printed here."""
        return ""

    def close(self) -> None:
        """Let go of what it holds outside this process."""

    def call(self, name: str, *arguments: Any, as_they_are: bool = False) -> Any:
        """What the function returns, untouched, for copies of the arguments that are its own to spoil.

        Arrays are handed over contiguous, writable and in the implementation's dtype, unless ``as_they_are``. What
        a backward pass is given beside its gradient is the implementation's own cache, and goes back untouched.
        """
        if not self.offers(name):
            raise NotOffered([("", f"{self.name} has no {name}")], function=name)
        result = self._handed_over(name, arguments, as_they_are)
        if result is None:
            raise NotImplementedYet([("", f"{name} is a stub: it returns nothing")], function=name)
        return result

    def _handed_over(self, name: str, arguments: tuple[Any, ...], as_they_are: bool) -> Any:
        """What the function returns, None if that is nothing. Raises the outcome of a call that does not return."""
        ours = 0 if as_they_are else 1 if name in GRADIENTS else len(arguments)
        given = (*map(self._own, arguments[:ours]), *arguments[ours:])
        try:
            return getattr(self._functions, name)(*given)
        except NotImplementedError:
            return None
        except Outcome:
            raise
        except (Exception, SystemExit) as error:
            raise crash(name, error) from None

    def _look_at(self, function: str, got: Mapping[str, Array], expected: Mapping[str, tuple[int, ...]]) -> None:
        """Keep in mind that a result has another shape: whatever a check then stumbles over, that is the reason."""
        try:
            require_shapes(got, expected)
        except Wrong as wrong:
            wrong.function = function
            self.misshapen = self.misshapen or wrong

    def _own(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._own(item) for name, item in value.items()}
        if isinstance(value, np.ndarray):
            return np.array(value, dtype=self.dtype if value.dtype.kind == "f" else None, order="C")
        return value

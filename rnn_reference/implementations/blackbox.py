"""A black box: a recurrent network without weights to set. It is a callable of inputs, and perhaps of a state.

Trial calls in this process find its number of features, its precision, and whether it takes a state. A state that it
gets is always one that it returned before.
"""

import contextlib
import io
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.crash import crash
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.implementations.loading.find import callable_named
from rnn_reference.implementations.loading.time_limit import TimeLimitReached, time_limit
from rnn_reference.implementations.unusable import Unusable
from rnn_reference.implementations.values import as_numbers
from rnn_reference.numerics.compare import require_shapes
from rnn_reference.outcomes import Crashed, NotImplementedYet, Outcome, TimedOut, Wrong

NAME = "blackbox"
"""The name of the callable in a report."""

AXIS_ORDERS = {"nmt": "(n_x, m, T_x)", "tmn": "(T_x, m, n_x)", "mtn": "(m, T_x, n_x)"}

GUESSES = (3, 2, 4, 5, 8, 10, 6, 7, 9, *range(11, 65), 100, 128, 256, 512, 784, 1024, 1)
"""Numbers of features to try. 1 is last, because arrays that broadcast accept it too."""

UNITS_APART = 2.0**10
"""Tolerance over unit roundoff times the largest output. It is wide, because the weights are not known."""


@dataclass(frozen=True)
class Input:
    """One input of a black box: sizes and a seed."""

    n_x: int
    m: int
    T_x: int
    seed: int
    dtype: str = "float64"

    def __str__(self) -> str:
        return f"n_x={self.n_x} m={self.m} T_x={self.T_x} seed={self.seed}"

    def as_data(self) -> dict[str, Any]:
        """Returns plain data for a report, in the form of a problem's data."""
        return {**asdict(self), "text": str(self)}

    @property
    def x(self) -> Array:
        """Normally distributed numbers ``(n_x, m, T_x)``."""
        rng = np.random.default_rng([self.seed, self.n_x, self.m, self.T_x])
        return rng.standard_normal((self.n_x, self.m, self.T_x)).astype(self.dtype)


class Blackbox(Implementation):
    """The callable that ``target`` names (``module:callable``, ``file.py:callable``): ``f(x)`` or ``f(x, state)``.

    Here ``x`` is ``(n_x, m, T_x)`` and outputs are ``(n_y, m, T_x)``; the callable has the axes of ``layout``.
    ``seconds`` is the time limit of a call. Raises Unusable, with one clear line, if there is no such callable, or if
    no trial call succeeds.
    """

    judged = (NAME,)

    def __init__(self, target: str, layout: str = "nmt", n_x: int | None = None, seconds: float = 10.0) -> None:
        found, notes = callable_named(target, seconds)
        self._call = _of_arrays(found)
        self._seconds = seconds
        self._axes = tuple("nmt".index(axis) for axis in layout)
        super().__init__(target, object(), notes)
        self.n_x, self.input_dtype = self._found_by_calling(layout, n_x)
        outputs, state = self.run(Input(self.n_x, 4, 6, 0, self.input_dtype).x)
        self.dtype = outputs.dtype.name if outputs.dtype.name in ("float16", "float32") else "float64"
        self._takes_state = self._runs_on(state)
        how = "" if n_x else ", n_x found by trial calls"
        self.notes.append(f"x is given as {AXIS_ORDERS[layout]} in {self.input_dtype}, n_x = {self.n_x}{how}")

    def offers(self, name: str) -> bool:
        """True for the callable itself, and for ``state`` if it takes a state."""
        return name == NAME or (name == "state" and self._takes_state)

    def require_each_step(self, outputs: Array, x: Array) -> None:
        """Raise Wrong unless there are outputs for each column of ``x`` and each step; shapes are by its layout."""
        if outputs.ndim == 2 and x.shape[1] in outputs.shape:
            came = f"one for each column, of shape {outputs.shape}, and none for each step"
            expected = AXIS_ORDERS["".join("nmt"[axis] for axis in self._axes)].replace("n_x", "n_y")
            raise Wrong([("outputs", f"{came}: expected {expected}")], NAME)
        require_shapes({"outputs": outputs}, {"outputs": (*outputs.shape[:1], *x.shape[1:])})

    def laid_out(self, x: Array) -> Array:
        """Returns a copy of ``x`` in the layout of the callable, which it may modify."""
        return np.array(x.transpose(self._axes), order="C")

    def run(self, x: Array, *state: Any) -> tuple[Array, Any]:
        """Calls it. Returns outputs ``(n_y, m, T_x)`` and the state after them, None if there is none."""
        return self.outputs_and_state(self.called(self.laid_out(x), *state))

    def called(self, *arguments: Any) -> Any:
        """Returns the result of the callable, unchanged. Raises the outcome if the call does not return."""
        try:
            with time_limit(self._seconds):
                result = self._call(*arguments)
        except TimeLimitReached:
            late = f"no answer within {self._seconds:g} s; --rnn-timeout=SECONDS gives a call more time"
            raise TimedOut([("timed out", late)], NAME) from None
        except (Exception, SystemExit) as error:
            raise crash(NAME, error) from None
        if result is None:
            raise NotImplementedYet([("", "it is a stub: it returns nothing")], NAME)
        return result

    def outputs_and_state(self, result: Any) -> tuple[Array, Any]:
        """Returns outputs ``(n_y, m, T_x)`` and the state. Raises Wrong if the outputs are not numbers."""
        outputs, *states = result if isinstance(result, tuple) else (result,)
        try:
            array = as_numbers(outputs).copy()
        except TypeError as error:
            raise Wrong([("returned", f"its outputs are not an array of numbers{error}")], NAME) from None
        if array.ndim == 3:
            array = array.transpose(np.argsort(self._axes))
        return array, states[0] if len(states) == 1 else tuple(states) or None

    def tolerance_for(self, outputs: Array) -> float:
        """Returns the tolerance for two runs that should agree."""
        u = float(np.finfo(self.dtype).eps) / 2
        return UNITS_APART * u * float(np.abs(outputs[np.isfinite(outputs)]).max(initial=0.0))

    def _found_by_calling(self, layout: str, n_x: int | None) -> tuple[int, str]:
        """Returns the first n_x and dtype for which a call succeeds, preferably with one output for each step."""
        first: Outcome | None = None
        returned: list[tuple[int, str]] = []
        for dtype, size in product(("float64", "float32"), (n_x,) if n_x else GUESSES):
            given = Input(size, 4, 6, 0, dtype)
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    outputs, _ = self.run(given.x)
            except Crashed as crashed:
                first = first or crashed
                continue
            except Outcome as outcome:
                raise Unusable(f"{self.name}: {_in_a_line(outcome)}") from None
            if outputs.ndim == 3 and outputs.shape[1:] == (4, 6):
                return size, dtype
            returned.append((size, dtype))
        if returned:
            return returned[0]
        assert first is not None
        help_ = "set --rnn-blackbox-inputs=N, or --rnn-blackbox-layout=tmn or mtn"
        tried = f"n_x = {n_x}" if n_x else f"n_x up to {max(GUESSES)}"
        raise Unusable(f"{self.name} takes no x of {AXIS_ORDERS[layout]}, {tried}: {_in_a_line(first)}; {help_}")

    def _runs_on(self, state: Any) -> bool:
        """True if it takes the state that it returned, and returns a state again."""
        if state is None:
            return False
        try:
            _, after = self.run(Input(self.n_x, 4, 6, 1, self.input_dtype).x, state)
        except Outcome:
            return False
        return after is not None


def _in_a_line(outcome: Outcome) -> str:
    return "; ".join(text for _, text in outcome.lines)


def _of_arrays(found: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a module of torch as a function of arrays; any other callable unchanged."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(found, torch.nn.Module):
        return found

    def call(*given: Any) -> Any:
        with torch.no_grad():
            result = found.train(False)(*(of_each(torch.tensor, one) for one in given))
        return of_each(as_numbers, result)

    return call


def of_each(part: Callable[[Any], Any], state: Any) -> Any:
    """Returns the state with ``part`` applied to each array in it, inside any tuples, lists and dicts."""
    if isinstance(state, dict):
        return {name: of_each(part, item) for name, item in state.items()}
    if isinstance(state, tuple | list):
        items = [of_each(part, item) for item in state]
        return type(state)(*items) if hasattr(state, "_fields") else type(state)(items)
    return None if state is None else part(state)

"""Decides if a computation, right or faulty, explains the results of an implementation.

The tolerance is that of the computation itself. It runs again from randomly disturbed inputs, and the changes of its
results are scaled back to the unit roundoff. A faulty computation may be ill-conditioned even if the right one is not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.numerics.compare import difference
from rnn_reference.outcomes import Crashed, Outcome

Answer: TypeAlias = dict[str, Array]
Model: TypeAlias = Callable[..., Answer]
"""A computation of the tensors that a function returns, from a case's inputs."""

DISTURBED_RUNS = 6
"""The number of runs from disturbed inputs."""

MARGIN = 16.0
"""Tolerance over root mean square. It is large because only inputs are disturbed, but every operation rounds."""


class Case(NamedTuple):
    """One call of a function: its inputs (arrays, and dicts of them), and its results or its outcome."""

    inputs: tuple[Any, ...]
    got: Answer | Outcome


def attempted(model: Model, inputs: Sequence[Any]) -> Answer | None:
    """Returns the results of the model; None if it raises, as a fault may at some sizes. It must not modify inputs."""
    try:
        return model(*inputs)
    except Exception:
        return None


def explains(model: Model, cases: Sequence[Case], u: float) -> bool:
    """True if the model gives the same results in every case. If the model raises, the case must be a crash.

    At least one case must have results.
    """
    answered = False
    for case in cases:
        expected = attempted(model, case.inputs)
        if isinstance(case.got, Outcome) or expected is None:
            if expected is not None or not isinstance(case.got, Crashed):
                return False
            continue
        apart = _near(case.got, expected, u)
        if apart is None or not _within(model, case.inputs, expected, apart, u):
            return False
        answered = True
    return answered


def both_fail(model: Model, cases: Sequence[Case]) -> bool:
    """True if no case has results, and the model raises in every case."""
    return all(isinstance(case.got, Outcome) and attempted(model, case.inputs) is None for case in cases)


def _near(got: Answer, expected: Answer, u: float) -> Answer | None:
    """Returns the difference of each tensor; None if one is so large that the tolerance need not be computed."""
    apart: Answer = {}
    for name, value in expected.items():
        if name not in got:  # a result that it need not return
            continue
        if got[name].shape != value.shape:
            return None
        apart[name] = difference(got[name], value)
        if not np.all(apart[name] <= np.sqrt(u) * (1 + _size(value))):
            return None
    return apart


def _within(model: Model, inputs: tuple[Any, ...], expected: Answer, apart: Answer, u: float) -> bool:
    expected = {name: value for name, value in expected.items() if name in apart}
    if all(np.all(apart[name] <= MARGIN * u * _size(value)) for name, value in expected.items()):
        return True  # no tolerance is smaller than that
    rng = np.random.default_rng(0)
    amount = np.sqrt(u)
    disturbed_answers = [attempted(model, _disturbed(inputs, rng, amount)) for _ in range(DISTURBED_RUNS)]
    for name, value in expected.items():
        moves = [answer[name] - value for answer in disturbed_answers if answer is not None]
        spread = np.nan_to_num(np.sqrt(np.mean(np.square(moves), axis=0)) * u / amount)  # NaN: no tolerance
        tolerance = MARGIN * (spread + u * _size(value))
        if not np.all(apart[name] <= tolerance):
            return False
    return True


def _size(array: Array) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max(initial=0.0))


def _disturbed(value: Any, rng: np.random.Generator, amount: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_disturbed(item, rng, amount) for item in value)
    if isinstance(value, Mapping):
        return {name: _disturbed(item, rng, amount) for name, item in value.items()}
    return value * (1 + amount * rng.standard_normal(value.shape))

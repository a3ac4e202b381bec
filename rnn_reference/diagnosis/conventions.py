"""Right, or right by another convention? Tried at the end of a run, on forward functions that came out wrong."""

import contextlib
import io
import time
import warnings
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.conventions.converted import Converted
from rnn_reference.implementations.conventions.known import Conventions, every_choice
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.numerics.compare import agrees
from rnn_reference.outcomes import Outcome, TimedOut
from rnn_reference.problems.answers import cell_answers, network_answers
from rnn_reference.problems.problem import NAMED, Problem

PANEL = ("T_x=6", "T_x=5", "T_x=3")
"""Problems whose sizes differ pairwise: by no other convention does anything fit at all of them by chance."""

PATIENCE = 10.0
"""Seconds after which no further convention is tried."""

UNSEEN = {"time-reversed", "time-major"}
"""What a single step does not tell from another convention, or from none."""

FORWARD = ("rnn_forward", "rnn_cell_forward")


def conventions_of(own: Implementation, wrong: Iterable[str], seed: int = 0) -> dict[str, Conventions]:
    """For each wrong function of the forward pass that is right by another convention, which that is.

    The cell is said to follow the network's convention where it does: alone it would not tell which of two it is.
    """
    wrong = [name for name in FORWARD if name in set(wrong)]
    if not wrong:
        return {}
    problems = [NAMED[name].at(seed=seed, dtype=own.dtype) for name in PANEL]
    ends = time.monotonic() + PATIENCE
    with _quietly():
        network = _first_fit(own, "rnn_forward", problems, every_choice(), ends)
        preferred = [*([network] if network else []), *filter(_shows_in_a_step, every_choice())]
        cell = _first_fit(own, "rnn_cell_forward", problems, preferred, ends) if "rnn_cell_forward" in wrong else None
    found = {"rnn_forward": network, "rnn_cell_forward": cell}
    return {name: conventions for name in wrong if (conventions := found[name])}


def _shows_in_a_step(conventions: Conventions) -> bool:
    return not UNSEEN & {each.name for each in conventions}


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _first_fit(
    own: Implementation, function: str, problems: list[Problem], choices: Iterable[Conventions], ends: float
) -> Conventions | None:
    """The first choice under which the function is right on every problem; None too if it needs no other."""
    if not own.offers(function):
        return None
    fits = FITS[function]
    with contextlib.suppress(TimedOut):
        if fits(own, problems[0]):
            return None  # by value it is right as it is: whatever is wrong with it, this is not it
        for conventions in choices:
            under = Converted(own, conventions)
            if time.monotonic() < ends and all(fits(under, problem) for problem in problems):
                return conventions
    return None


def _fits(call: Callable[[], dict[str, Array]], expected: dict[str, Array], tolerance: dict[str, Array]) -> bool:
    """Whether the answer is right; a crash, as most conventions give for most networks, is no match."""
    try:
        return agrees(call(), expected, tolerance)
    except TimedOut:
        raise
    except (Outcome, Exception):
        return False


def _network_fits(own: Implementation, problem: Problem) -> bool:
    right = network_answers(problem)

    def call() -> dict[str, Array]:
        return dict(zip(("a", "y_pred"), own.rnn_forward(*problem.inputs), strict=False))

    return _fits(call, {"a": right.a, "y_pred": right.y_pred}, right.tolerance)


def _cell_fits(own: Implementation, problem: Problem) -> bool:
    right = cell_answers(problem)

    def call() -> dict[str, Array]:
        a_next, yt_pred, _ = own.rnn_cell_forward(*problem.step)
        return {"a": a_next[..., None], "y_pred": yt_pred[..., None]}

    return _fits(call, {"a": right.a, "y_pred": right.y_pred}, right.tolerance)


FITS = {"rnn_forward": _network_fits, "rnn_cell_forward": _cell_fits}

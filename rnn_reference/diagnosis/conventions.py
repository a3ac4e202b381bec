"""Finds the convention by which a wrong forward function is right. Runs at the end of a run."""

import contextlib
import io
import itertools
import time
import warnings
from collections.abc import Iterable, Iterator

import numpy as np

from rnn_reference.cells.cell import CELL_FORWARD, Cell
from rnn_reference.cells.cell import Function as Signature
from rnn_reference.diagnosis.gates import order_of_gates
from rnn_reference.implementations.conventions.converted import Converted
from rnn_reference.implementations.conventions.known import Conventions, every_choice
from rnn_reference.implementations.implementation import Implementation
from rnn_reference.numerics.compare import agrees
from rnn_reference.outcomes import Outcome, TimedOut
from rnn_reference.problems.answers import cell_answers, network_answers
from rnn_reference.problems.problem import NAMED, Problem

TRIED_ON = ("T_x=6", "T_x=5", "T_x=3")
"""Problems with five different sizes. A wrong convention cannot fit all of them by chance."""

SEARCH_SECONDS = 10.0
"""The time limit of the search in seconds. After it, no more conventions are tried."""

HIDDEN_IN_A_STEP = {"time-reversed", "time-major", "axes-ntm", "axes-mnt", "axes-tnm", "zero-start"}
"""Conventions that make no difference in a single step, or the same difference as another."""


def conventions_of(own: Implementation, wrong: Iterable[str], seed: int = 0) -> dict[str, Conventions]:
    """Returns the convention of each wrong forward function that is right by another convention.

    A step gets the convention of its sequence if it fits: a step alone does not determine the convention.
    """
    found: dict[str, Conventions] = {}
    for cell in own.cells:
        names = [function.name for function in (cell.forward, cell.cell_forward) if function.name in set(wrong)]
        if names:
            with _quietly():
                found |= _of_cell(own, cell, names, [own.fitted(NAMED[n].of(cell).at(seed=seed)) for n in TRIED_ON])
    return found


def _of_cell(own: Implementation, cell: Cell, wrong: list[str], problems: list[Problem]) -> dict[str, Conventions]:
    ends = time.monotonic() + SEARCH_SECONDS
    whole = _first_fit(own, cell.forward, problems, _choices(own, cell), ends)
    preferred = itertools.chain([whole] if whole else [], filter(_shows_in_a_step, _choices(own, cell)))
    step = _first_fit(own, cell.cell_forward, problems, preferred, ends) if cell.cell_forward.name in wrong else None
    found = {cell.forward.name: whole, cell.cell_forward.name: step}
    return {name: conventions for name in wrong if (conventions := found[name])}


def _choices(own: Implementation, cell: Cell) -> Iterator[Conventions]:
    """Yields every set of conventions, and those with another order of the gates, which is found by probing."""
    if cell.name == "lstm":
        for choice in (None, *(one for one in every_choice(cell) if len(one) == 1)):
            order = order_of_gates(Converted(own, choice) if choice else own)
            if order:
                yield Conventions((order, *(choice or ())))
    yield from every_choice(cell)


def _shows_in_a_step(conventions: Conventions) -> bool:
    return not HIDDEN_IN_A_STEP & {each.name for each in conventions}


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _first_fit(
    own: Implementation, signature: Signature, problems: list[Problem], choices: Iterable[Conventions], ends: float
) -> Conventions | None:
    """Returns the first choice by which the function is right on every problem; None if it is right without one."""
    if not own.offers(signature.name):
        return None
    with contextlib.suppress(TimedOut):
        if _fits(own, signature, problems[0]):
            return None  # its values are right: the mistake is something else
        for conventions in choices:
            under = Converted(own, conventions)
            if time.monotonic() < ends and all(_fits(under, signature, problem) for problem in problems):
                return conventions
    return None


def _fits(own: Implementation, signature: Signature, problem: Problem) -> bool:
    """True if the answer is right. A crash, which is usual under a wrong convention, counts as wrong.

    Inputs that are not there, by the convention, are given all the same: they must make no difference.
    """
    of_a_step = signature.role == CELL_FORWARD
    theirs = own.fitted(problem)
    right = cell_answers(theirs) if of_a_step else network_answers(theirs)
    try:
        got = own.ask(signature.name, *problem.arguments(signature))
        if of_a_step:
            got = {signature.cell.of_sequence[name]: got[name][..., None] for name in signature.tensors}
        return agrees(got, right.forward, right.tolerance)
    except TimedOut:
        raise
    except (Outcome, Exception):
        return False

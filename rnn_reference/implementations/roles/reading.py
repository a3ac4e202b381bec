"""A network as it was read: how its parts are understood, and how near it is to a right one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.columns import by_columns
from rnn_reference.implementations.roles.core import Core
from rnn_reference.implementations.roles.forms import WORDS, one_column
from rnn_reference.implementations.roles.gradients import WANTED
from rnn_reference.implementations.roles.making import vocabulary_in
from rnn_reference.implementations.roles.prefixes import by_prefixes
from rnn_reference.implementations.roles.running import Raw, Runner
from rnn_reference.implementations.roles.words import as_words, by_words
from rnn_reference.problems.answers import reference_states
from rnn_reference.problems.inputs import Inputs
from rnn_reference.problems.problem import Problem

PROBE = Problem(n_x=3, n_a=5, n_y=2, m=4, T_x=6)
"""The problem on which networks are read: its sizes all differ."""


@dataclass(frozen=True)
class Reading:
    """A network as it was read: its core, and how far its states are from the right ones, relative to them.

    ``zero_start``: it has no initial state. ``step``: it is one step, not a sequence.
    """

    core: Core
    distance: float
    zero_start: bool
    step: bool

    @property
    def runner(self) -> Runner:
        """The network as a runner of any batch, and of all states."""
        run: Runner = self.core
        if self.core.last:
            run = by_prefixes(run)
        if self.core.handing.x == WORDS:
            run = by_words(run)
        return by_columns(run) if one_column(self.core.handing.x) else run

    @property
    def gradients(self) -> tuple[str, ...]:
        """The gradients that it gives, by the document's names."""
        if self.core.graph:
            return tuple(name for name in WANTED if name != "da0" or "h" in self.core.call.given)
        if self.core.backward is None or self.core.backward.gradients is None:
            return ()
        offered = self.core.backward.gradients.offered
        return (*offered, "dx") if self.core.handing.x == WORDS else offered

    @property
    def lacks(self) -> tuple[str, ...]:
        """What it has not: its initial state, biases, and gradients, by the document's names."""
        return (*(("a0",) if self.zero_start else ()), *self.core.container.weights.lacks)

    @property
    def preference(self) -> tuple[float, bool]:
        """The order of readings: the nearest first; of several that are right, those with all states."""
        return (0.0 if self.is_near else self.distance), self.core.last

    @property
    def is_near(self) -> bool:
        """True if its states are right, up to rounding."""
        return self.distance < NEAR


NEAR = 1e-4
"""Readings this near to the right states, relative to them, are right: float32 lies far below."""


def measured(core: Core, given: Problem, step: bool) -> Reading:
    """Returns the reading of a core, with the distance of its states from those of the right network."""
    x = input_of(given, step)
    a = core.states_in(raw_of(core, x, given), x)
    zero_start = not core.handing.h or np.array_equal(a, _from_another_state(core, x, given), equal_nan=True)
    right = reference_states(inputs_of(core, given, step, zero_start))["a"]
    a = a[..., None] if step else a
    known = np.isfinite(a).all(axis=(0, 1))
    distance = float(np.sqrt(np.mean((a - right)[..., known] ** 2) / np.mean(right**2)))
    return Reading(core, distance, zero_start, step)


def _from_another_state(core: Core, x: Array, given: Problem) -> Array:
    x_, a0, parameters = handed_to(core, x, given)
    return core.states_in(core.raw(x_, -a0, parameters), x)


def inputs_of(core: Core, given: Problem, step: bool, zero_start: bool) -> Inputs:
    """Returns the inputs of the right network: without what theirs has not."""
    zero = {name: 0 * given.parameters[name] for name in core.container.weights.lacks}
    inputs = (given.first_step if step else given.given).at(parameters={**given.parameters, **zero})
    return inputs.at(initial={"a": 0 * given.a0}) if zero_start else inputs


def input_of(given: Problem, step: bool) -> Array:
    """Returns the input of a problem, or that of its first step, ``(n_x, m)``."""
    return given.x[:, :, 0] if step else given.x


def raw_of(core: Core, x: Array, given: Problem) -> Raw:
    """Returns one call of their forward function, with the parameters and the initial state of a problem."""
    return core.raw(*handed_to(core, x, given))


def handed_to(core: Core, x: Array, given: Problem) -> tuple[Array, Array, Mapping[str, Array]]:
    """Returns the input, the initial state and the parameters that the core is run with, for a problem."""
    if core.handing.x != WORDS:
        return x, given.a0, given.parameters
    return as_words(x, given.a0, given.parameters)


def probe_for(make: Callable[..., Any]) -> Problem:
    """Returns the problem on which an object is read: a vocabulary is the size of the input and of the output."""
    return PROBE.at(n_y=PROBE.n_x) if vocabulary_in(make) else PROBE


def probe_of(reading: Reading) -> tuple[Problem, Array]:
    """Returns the problem on which a reading was found, and its input."""
    core = reading.core
    given = probe_for(core.container.make)
    given = given.at(m=1) if one_column(core.handing.x) else given
    return given, input_of(given, reading.step)

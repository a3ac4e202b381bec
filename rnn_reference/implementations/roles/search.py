"""Tries the forms in which a network could be meant, and returns the reading that is nearest to a right network."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnn_reference.implementations.roles.calls import Call, forward_call
from rnn_reference.implementations.roles.containers import Container, containers
from rnn_reference.implementations.roles.core import Core
from rnn_reference.implementations.roles.forms import SEQUENCES, STEPS, WORDS, one_column
from rnn_reference.implementations.roles.names import STATE, plain
from rnn_reference.implementations.roles.places import at
from rnn_reference.implementations.roles.reading import Reading, input_of, measured, probe_for, probe_of, raw_of
from rnn_reference.implementations.roles.running import Handing, Raw
from rnn_reference.implementations.roles.states import Found, sequences_in, steps_in
from rnn_reference.implementations.roles.tensors import is_array
from rnn_reference.problems.problem import Problem

Get = Callable[[Any], Callable[..., Any]]
"""How a function is reached from the object that holds the weights."""

Named = tuple[str, Get]
"""A function's name, and how it is reached."""


def best_reading(make: Callable[..., Any], callables: Sequence[Named], columns: bool = False) -> Reading | None:
    """Returns the best reading of an object with forward functions; None if there is none whose states read the input.

    With ``columns``, only forms of one column are tried.
    """
    found: list[Reading] = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for reading in _readings(make, callables, columns):
            found.append(reading)
            if reading.is_near:
                break
        return next(filter(reads_its_input, sorted(found, key=lambda one: one.preference)), None)


ORDER = ((True, False), (False, False), (False, True), (True, True))
"""What is tried, in this order: a step or a sequence; forms of a batch, or of one column.

One column of one step is the last: a function of a sequence takes it too, as a sequence of one step.
"""


def _readings(make: Callable[..., Any], callables: Sequence[Named], columns: bool) -> Iterator[Reading]:
    problem = probe_for(make)
    ways = quietly(list, containers(make, problem.sizes)) or []
    for step, single in ORDER:
        if columns and not single:
            continue
        for name, get in callables:
            for container in ways:
                yield from _of_container(container, (name, get), problem, step, single)


def _of_container(container: Container, named: Named, problem: Problem, step: bool, single: bool) -> Iterator[Reading]:
    net = quietly(container.holding, problem.parameters, problem.sizes)
    call = None if net is None else quietly(_forward_call, net, named)
    if call is None:
        return
    for handing in _handings(call, net, step):
        if (one_column(handing.x) or (step and len(handing.x) > 2)) != single:
            continue
        reading = quietly(_read, container, call, handing, problem, step)
        if reading is not None:
            yield reading


def quietly(attempt: Callable[..., Any], *arguments: Any) -> Any:
    """Returns what an attempt returns; None if their code raises."""
    try:
        return attempt(*arguments)
    except (Exception, SystemExit):
        return None


def _handings(call: Call, net: Any, step: bool) -> Iterator[Handing]:
    """Yields the forms of the input with those of the state."""
    attributes = [name for name in vars(net) if plain(name) in STATE] if hasattr(net, "__dict__") else []
    for x in STEPS if step else (*SEQUENCES, WORDS):
        states = [h for h in STEPS if one_column(h) == one_column(x)]
        states += [f"({h})" for h in states]
        if "h" in call.given:
            yield from (Handing(x, h) for h in states)
        else:
            ways = [(attribute, again) for attribute in attributes for again in ((False, True) if step else (False,))]
            yield from (Handing(x, h, *way) for way in ways for h in states if h[0] != "(")
            yield Handing(x)


def _read(container: Container, call: Call, handing: Handing, problem: Problem, step: bool) -> Reading | None:
    """Returns the reading of one form, if there are states in what comes back."""
    given = problem.at(m=1) if one_column(handing.x) else problem
    bare = Core(container, call, handing, Found((), ""))
    raw = raw_of(bare, input_of(given, step), given)
    readings = [
        measured(replace(bare, states=found, last=last), given, step)
        for found, last in _states_in(raw, given, step)
        if not _is_given(raw, found.path) and not container.holds(found.path)
    ]
    return min(readings, key=lambda one: one.preference, default=None)


def _states_in(raw: Raw, given: Problem, step: bool) -> Iterator[tuple[Found, bool]]:
    """Yields what may be the states, and whether they are the last only."""
    sizes = {"n": given.n_a, "m": given.m, "T": given.T_x}
    if not step:
        for start in (given.a0, 0 * given.a0):
            yield from ((found, False) for found in sequences_in(raw.source, sizes, start))
    yield from ((found, not step) for found in steps_in(raw.source, sizes))


def reads_its_input(reading: Reading) -> bool:
    """True if the states depend on the input. Otherwise they are something else, such as a buffer."""
    given, x = probe_of(reading)
    one, other = (reading.core.states_in(raw_of(reading.core, value, given), value) for value in (x, x[::-1]))
    return not np.array_equal(one, other, equal_nan=True)


def _is_given(raw: Raw, path: tuple[Any, ...]) -> bool:
    """True if what was found is what was handed over: the initial state."""
    value = at(raw.source, path)
    return is_array(value) and any(value is one for one in raw.given.values())


def _forward_call(net: Any, named: Named) -> Call | None:
    name, get = named
    return forward_call(get(net), get, name)

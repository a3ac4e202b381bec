"""Completes a reading: the predictions among what comes back, the backward pass, and what it needs to be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rnn_reference.arrays import Array
from rnn_reference.implementations.roles.calls import Call, backward_call
from rnn_reference.implementations.roles.core import Backward
from rnn_reference.implementations.roles.forms import WORDS
from rnn_reference.implementations.roles.graph import records
from rnn_reference.implementations.roles.reading import Reading, handed_to, inputs_of, probe_of, raw_of
from rnn_reference.implementations.roles.search import Get, Named, quietly
from rnn_reference.implementations.roles.states import sequences_in, steps_in
from rnn_reference.implementations.roles.tensors import numbers
from rnn_reference.problems.answers import answers_to
from rnn_reference.problems.problem import Problem


def with_predictions(reading: Reading) -> Reading:
    """Returns the reading with the predictions, if there are any in what comes back: probabilities, or scores."""
    core = reading.core
    if core.handing.x == WORDS or "Wya" not in core.container.weights.roles:
        return reading
    given, x = probe_of(reading)
    if given.n_y == given.n_x:
        return reading
    raw = core.raw(x, given.a0, given.parameters)
    sizes = {"n": given.n_y, "m": given.m, "T": given.T_x}
    options = steps_in(raw.source, sizes) if reading.step or core.last else sequences_in(raw.source, sizes)
    for found in options:
        if not core.container.holds(found.path):
            y = np.array(found.read(raw.source, given.m))
            probabilities = bool(np.all(y >= 0) and np.allclose(y.sum(axis=0), 1, atol=1e-3))
            return replace(reading, core=replace(core, predictions=found, scores=not probabilities))
    return reading


def with_backward(reading: Reading, callables: Sequence[Named]) -> Reading:
    """Returns the reading with its backward pass, if there is one: a function of theirs, or a graph of torch."""
    given, x = probe_of(reading)
    raw = raw_of(reading.core, x, given)
    returned = raw.source["result"]
    if "targets" in reading.core.call.given:
        whole: Reading | None = quietly(_with_call, reading, None)
        return whole or reading
    for name, get in callables:
        count = len(returned) if isinstance(returned, tuple | list) else 1
        call = quietly(_backward_call, raw.net, get, name, count)
        for meant in () if call is None else (call, call.of_scores):
            found: Reading | None = meant and quietly(_with_call, reading, meant)
            if found:
                return found
    if records(reading.core.states.raw(raw.source)):
        return replace(reading, core=replace(reading.core, graph=True))
    return reading


def _with_call(reading: Reading, call: Call | None) -> Reading | None:
    """Returns the reading with a backward function, if gradients of weights are found after it.

    Without a call, they are looked for after the forward function.
    """
    of_the_last = call is not None and "dy" in call.given and not reading.step and reading.core.predictions is None
    core = replace(reading.core, backward=Backward(call), last=reading.core.last or of_the_last)
    given, x = probe_of(reading)
    inputs = handed_to(core, x, given)
    raw = core.raw(*inputs)
    da = given.da[:, :, 0] if reading.step else given.da
    source, _ = core.backward_source(raw, *inputs, da)
    complete = core.with_gradients(source, len(inputs[0]), da)
    return None if complete is None else _averaged(replace(reading, core=complete), given, x, da)


def _backward_call(net: Any, get: Get, name: str, returned: int) -> Call | None:
    return backward_call(get(net), get, name, returned)


def _averaged(reading: Reading, given: Problem, x: Array, da: Array) -> Reading:
    """Returns the reading with the size by which its gradients are divided, if that makes them right."""
    ran = reading.runner(x, given.a0, given.parameters)
    got = ran.back(da) if ran.back else {}
    inputs = inputs_of(reading.core, given, reading.step, reading.zero_start)
    right = answers_to(inputs, {"a": da[..., None] if reading.step else da}, "float64").gradients
    for mean, size in (("m", given.m), ("T_x", given.T_x)):
        if (
            all(np.allclose(got[name] * size, right[name], rtol=1e-6) for name in got if name.startswith("dW"))
            and size > 1
        ):
            assert reading.core.backward
            return replace(reading, core=replace(reading.core, backward=replace(reading.core.backward, mean=mean)))
    return reading


def dtype_of(reading: Reading) -> str:
    """Returns the dtype of the states for float64 inputs."""
    given, x = probe_of(reading)
    raw = raw_of(reading.core, x, given)
    return str(numbers(reading.core.states.raw(raw.source)[0]).dtype)

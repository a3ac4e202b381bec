"""The gradient of single elements, each moved separately."""

from typing import Any

import numpy as np

from rnn_reference.implementations.own_forward import own_sequence
from rnn_reference.judging.judge import Judge
from rnn_reference.numerics.compare import agrees, require_shapes
from rnn_reference.numerics.elementwise import moved_inputs, one_by_one, states_of
from rnn_reference.numerics.moved import ForwardCall
from rnn_reference.numerics.stochastic import SAFETY
from rnn_reference.outcomes import NotJudged
from rnn_reference.problems.answers import complete, network_answers
from rnn_reference.problems.problem import Problem


def judge_spots(judge: Judge, problem: Problem, answers: list[Any]) -> None:
    """Raise ``Wrong`` unless the gradient of one element of each input is right. The element is moved separately.

    The derivative by injection assumes that every weight acts as in the equations; this check does not.
    """
    forward, got = answers
    cell, given, right = problem.cell, problem.given, network_answers(problem)
    if not agrees(forward, {s: right.forward[s] for s in cell.states}, right.tolerance):
        reason = f"{cell.forward.name} is wrong; gradient.network judges the gradients after it"
        raise NotJudged([("", reason)], cell.backward.name)
    run = ForwardCall(given.x, given.initial, given.parameters)
    inputs = moved_inputs(run, cell.trained)
    states = states_of(own_sequence(judge.implementation, given), run, cell.states)
    cotangent = np.concatenate(complete(cell, problem.cotangents))
    rounding = np.concatenate([right.tolerance[s] for s in cell.states]) / SAFETY
    rng = np.random.default_rng(problem.seed)
    for name, array in inputs.items():
        if f"d{name}" not in got:
            continue
        spot = tuple(int(i) for i in rng.integers(array.shape))
        limit = one_by_one(states, inputs, name, cotangent, rounding, [spot])
        require_shapes({f"d{name}": got[f"d{name}"]}, {f"d{name}": array.shape})
        place = f"d{name}[{','.join(map(str, spot))}]"
        error = limit.cut_off + SAFETY * limit.rounding + right.tolerance[f"d{name}"][spot]
        judge.close({place: got[f"d{name}"][spot][None]}, {place: limit.value}, {place: error}, "moving it alone gives")

"""Checks that ask several problems at once: each yields a question, is sent the answers, and raises what is wrong."""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from rnn_reference.implementations.question import Question
from rnn_reference.judging.judge import Judge
from rnn_reference.problems.problem import Problem

CheckSteps = Generator[Question, list[dict[str, Any]], None]
"""One check of one problem: it yields a question, and is sent the results of each call."""


def run_batched(judge: Judge, checks: Iterable[tuple[Problem, CheckSteps]]) -> None:
    """Run all checks in rounds: ask every check's first question, then the next question of those not finished."""
    waiting = [one for problem, steps in checks for one in _advanced(judge, problem, steps)]
    while waiting:
        with judge.implementation.prefetch([question for *_, question in waiting]):
            waiting = [
                one
                for problem, steps, question in waiting
                for one in _advanced(judge, problem, steps, judge.implementation.answers(question))
            ]


def _advanced(
    judge: Judge, problem: Problem, steps: CheckSteps, answers: list[dict[str, Any]] | None = None
) -> Iterator[tuple[Problem, CheckSteps, Question]]:
    """The check with its next question, if it has one."""
    judge.problem = problem
    with contextlib.suppress(StopIteration):
        yield problem, steps, steps.send(answers)  # type: ignore[arg-type]

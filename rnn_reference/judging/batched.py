"""Runs the checks of several problems at once. Each check yields questions, gets the answers, and raises an outcome."""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from rnn_reference.implementations.question import Question
from rnn_reference.judging.judge import Judge
from rnn_reference.problems.problem import Problem

CheckSteps = Generator[Question, list[dict[str, Any]], None]
"""One check of one problem: it yields questions, and gets the results of each call."""


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
    """Continues the check. Yields it with its next question, if there is one."""
    judge.problem = problem
    with contextlib.suppress(StopIteration):
        yield problem, steps, steps.send(answers)  # type: ignore[arg-type]

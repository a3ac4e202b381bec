"""What a check asks of many problems: it yields a question, is sent the answers, and raises what is wrong with them."""

import contextlib
from collections.abc import Generator, Iterable, Iterator
from typing import Any

from rnn_reference.implementations.question import Question
from rnn_reference.judging.judge import Judge
from rnn_reference.problems.problem import Problem

Conversation = Generator[Question, list[Any], None]


def hold(judge: Judge, conversations: Iterable[tuple[Problem, Conversation]]) -> None:
    """Hold them all, each about its problem, posed: every one's first question, then the second of those that go on.

    An implementation in another process works at the next answer while a conversation judges the last.
    """
    waiting = [one for problem, conversation in conversations for one in _resumed(judge, problem, conversation)]
    while waiting:
        with judge.implementation.ahead([question for *_, question in waiting]):
            waiting = [
                one
                for problem, conversation, question in waiting
                for one in _resumed(judge, problem, conversation, judge.implementation.answers(question))
            ]


def _resumed(
    judge: Judge, problem: Problem, conversation: Conversation, answers: list[Any] | None = None
) -> Iterator[tuple[Problem, Conversation, Question]]:
    """The conversation with its next question, if it has one."""
    judge.problem = problem
    with contextlib.suppress(StopIteration):
        yield problem, conversation, conversation.send(answers)  # type: ignore[arg-type]
